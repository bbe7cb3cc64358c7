"""``say``: answer and say a text, a number, a time, or when a calendar opens, in the language of the call.

A voice of the project (`speech`) speaks while compiling, so no caller waits for it. Numbers, times and openings are
words with the endings of the language, in Ukrainian, Russian, Polish and English. Only a text with names of the call's
facts, ``{{order}}``, is spoken by the engine while the caller waits; it needs ``instead``, which is played when no
voice speaks within ``timeout``.

Good, a text as in ``play``; a number; digits one group after another, with their zeros; a time::

    - say: "We are closed."
    - say: {number: 22}
    - say: {number: "0800330521"}
    - say: {time: "09:30"}

Good, the time of day at the moment of the call, in the zone of the scheme's calendar, or else the project's::

    - say: {time: now}

Good, when a calendar opens next: "tomorrow at ten a.m.", "on Monday at nine a.m.", "now" while it is open, "later"
where nobody knows: somebody has closed it by hand until further notice, or it has no day left. The default is the
scheme's calendar::

    - say: {opening: office}

Good, what the caller has typed and what a `lookup` has found; a date, a time and digits are spoken as such::

    - say: {text: "Order {{order}} comes on {{lookup.day}}.", instead: {text: "Your order is on its way."}}

Good, several in a row: in ``play``::

    - play: [{text: "We open"}, {opening: office}]

Bad, a calendar that is not there (``no calendar is called...``)::

    - say: {opening: offce}

Bad on a number with ``caller_pays: false``, because it answers before a person does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from routing.model.fields import parsed_by, refuse
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.sound_fields import TEXTS_SCHEMA, Sound, parse_texts
from routing.model.template_fields import SpokenTemplate, has_names, parse_template
from routing.steps.base import Complaint, Emitter, Reference
from routing.steps.dialplan import Extension
from routing.steps.dynamic import Timeout
from routing.steps.http_request import facts_in
from routing.steps.pieces import Pieces, PiecesStep, number_piece, opening_piece, play_pieces, time_piece
from routing.steps.speaking import SpeakRequest, SpokenAnswer, complaints


def _text(value: Any) -> str:
    return parse_template(value) if has_names(value) else parse_texts(value)


class SayStep(PiecesStep):
    """Say a text, a number, a time or an opening; falls through when it has been said."""

    kind: ClassVar[str] = "say"
    primary: ClassVar[str] = "text"

    text: Annotated[str | None, PlainValidator(parsed_by(_text)), WithJsonSchema(TEXTS_SCHEMA)] = Field(
        None, description="A text, or one for each language; with names of the call's facts: `{{order}}`."
    )
    instead: Sound | None = Field(None, description="Required with names: played when no voice speaks in time.")
    timeout: Timeout = Field(1, description="With names: timeout of the voice, 10 s at most.")
    number: Annotated[
        str | None,
        PlainValidator(parsed_by(number_piece)),
        WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
    ] = Field(None, description="A whole number; digits in quotes are spoken in groups, zeros too.")
    time: Annotated[str | None, PlainValidator(parsed_by(time_piece)), WithJsonSchema({"type": "string"})] = Field(
        None, description="A time of the day: `09:30`; `now` is that of the call."
    )
    opening: Annotated[
        str | None,
        PlainValidator(parsed_by(opening_piece)),
        WithJsonSchema({"type": ["string", "null"]}),
    ] = Field(None, description="A calendar: when it opens next; without a name the scheme's.")

    @model_validator(mode="after")
    def _one_of(self) -> SayStep:
        if len(self._given) != 1:
            raise refuse("`say` needs one of `text`, `number`, `time` and `opening`", "several in a row are for `play`")
        if self._request and not self.instead:
            raise refuse(
                "`instead` is missing: callers hear it when no voice speaks in time", "write `instead: wait.wav`"
            )
        if not self._request and (unneeded := self.model_fields_set & {"instead", "timeout"}):
            raise refuse(f"`{min(unneeded)}` is for a text with names, such as `{{{{order}}}}`: others are compiled")
        return self

    @property
    def _given(self) -> list[str]:
        return [name for name in ("text", "number", "time", "opening") if name in self.model_fields_set]

    @property
    def _request(self) -> SpeakRequest | None:
        """The engine's part, where the text has names."""
        if not isinstance(self.text, SpokenTemplate):
            return None
        return SpeakRequest.model_construct(text=self.text, timeout=self.timeout)

    @property
    def pieces(self) -> Pieces:
        """What is compiled: what is said, or played instead."""
        return (self.instead or getattr(self, self.setting),)

    @property
    def setting(self) -> str:
        """See PiecesStep."""
        return "instead" if self.instead else self._given[0]

    @property
    def decision_seconds(self) -> float:
        """How long the caller may wait for the voice."""
        return self._request.budget_seconds if self._request else 0.0

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Unknown names too, and languages that have no voice."""
        yield from super().check(loc, folder, default_hours)
        if isinstance(self.text, SpokenTemplate):
            yield from complaints(self.text, (*loc, "text"), folder)

    def own_seconds(self, folder: Folder) -> float:
        """The wait for the voice, and the longer of both."""
        if not (self._request and self.instead and self.text):
            return super().own_seconds(folder)
        spoken = SpokenAnswer.model_construct(text=self.text, instead=self.instead)
        return self._request.own_seconds(folder) + spoken.longest_seconds(folder)

    def needs(self) -> Iterator[tuple[Loc, str]]:
        """Facts in the text."""
        if isinstance(self.text, SpokenTemplate):
            yield from ((("text",), fact) for fact in facts_in(self.text.names))

    def runtime(self, folder: Folder) -> dict[str, Any] | None:
        """What the engine speaks."""
        return self._request.runtime(folder) if self._request else None

    def references(self) -> Iterator[Reference]:
        """The calendar, and that the engine is asked."""
        yield from super().references()
        if self._request:
            yield "decisions", self._request.kind

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``answer`` and ``playback``, or the engine's frame."""
        if self._request:
            self._request.ask(out, here, path, after, self.instead or "")
            return None
        here.do("answer")
        play_pieces(out, here, self.pieces)
        return here
