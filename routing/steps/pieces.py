"""What `play` and `say` play besides sounds: a number, a time, when a calendar opens. Spoken by rules of the language.

Numbers and times are texts as soon as the project's languages are known. An opening depends on the moment of the call:
the calendar's file chooses among sounds that were all made at compile (`compile.openings`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Annotated, Any, ClassVar

from pydantic import PlainValidator, WithJsonSchema

from routing.model.decision import ID
from routing.model.fields import invalid_name_message, parsed_by, shown
from routing.model.folder import Folder
from routing.model.problem import Loc, did_you_mean
from routing.model.sound_fields import SOUND_SCHEMA, parse_sound
from routing.model.spoken import Phrase, SoundRow, SpokenSound
from routing.steps.base import RELEASE, Complaint, Emitter, Reference, Step, sound_path
from routing.steps.dialplan import Extension
from routing.steps.hours import find_status
from routing.words.cardinal import LARGEST, cardinal
from routing.words.clock import time_of_day
from routing.words.grammar import LANGUAGES
from routing.words.groups import MOST_DIGITS, phone_number

#: The folder of the openings of calendars in a release, and the context of each file.
OPENINGS, CONTEXT = "openings", "opening"
#: What FreeSWITCH plays for an opening: set by the calendar's file.
OPENING = "routing_opening"
#: The longest phrase of an opening, with its date and year; the longest time.
OPENING_SECONDS, NOW_SECONDS = 15.0, 5.0
#: The file of the present time; no calendar has this name. Its extension, and how authors write it.
CLOCK, NOW = "by-clock", "now"
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class OpeningPiece(str):
    """When a calendar opens next; "" is the scheme's."""


class NowPiece(str):
    """The time of day at the moment of the call, in the zone of the scheme's calendar, or else the project's."""


class ValuePiece(str):
    """A number or time, as its text in any language of `LANGUAGES`."""

    phrase: Callable[[str], str]

    @classmethod
    def of(cls, name: str, phrase: Callable[[str], str]) -> ValuePiece:
        """A piece with this name, spoken so in each language."""
        made = cls(name)
        made.phrase = phrase
        return made


Pieces = Sequence[str]
#: What a voice says by rules of the language.
_FromRules = OpeningPiece | NowPiece | ValuePiece


def value_sound(phrase: Callable[[str], str], folder: Folder) -> SpokenSound:
    """A sound that says something in each of the project's languages."""
    return SpokenSound.of({each: Phrase(each, phrase(each)) for each in languages(folder)})


def languages(folder: Folder) -> list[str]:
    """The project's languages that have a voice and words for numbers and times."""
    return [each for each in folder.project.speech if each in LANGUAGES]


def voice_complaint(folder: Folder) -> tuple[str, str] | None:
    """Why nothing can be said of numbers and times, and a hint."""
    if languages(folder) or ("project", "speech") in folder.broken:
        return None
    known = f"numbers and times are spoken in {', '.join(LANGUAGES)}"
    return f"no voice of the project says numbers or times: {known}", 'write `project: {speech: {uk: "espeak-ng ..."}}`'


def opening_piece(value: Any) -> OpeningPiece:
    """The name of a calendar, or nothing for the scheme's. Raises ValueError."""
    if value is None:
        return OpeningPiece()
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise ValueError(invalid_name_message(value))
    return OpeningPiece(value)


def number_piece(value: Any) -> ValuePiece:
    """A whole number, or digits in quotes, which are spoken in groups with their zeros. Raises ValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
        return ValuePiece.of(f"number {value}", lambda language: cardinal(value, language))
    if isinstance(value, str) and re.fullmatch(rf"\+?[0-9]{{1,{MOST_DIGITS}}}", value):
        return ValuePiece.of(f'number "{value}"', lambda language: phone_number(value, language))
    raise ValueError(f"{shown(value)} is not a number to say: 0 to {LARGEST}, or digits in quotes")


def time_piece(value: Any) -> ValuePiece | NowPiece:
    """A time of the day, or `now`. Raises ValueError."""
    if value == NOW:
        return NowPiece(NOW)
    if isinstance(value, str) and (found := _CLOCK.fullmatch(value)):
        hour, minute = int(found[1]), int(found[2])
        return ValuePiece.of(f"time {value}", lambda language: time_of_day(hour, minute, language))
    raise ValueError(f"{shown(value)} is not a time to say: write `09:30` or `now`")


_PIECES: dict[str, Callable[[Any], str]] = {"opening": opening_piece, "number": number_piece, "time": time_piece}


def _piece(value: Any) -> str:
    if isinstance(value, dict) and len(value) == 1 and (kind := next(iter(value))) in _PIECES:
        return _PIECES[kind](value[kind])
    return parse_sound(value)


def _pieces(value: Any) -> Pieces:
    if isinstance(value, list):
        if not value:
            raise ValueError("is empty: a sound is missing here")
        return tuple(_piece(each) for each in value)
    return (_piece(value),)


NUMBER_SCHEMA = {"description": "A whole number; digits in quotes are spoken in groups.", "type": ["integer", "string"]}
TIME_SCHEMA = {"description": "A time of the day: `09:30`; `now` is that of the call.", "type": "string"}
#: An empty one is the scheme's calendar.
OPENING_SCHEMA = {"description": "A calendar whose next opening is said.", "type": ["string", "null"]}
_VALUE = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {"number": NUMBER_SCHEMA, "time": TIME_SCHEMA, "opening": OPENING_SCHEMA},
}
#: Sounds, numbers, times and openings, one after another.
Played = Annotated[
    tuple[str, ...],
    PlainValidator(parsed_by(_pieces)),
    WithJsonSchema({"anyOf": [SOUND_SCHEMA, _VALUE, {"type": "array", "minItems": 1}]}),
]


class PiecesStep(Step):
    """A step that plays pieces."""

    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True
    bare: ClassVar[bool] = False

    @property
    def pieces(self) -> Pieces:
        """What is played, in this order."""
        raise NotImplementedError

    @property
    def setting(self) -> str:
        """The setting that holds them."""
        raise NotImplementedError

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Unknown calendars, and numbers, times and openings for which there is no voice."""
        here = (*loc, self.setting)
        values = [piece for piece in self.pieces if isinstance(piece, _FromRules)]
        if values and (complaint := voice_complaint(folder)):
            yield here, *complaint
        for name in self.openings(default_hours):
            if not name:
                yield here, "no calendar: the scheme has no `hours`", "write `{opening: office}`"
            elif name not in folder.calendars and not folder.excuses("calendars", name):
                yield here, f"no calendar is called `{name}`", did_you_mean(name, folder.calendars)

    def own_seconds(self, folder: Folder) -> float:
        """The longest time that they take in any language."""
        opening = sum(OPENING_SECONDS for each in self.pieces if isinstance(each, OpeningPiece))
        now = NOW_SECONDS * self.says_the_time
        sounds = (*self.spoken(folder), *(sound for _, sound in self.sounds()))
        return opening + now + sum(folder.longest_seconds(sound) for sound in sounds)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The files and texts."""
        return (((self.setting,), each) for each in self.pieces if not isinstance(each, _FromRules))

    def spoken(self, folder: Folder) -> Iterator[str]:
        """The sounds of numbers and times; none where no voice can say them, which `check` reports."""
        if not languages(folder):
            return iter(())
        return (value_sound(each.phrase, folder) for each in self.pieces if isinstance(each, ValuePiece))

    def openings(self, default_hours: str | None) -> Iterator[str]:
        """Calendars of which it says when they open."""
        return (str(each) or default_hours or "" for each in self.pieces if isinstance(each, OpeningPiece))

    @property
    def says_the_time(self) -> bool:
        """Whether the present time is among them."""
        return any(isinstance(each, NowPiece) for each in self.pieces)

    def references(self) -> Iterator[Reference]:
        """The same calendars, by their names."""
        return (("calendars", name) for name in self.openings(None) if name)


def play_pieces(out: Emitter, here: Extension, pieces: Pieces) -> None:
    """Play them in a row; an opening and the present time are chosen when their turn comes."""
    for is_chosen, found in groupby(pieces, lambda each: isinstance(each, OpeningPiece | NowPiece)):
        if is_chosen:
            for piece in found:
                _play_chosen(out, here, piece)
            continue
        sounds = [value_sound(each.phrase, out.folder) if isinstance(each, ValuePiece) else each for each in found]
        here.do("playback", sound_path(sounds[0] if len(sounds) == 1 else SoundRow.of(_flat(sounds))))


def _flat(sounds: Sequence[str]) -> list[str]:
    return [part for each in sounds for part in (each.parts if isinstance(each, SoundRow) else (each,))]


def _play_chosen(out: Emitter, here: Extension, piece: str) -> None:
    if isinstance(piece, NowPiece):
        calendar = out.folder.calendars.get(out.hours or "")
        here.set("timezone", (calendar or out.folder.project).timezone)
        here.do("execute_extension", f"{NOW} XML:{RELEASE}/{OPENINGS}/{CLOCK}.xml {CONTEXT}")
    else:
        calendar_name = piece or out.hours or ""
        find_status(out, here, calendar_name)
        here.do("execute_extension", f"when XML:{RELEASE}/{OPENINGS}/{calendar_name}.xml {CONTEXT}")
    here.do("playback", f"file_string://${{{OPENING}}}")
