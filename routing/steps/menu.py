"""``menu``: ask for a key, or a colleague's extension.

Good::

    - menu: {prompt: menu.wav, options: {"1": [{ring: sales}], "2": [{scheme: lviv}]}, extensions: true}

Bad, a menu that offers nothing (``needs options or `extensions: true```)::

    - menu: {prompt: menu.wav}
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from routing.model.fields import Flag, Key, Seconds, Sound, Whole
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.steps.base import RELEASE, Complaint, Emitter, Step, StepItem, label_part, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.dialstring import COLLEAGUE_SECONDS
from routing.steps.lists import Steps
from routing.steps.play import UNKNOWN_SECONDS

INVALID = "routing/invalid.wav"
#: Between the digits of an extension.
DIGIT_SECONDS = 3
#: An alternation of extensions longer than this becomes a pattern by length; the directory refuses the wrong ones.
MOST_LISTED = 200


class MenuStep(Step):
    """Ask the caller for a key; falls through when there is no choice and no `otherwise`."""

    kind: ClassVar[str] = "menu"
    falls_when: ClassVar[str] = "no choice"
    answers: ClassVar[bool] = True

    prompt: Sound = Field(description="What the caller hears.")
    options: dict[Key, Steps] = Field(default_factory=dict, description="Keys and their steps.")
    extensions: Flag = Field(False, description="People's extensions can be dialled too.")
    wait: Seconds = Field(5, description="For a key, after the prompt.")
    tries: Whole = Field(2, ge=1, le=5, description="How often the prompt is played.")
    invalid: Sound | None = Field(None, description="Played after a wrong key.")
    otherwise: Steps | None = Field(None, description="Steps when there was no choice.")

    def check(self, loc: Loc, folder: Folder, default_hours: str | None) -> Iterator[Complaint]:
        """Something can be chosen, and nothing can be meant twice."""
        if not self.options and not self.extensions:
            yield loc, "a menu needs options or `extensions: true`", 'write `options: {"1": [...]}`'
        if self.extensions and not folder.extensions and not folder.broken:
            yield (*loc, "extensions"), "nobody has an extension", "give people `extension:`"

    def branches(self) -> Iterator[tuple[Loc, str, Sequence[StepItem]]]:
        """The options, then ``otherwise``."""
        for key, steps in self.options.items():
            yield ("options", key), label_part(key), steps
        if self.otherwise is not None:
            yield ("otherwise",), "otherwise", self.otherwise

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """``play_and_get_digits``, then one extension a choice; the digits are tested again there."""
        here.do("answer")
        here.set("routing_digits", "")
        here.do("play_and_get_digits", self._question(out.folder))
        here.do("transfer", out.go(f"{path}.choice"))
        for key, steps in self.options.items():
            chosen = Condition("${routing_digits}", f"^{re.escape(key)}$")
            prefix = f"{path}.{label_part(key)}."
            out.steps(steps, out.context.extension(f"{path}.choice", chosen), prefix, after)
        if self.extensions:
            dialled = Condition("${routing_digits}", f"^({self._extensions(out.folder)})$")
            colleague = out.context.extension(f"{path}.choice", dialled)
            colleague.do("execute_extension", f"$1 XML:{RELEASE}/internal.xml colleagues")
            colleague.do("transfer", out.go(after))
        nothing = out.context.extension(f"{path}.choice")
        out.steps(self.otherwise or (), nothing, f"{path}.otherwise.", after)
        return None

    def _question(self, folder: Folder) -> str:
        accepted = [re.escape(key) for key in self.options]
        longest = 1
        if self.extensions:
            accepted.append(self._extensions(folder))
            longest = max(map(len, folder.extensions))
        terminator = "#" if "#" not in self.options else "none"
        invalid = sound_path(self.invalid or INVALID)
        wait = f"{self.wait * 1000} {terminator} {sound_path(self.prompt)} {invalid}"
        return f"1 {longest} {self.tries} {wait} routing_digits ^({'|'.join(accepted)})$ {DIGIT_SECONDS * 1000}"

    def _extensions(self, folder: Folder) -> str:
        listed = sorted(folder.extensions)
        if len(listed) <= MOST_LISTED:
            return "|".join(listed)
        return "|".join(f"\\d{{{length}}}" for length in sorted({len(extension) for extension in listed}))

    def own_seconds(self, folder: Folder) -> float:
        """Every try to its end: prompt, wait, remark; then a colleague's phone, if one may be dialled."""
        prompt = folder.sounds.get(self.prompt, UNKNOWN_SECONDS)
        invalid = folder.sounds.get(self.invalid, UNKNOWN_SECONDS) if self.invalid else 1.0
        return self.tries * (prompt + self.wait + invalid) + (COLLEAGUE_SECONDS if self.extensions else 0.0)

    def falls_past_branches(self) -> bool:
        """Not when ``otherwise`` takes those who choose nothing; a colleague may not answer."""
        return self.otherwise is None or self.extensions

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """Prompt and remark."""
        yield ("prompt",), self.prompt
        if self.invalid:
            yield ("invalid",), self.invalid
