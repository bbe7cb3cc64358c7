"""``menu``: let the caller press a key, or dial a person's extension.

Good::

    - menu: {prompt: menu.wav, options: {"1": [{ring: sales}], "2": [{scheme: lviv}]}, extensions: true}

Bad, a menu without choices (``needs options or `extensions: true```)::

    - menu: {prompt: menu.wav}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from routing.model.fields import Flag, Key, Seconds, Whole
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.sound_fields import Sound
from routing.steps.base import (
    HEAR_TONES,
    RELEASE,
    Complaint,
    Emitter,
    Reference,
    Step,
    StepItem,
    label_part,
)
from routing.steps.dialplan import Condition, Extension
from routing.steps.dialstring import COLLEAGUE_SECONDS
from routing.steps.keys_read import DIGITS, UNHEARD_SOUND, WRONG, read_keys
from routing.steps.lists import Steps
from routing.steps.typed import DigitInput, last_keys, parts

INVALID = "routing/invalid.wav"
#: Timeout between the digits of an extension.
DIGIT_SECONDS = 3
#: More extensions than this become a pattern by length; the directory then rejects unknown ones.
MOST_LISTED = 200


class MenuStep(Step):
    """Let the caller choose by a key; falls through without a choice and without `otherwise`."""

    kind: ClassVar[str] = "menu"
    falls_when: ClassVar[str] = "no choice"
    answers: ClassVar[bool] = True
    needs_caller: ClassVar[bool] = True

    prompt: Sound = Field(description="Prompt that names the choices.")
    options: dict[Key, Steps] = Field(default_factory=dict, description="Keys and their steps.")
    extensions: Flag = Field(False, description="Callers can dial people's extensions too.")
    wait: Seconds = Field(5, description="Timeout for a key, after the prompt.")
    between: Seconds = Field(
        DIGIT_SECONDS,
        ge=1,
        le=10,
        description="Timeout for the next digit of an extension; `#` ends the input at once.",
        examples=["1s", "3s"],
    )
    tries: Whole = Field(2, ge=1, le=5, description="How often the prompt is played.")
    invalid: Sound | None = Field(None, description="Played after a wrong key; without a key the prompt is repeated.")
    otherwise: Steps | None = Field(None, description="Steps without a choice.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """There is a choice, and somebody has an extension."""
        if not self.options and not self.extensions:
            yield loc, "a menu needs options or `extensions: true`", 'write `options: {"1": [...]}`'
        if self.extensions and not folder.extensions and folder.is_whole("people"):
            yield (*loc, "extensions"), "nobody has an extension", "give people `extension:`"

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The options, then ``otherwise``."""
        for key, steps in self.options.items():
            yield ("options", key), label_part(key), steps
        if self.otherwise is not None:
            yield ("otherwise",), "otherwise", self.otherwise

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """`read_keys`, then one extension per choice, which tests the digits again."""
        here.do("answer")
        here.do("execute_extension", HEAR_TONES)
        self._read(out, here, path)
        here.do("transfer", out.go(f"{path}.choice"))
        for key, steps in self.options.items():
            chosen = Condition(f"${{{DIGITS}}}", f"^{re.escape(key)}$")
            prefix = f"{path}.{label_part(key)}."
            out.steps(steps, out.context.extension(f"{path}.choice", chosen), prefix, after)
        if self.extensions:
            dialled = Condition(f"${{{DIGITS}}}", f"^({self._extensions(out.folder)})$")
            colleague = out.context.extension(f"{path}.choice", dialled)
            colleague.do("execute_extension", f"$1 XML:{RELEASE}/internal.xml colleagues")
            colleague.do("transfer", out.go(after))
        nothing = out.context.extension(f"{path}.choice")
        out.steps(self.otherwise or (), nothing, f"{path}.otherwise.", after)
        return None

    def unheard(self, out: Emitter, here: Extension, path: str, after: str) -> None:
        """Nobody presses a key."""
        here.set(DIGITS, "")
        here.do("transfer", out.go(f"{path}.choice"))

    def _read(self, out: Emitter, here: Extension, path: str) -> None:
        """Read the first key, then the digits that may follow it."""
        questions = self._questions(out.folder)

        def read(asking: Extension, sounds: str) -> None:
            asking.do("play_and_get_digits", self._question(out.folder, questions[0], sounds))
            if questions[1:]:
                asking.do("execute_extension", out.go(f"{path}.typed"))

        sounds = {"prompt": self.prompt, "invalid": self.invalid or INVALID}
        read_keys(out, here, path, **sounds, tries=self.tries, read=read)
        if questions[1:]:
            self._read_further(out, path, questions)

    def _read_further(self, out: Emitter, path: str, questions: list[DigitInput]) -> None:
        for part in questions[1:]:
            further = out.context.extension(f"{path}.typed", Condition(f"${{{DIGITS}}}", f"^{part.typed}$"))
            further.set("routing_further", "")
            further.do("play_and_get_digits", self._further(part))
            further.do("execute_extension", out.go(f"{path}.more"))
        whole = f"${{{DIGITS}}}@${{routing_further}}@${{routing_further_invalid}}"
        more = out.context.extension(f"{path}.more", Condition(whole, r"^(\d{1,8})@(\d{1,8})@$"))
        more.set(DIGITS, "$1$2")
        if any(len(part.typed) > 1 for part in questions):
            more.do("execute_extension", out.go(f"{path}.typed"))
        complete = [part.typed for part in questions[1:] if part.typed in {*self.options, *out.folder.extensions}]
        unless = f"(?!(?:{'|'.join(complete)})@@$)" if complete else ""
        wrong = out.context.extension(f"{path}.more", Condition(whole, f"^{unless}"))
        wrong.set(DIGITS, "")
        wrong.set(WRONG, "more")

    def _questions(self, folder: Folder) -> list[DigitInput]:
        listed = tuple(folder.extensions) if self.extensions else ()
        if not listed or len(listed) > MOST_LISTED:
            return [DigitInput("", listed or ("0",))]
        return list(parts(listed))

    def _question(self, folder: Folder, part: DigitInput, sounds: str) -> str:
        """Arguments that play the sounds and read the first keys."""
        accepted = [re.escape(key) for key in self.options]
        if self.extensions:
            accepted += [self._extensions(folder)] if len(part.choices) > MOST_LISTED else part.choices
        wait = f"{self.wait * 1000} {self._terminators(part)} {sounds} {UNHEARD_SOUND}"
        expression = "|".join(dict.fromkeys(accepted))
        return f"1 {part.most} 1 {wait} {DIGITS} ^({expression})$ {self.between * 1000}"

    def _further(self, part: DigitInput) -> str:
        """Arguments that read further digits without a prompt."""
        wait, expression = self.between * 1000, "|".join(part.choices)
        kept = "".join(f"+{key}" for key in last_keys(part.choices) if key != "#")
        ends = f"#{kept}" if part.most > 1 else "#"
        return f"1 {part.most} 1 {wait} {ends} silence {UNHEARD_SOUND} routing_further ^({expression})$ {wait}"

    def _terminators(self, part: DigitInput) -> str:
        """Keys that end the input: ``#``, and keys after which no other can follow; ``+`` keeps them in the input.

        Otherwise FreeSWITCH would always wait for more digits.
        """
        if part.most == 1:
            return "none" if "#" in self.options else "#"
        kept = "".join(f"+{key}" for key in last_keys(part.choices) if key != "#" or "#" in self.options)
        return kept if "#" in self.options else f"#{kept}"

    def _extensions(self, folder: Folder) -> str:
        listed = sorted(folder.extensions)
        if len(listed) <= MOST_LISTED:
            return "|".join(listed)
        return "|".join(f"\\d{{{length}}}" for length in sorted({len(extension) for extension in listed}))

    def own_seconds(self, folder: Folder) -> float:
        """Every try at its longest: prompt, timeouts, `invalid`; then a person's phone, if extensions are on."""
        prompt = folder.longest_seconds(self.prompt)
        invalid = folder.longest_seconds(self.invalid) if self.invalid else 1.0
        further = self.between if len(self._questions(folder)) > 1 else 0
        return self.tries * (prompt + self.wait + further + invalid) + (COLLEAGUE_SECONDS if self.extensions else 0.0)

    def falls_past_branches(self) -> bool:
        """Not with ``otherwise``, unless extensions are on: that person may not answer."""
        return self.otherwise is None or self.extensions

    def references(self) -> Iterator[Reference]:
        """See Step."""
        if self.extensions:
            yield "extensions", "all"

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """Prompt and `invalid`."""
        yield ("prompt",), self.prompt
        if self.invalid:
            yield ("invalid",), self.invalid
