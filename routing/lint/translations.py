"""Texts and recordings that lack a language of the project's calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from routing.lint.base import Lint
from routing.lint.findings import LintFinding, OneScheme
from routing.lint.whole import WholeFolder
from routing.model.problem import Loc
from routing.model.project import Project
from routing.model.spoken import SpokenSound, parts_of, shortened
from routing.model.template_fields import SpokenTemplate
from routing.steps.base import Complaint, Step
from routing.steps.lookup import LookupStep
from routing.steps.say import SayStep

#: Sounds that people of the company hear, who know its language.
_OF_PEOPLE = ("whisper", "confirm_prompt")


class Untranslated(Lint):
    """Calls of the project have several languages, and a text is not there in one of them: callers hear a foreign one.

    The languages of calls are those of `speech` and `languages` of the project. What only people of the company hear
    (`whisper`, `confirm_prompt`) may stand in one.

    Good::

        project: {name: p, timezone: UTC, country: UA, speech: {uk: espeak-ng -v uk, en: espeak-ng -v en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, {play: {text: {uk: Усі зайняті., en: Everybody is busy.}}}, hangup]

    Bad::

        project: {name: p, timezone: UTC, country: UA, speech: {uk: espeak-ng -v uk, en: espeak-ng -v en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, {play: {text: {en: Everybody is busy.}}}, hangup]

    Bad, in the first language alone::

        project: {name: p, timezone: UTC, country: UA, speech: {uk: espeak-ng -v uk, en: espeak-ng -v en}}
        ---
        scheme: front
        numbers: "+380440000001"
        steps: [{ring: ivan}, {play: {text: Усі зайняті.}}, hangup]
    """

    id = "untranslated"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every text that callers hear."""
        project = one.folder.project
        for step, loc, _ in one.steps:
            for below, sound in step.sounds():
                if below[0] not in _OF_PEOPLE:
                    yield from (((*loc, *below), *wrong) for wrong in _missing(sound, project))
            for below, template in _templates(step):
                yield from (((*loc, *below), *wrong) for wrong in _lacking(template.texts, template, project))

    def folder(self, whole: WholeFolder) -> Iterator[LintFinding]:
        """The announcement of recordings for clients of every country."""
        project = whole.folder.project
        if len(project.record_announcement) == 1 and not project.record_announcement[0].countries:
            for message, hint in _missing(project.record_announcement[0].sound, project):
                yield whole.at(self.id, ("project", "record_announcement"), message, hint)


def _templates(step: Step) -> Iterator[tuple[Loc, SpokenTemplate]]:
    if isinstance(step, SayStep) and isinstance(step.text, SpokenTemplate):
        yield ("text",), step.text
    if isinstance(step, LookupStep) and step.say and isinstance(step.say.text, SpokenTemplate):
        yield ("say", "text"), step.say.text


def _missing(sound: str, project: Project) -> Iterator[tuple[str, str]]:
    for part in parts_of(sound):
        if isinstance(part, SpokenSound):
            first = next(iter(part.variants.values()))
            yield from _lacking(part.variants, first if isinstance(first, str) else first.text, project)


def _lacking(variants: Iterable[str], text: str, project: Project) -> Iterator[tuple[str, str]]:
    """The complaint about languages without a variant; an empty language is the project's first."""
    languages = project.call_languages
    there = [language or languages[0] for language in variants] if languages else []
    lacks = [language for language in languages if language not in there]
    if there and lacks:
        message = (
            f'"{shortened(text)}" is there in {", ".join(there)} only: callers who speak {", ".join(lacks)} hear it'
        )
        yield message, f"write one for each language: `{{{', '.join(f'{each}: ...' for each in languages)}}}`"
