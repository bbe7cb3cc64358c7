"""``language``: choose the language that the call hears from here on.

It is that of texts and recordings by language, and ``{{language}}`` of ``order: by_skill``.

Good, after a menu::

    - menu: {prompt: menu.wav, options: {"1": [{language: uk}], "2": [{language: en}]}}

Good, the language of the page that the visitor came from (entity ``language``), else the one that most people speak in
the country of the caller's number, where the project has it::

    - language: caller

Good, English for the numbers of all other countries; hidden numbers and colleagues keep the project's first language::

    - language: {to: caller, others: en}

Bad, a language that the project does not have (``no call of the project has the language``)::

    - language: eo
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from routing.model.entities import ENTITY
from routing.model.fields import parsed_by
from routing.model.folder import Folder
from routing.model.languages import by_number
from routing.model.problem import Loc, did_you_mean
from routing.model.speech_fields import parse_language
from routing.model.spoken import LANGUAGE
from routing.steps.base import Complaint, Emitter, Step
from routing.steps.dialplan import Condition, Extension

#: The caller's own language.
CALLER = "caller"


def _choice(value: Any) -> str:
    return CALLER if value == CALLER else parse_language(value)


def _language(value: Any) -> str | None:
    return None if value is None else parse_language(value)


class LanguageStep(Step):
    """Choose the call's language; falls through at once."""

    kind: ClassVar[str] = "language"
    primary: ClassVar[str] = "to"

    to: Annotated[
        str,
        BeforeValidator(parsed_by(_choice)),
        WithJsonSchema({"anyOf": [{"const": CALLER}, {"type": "string", "pattern": "^[a-z]{2,3}$"}]}),
    ] = Field(description="A language of the project, or `caller`: that of the visitor's page or the caller's country.")

    others: Annotated[
        str | None,
        BeforeValidator(parsed_by(_language)),
        WithJsonSchema({"type": "string", "pattern": "^[a-z]{2,3}$"}),
    ] = Field(None, description="With `caller`: the language for numbers of countries whose language no call has.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """The project has the languages."""
        known = folder.project.call_languages
        if self.others and self.to != CALLER:
            message = f"nobody is left for `others`: every caller hears `{self.to}`"
            yield (*loc, "others"), message, "write `to: caller`, or leave `others` out"
        if folder.languages_unclear:
            return
        if not known:
            yield (*loc, "to"), "the project has no languages", "write `project: {languages: [uk, en]}`"
            return
        for place, language in (("to", self.to), ("others", self.others or CALLER)):
            if language not in (CALLER, *known):
                hint = did_you_mean(language, known) or f"its languages are {', '.join(known)}"
                yield (*loc, place), f"no call of the project has the language `{language}`", hint

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Set the variable; the caller's language by the first of the extensions that fits."""
        if self.to != CALLER:
            here.set(LANGUAGE, self.to)
            return here
        here.do("execute_extension", out.go(f"{path}.caller"))
        languages = out.folder.project.call_languages
        for language in languages:
            self._chosen(out, path, Condition(f"${{{ENTITY}language}}", f"^{language}$"), language)
        for numbers, language in by_number(languages):
            self._chosen(out, path, Condition("${routing_caller}", numbers), language or self.others)
        if self.others:
            self._chosen(out, path, Condition("${routing_caller}", r"^\+"), self.others)
        return here

    def _chosen(self, out: Emitter, path: str, condition: Condition, language: str | None) -> None:
        chosen = out.context.extension(f"{path}.caller", condition)
        if language:
            chosen.set(LANGUAGE, language)
        else:
            chosen.do("log", "DEBUG no call has the caller's language")
