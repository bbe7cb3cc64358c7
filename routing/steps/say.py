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

from typing import Annotated, ClassVar

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from routing.model.fields import parsed_by, refuse
from routing.model.sound_fields import SpokenText
from routing.steps.base import Emitter
from routing.steps.dialplan import Extension
from routing.steps.pieces import Pieces, PiecesStep, number_piece, opening_piece, play_pieces, time_piece


class SayStep(PiecesStep):
    """Say a text, a number, a time or an opening; falls through when it has been said."""

    kind: ClassVar[str] = "say"
    primary: ClassVar[str] = "text"

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
        return (getattr(self, self.setting),)

    @property
    def setting(self) -> str:
        """See PiecesStep."""
        return self._given[0]

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``answer`` and ``playback``."""
        here.do("answer")
        play_pieces(out, here, self.pieces)
        return here
