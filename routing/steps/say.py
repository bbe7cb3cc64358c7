"""``say``: answer and say a text, a number, a time, or when a calendar opens, in the language of the call.

All of it is spoken while compiling (`speech` of the project): no voice works while a caller waits. Numbers, times and
openings are words with the endings of the language, in Ukrainian, Russian, Polish and English.

Good, a text as in ``play``; a number; digits one group after another, with their zeros; a time::

    - say: "We are closed."
    - say: {number: 22}
    - say: {number: "0800330521"}
    - say: {time: "09:30"}

Good, when a calendar opens next: "tomorrow at ten a.m.", "on Monday at nine a.m.", "now" while it is open, "later"
where nobody knows: somebody has closed it by hand until further notice, or it has no day left. The default is the
scheme's calendar::

    - say: {opening: office}

Good, several in a row: in ``play``::

    - play: [{text: "We open"}, {opening: office}]

Bad, a calendar that is not there (``no calendar is called...``)::

    - say: {opening: offce}

Bad on a number with ``caller_pays: false``, because it answers before a person does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from routing.model.fields import parsed_by, refuse
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.sound_fields import SpokenText
from routing.steps.base import Complaint, Emitter, Reference, Step
from routing.steps.dialplan import Extension
from routing.steps.pieces import (
    Pieces,
    calendars,
    check_pieces,
    number_piece,
    opening_piece,
    plain,
    play_pieces,
    seconds,
    spoken,
    time_piece,
)


class SayStep(Step):
    """Say a text, a number, a time or an opening; falls through when it has been said."""

    kind: ClassVar[str] = "say"
    primary: ClassVar[str] = "text"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True
    bare: ClassVar[bool] = False

    text: SpokenText | None = Field(None, description="A text, or one for each language.")
    number: Annotated[
        str | None,
        PlainValidator(parsed_by(number_piece)),
        WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
    ] = Field(None, description="A whole number; digits in quotes are spoken in groups, zeros too.")
    time: Annotated[str | None, PlainValidator(parsed_by(time_piece)), WithJsonSchema({"type": "string"})] = Field(
        None, description="A time of the day: `09:30`."
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
        return self

    @property
    def _given(self) -> list[str]:
        return [name for name in ("text", "number", "time", "opening") if name in self.model_fields_set]

    @property
    def pieces(self) -> Pieces:
        """What is said."""
        return (getattr(self, self._given[0]),)

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Calendars and voices."""
        yield from check_pieces(self.pieces, (*loc, *self._given), folder, default_hours)

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``answer`` and ``playback``."""
        here.do("answer")
        play_pieces(out, here, self.pieces)
        return here

    def own_seconds(self, folder: Folder) -> float:
        """The longest time that it takes in any language."""
        return seconds(self.pieces, folder)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The text."""
        return ((("text",), sound) for sound in plain(self.pieces))

    def spoken(self, folder: Folder) -> Iterator[str]:
        """A number or a time."""
        return spoken(self.pieces, folder)

    def openings(self, default_hours: str | None) -> Iterator[str]:
        """The calendar of which it says when it opens."""
        return calendars(self.pieces, default_hours)

    def references(self) -> Iterator[Reference]:
        """The same calendar, by its name."""
        return (("calendars", name) for name in calendars(self.pieces, None) if name)
