"""``ask``: let the caller type digits: an order number, a customer number, a PIN.

``#`` or a pause ends the input, ``*`` starts it again, leading zeros count. Later steps know the digits by the name
under ``into``: ``match`` with ``asked.NAME``, webhooks as ``{{asked.NAME}}``, lookups as ``{{NAME}}``. After the last
try without valid digits the call goes on, and the name is empty.

With ``read_back`` the caller hears their digits (``sounds/digits/0.wav`` to ``9.wav``), then this prompt: 1 confirms,
anything else asks again. Digits with ``secret: true`` are sent to lookups that name them, and kept nowhere else: not in
call records, logs, the journal, webhooks or traces.

Good::

    - ask: {into: order, prompt: menu.wav, length: 4-8}

Good, a PIN::

    - ask: {into: pin, prompt: menu.wav, length: 4, secret: true, tries: 3}

Bad, secret digits that are read aloud (``secret digits are never read aloud``)::

    - ask: {into: pin, prompt: menu.wav, length: 4, secret: true, read_back: menu.wav}
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator

from routing.model.call_fields import CALL_FIELDS
from routing.model.entities import NAME
from routing.model.fields import Flag, Id, Seconds, Whole, refuse, shown
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.recording import MASKED
from routing.model.sound_fields import Sound
from routing.model.typed_digits import FORGET, HIDE_KEYS, MOST_DIGITS, SECRET, TYPED
from routing.steps.base import HEAR_TONES, Complaint, Emitter, Step, sound_files, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.keys_read import ENDED_BY, RESULT, UNHEARD_SOUND
from routing.steps.menu import INVALID
from routing.steps.recording import CALL_FILE

#: Times that the caller can start again without losing a try: by `*`, or by a `#` that ended the input before.
RESTARTS = 3
#: Scratch variables: failed tries and restarts, one ``x`` each; digits still to be read back, their sounds, the answer.
_TRIED, _RESTARTED = "routing_asking_tried", "routing_asking_restarted"
_REST, _SOUNDS, _CONFIRMED = "routing_asking_rest", "routing_asking_sounds", "routing_asking_confirmed"
DIGIT_SOUNDS = tuple(f"digits/{digit}.wav" for digit in range(10))
_LENGTH = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?", re.ASCII)


class Length(NamedTuple):
    """The least and the most digits."""

    least: int
    most: int


def _length(value: Any) -> Length:
    if isinstance(value, Length):
        return value
    found = _LENGTH.fullmatch(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if not found:
        raise refuse(f"{shown(value)} is not a number of digits", "write `6` or `4-8`")
    length = Length(int(found[1]), int(found[2] or found[1]))
    if not 1 <= length.least <= length.most <= MOST_DIGITS:
        raise refuse(f"{shown(value)} is not possible: 1 to {MOST_DIGITS} digits, the smaller number first")
    return length


DigitCount = Annotated[
    Length,
    BeforeValidator(_length),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": f"^{_LENGTH.pattern}$"}]}),
]


class AskStep(Step):
    """Let the caller type digits; falls through."""

    kind: ClassVar[str] = "ask"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True

    into: Id = Field(description="Name of the digits for later steps.")
    prompt: Sound = Field(description="Prompt that asks for the digits.")
    length: DigitCount = Field(description="How many digits: `6`, or a range: `4-8`.")
    wait: Seconds = Field(5, description="Timeout for the first digit, after the prompt.")
    between: Seconds = Field(
        3, ge=1, le=10, description="Timeout for the next digit; it ends the input.", examples=["1s", "3s"]
    )
    tries: Whole = Field(2, ge=1, le=5, description="How often the prompt is played until the digits are valid.")
    invalid: Sound | None = Field(None, description="Played after too few digits.")
    read_back: Sound | None = Field(None, description="Prompt after the digits are read back: 1 confirms them.")
    secret: Flag = Field(False, description="Only lookups may send the digits; nothing else keeps or shows them.")

    @field_validator("into")
    @classmethod
    def _free(cls, value: str) -> str:
        if not NAME.fullmatch(value):
            raise refuse(f"{shown(value)} is too long: a name of digits has at most 32 characters")
        if value in CALL_FIELDS:
            raise refuse(f"`{value}` is a field of every call: choose another name")
        return value

    @property
    def variable(self) -> str:
        """The channel variable with the digits."""
        return f"{SECRET if self.secret else TYPED}{self.into}"

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Secret digits are not read aloud."""
        if self.secret and self.read_back:
            yield (*loc, "read_back"), "secret digits are never read aloud", "leave `read_back` out"

    def gives(self) -> Iterator[str]:
        """The digits."""
        yield f"{'secret' if self.secret else 'asked'}.{self.into}"

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``play_and_get_digits``, whose ``failure`` leads to the next try.

        What follows is executed: a transfer would discard keys that were pressed for the next prompt. The digits are
        in no argument and no condition: FreeSWITCH writes those to the call record and to its log.
        """
        here.do("answer")
        here.do("execute_extension", HEAR_TONES)
        for variable in (self.variable, _TRIED, _RESTARTED):
            here.set(variable, "")
        if self.secret:
            self._hide(here)
        prompt, both = sound_path(self.prompt), (self.invalid or INVALID, self.prompt)
        more, wrong = (out.context.extension(f"{path}.{label}") for label in ("more", "wrong"))
        prompts = {prompt: (here, more), f"file_string://{'!'.join(map(sound_files, both))}": (wrong,)}
        for sounds, places in prompts.items():
            for place in places:
                self._read(out, place, path, sounds)
                place.do("execute_extension", out.go(f"{path}.then"))
        again = out.context.extension(f"{path}.star", Condition(f"${{{ENDED_BY}}}", r"^\*$"))
        again.do("transfer", out.go(f"{path}.again"))
        self._again(out, path)
        if self.read_back:
            self._read_back(out, path, self.read_back)
        then = out.context.extension(f"{path}.then")
        if self.secret:
            then.do("execute_extension", out.go(f"{path}.shown"))
            by_person = Condition(f"${{{MASKED}}}", "^true$")
            out.context.extension(f"{path}.shown", by_person).do("log", "DEBUG a person has masked it")
            out.context.extension(f"{path}.shown").do("record_session_unmask", CALL_FILE)
        return then

    def _hide(self, here: Extension) -> None:
        """Keep the keys out of FreeSWITCH's log, events and `digits_dialed`, the digits out of the call record, and the
        keys' tones out of a recording that goes on, as after a room."""
        for variable, value in (HIDE_KEYS, *FORGET):
            here.set(variable, value)
        here.do("record_session_mask", CALL_FILE)

    def _read(self, out: Emitter, here: Extension, path: str, sounds: str) -> None:
        least, most = self.length
        here.set(ENDED_BY, "")
        prompts = f"{sounds} {UNHEARD_SOUND}"
        accepted = f"^[0-9]{{{least},{most}}}$"
        failure = out.go(f"{path}.again")
        here.do(
            "play_and_get_digits",
            f"1 {most} 1 {self.wait * 1000} #* {prompts} {self.variable} {accepted} {self.between * 1000} {failure}",
        )
        here.do("execute_extension", out.go(f"{path}.star"))
        if self.read_back:
            here.do("execute_extension", out.go(f"{path}.back"))

    def _again(self, out: Emitter, path: str) -> None:
        """The next try, or the next step; a restart is no try. Any key interrupts `invalid`, and none is lost in it."""
        restart = Condition(
            f"${{{ENDED_BY}}}@${{{RESULT}}}@${{{_RESTARTED}}}", rf"^(?:\*@[a-z]*|#@failure)@x{{0,{RESTARTS - 1}}}$"
        )
        following = [("more", (restart,), _RESTARTED)]
        if self.tries > 1:
            left = f"x{{0,{self.tries - 2}}}"
            typed = Condition(f"${{{RESULT}}}@${{{_TRIED}}}", f"^(?:success|timeout)@{left}$")
            following += [("wrong", (typed,), _TRIED), ("more", (Condition(f"${{{_TRIED}}}", f"^{left}$"),), _TRIED)]
        for label, conditions, counted in (*following, ("then", (), "")):
            again = out.context.extension(f"{path}.again", *conditions)
            if counted:
                again.set(counted, f"${{{counted}}}x")
            again.set(self.variable, "")
            again.set(f"{self.variable}_invalid", "")
            again.do("transfer", out.go(f"{path}.{label}"))

    def _read_back(self, out: Emitter, path: str, prompt: str) -> None:
        """All digits and the prompt as one sound, which any key interrupts."""
        back = out.context.extension(f"{path}.back")
        back.set(_REST, f"${{{self.variable}}}")
        back.set(_SOUNDS, "")
        for _ in range(self.length.most):
            back.do("execute_extension", out.go(f"{path}.digit"))
        back.set(_CONFIRMED, "")
        sounds = f"file_string://${{{_SOUNDS}}}{sound_files(prompt)} {UNHEARD_SOUND}"
        failure = out.go(f"{path}.other")
        wait = self.wait * 1000
        back.do("play_and_get_digits", f"1 1 1 {wait} none {sounds} {_CONFIRMED} ^1$ {wait} {failure}")
        digit = out.context.extension(f"{path}.digit", Condition(f"${{{_REST}}}", r"^(\d)(\d*)$"))
        digit.set(_SOUNDS, f"${{{_SOUNDS}}}{sound_path('digits/$1.wav')}!")
        digit.set(_REST, "$2")
        other = out.context.extension(f"{path}.other")
        other.set(ENDED_BY, "")
        other.set(RESULT, "failure")
        other.do("transfer", out.go(f"{path}.again"))

    def own_seconds(self, folder: Folder) -> float:
        """Every try and restart at its longest: prompt, slow digits, reading them back."""
        sounds = [self.prompt, *([self.invalid] if self.invalid else [])]
        once = sum(map(folder.longest_seconds, sounds))
        once += self.wait + (self.length.most - 1) * self.between + (0.0 if self.invalid else 1.0)
        if self.read_back:
            once += folder.longest_seconds(self.read_back) + self.wait
            once += self.length.most * max(folder.sounds.get(sound, 1.0) for sound in DIGIT_SOUNDS)
        return (self.tries + RESTARTS) * once

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The prompts, and the digits that are read back."""
        yield ("prompt",), self.prompt
        if self.invalid:
            yield ("invalid",), self.invalid
        if self.read_back:
            yield ("read_back",), self.read_back
        if self.read_back and not self.secret:
            yield from ((("read_back",), sound) for sound in DIGIT_SOUNDS)


def hide_keys(start: Extension, steps: Iterable[Step]) -> None:
    """Hide the keys of a call from its scheme's start on, if secret ones are asked for: they may be pressed earlier."""
    if any(isinstance(step, AskStep) and step.secret for step in steps):
        start.set(*HIDE_KEYS)
