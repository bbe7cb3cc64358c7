"""``ask_number``: ask a caller with a hidden number to dial it.

Callers who show a number hear no prompt. ``#`` or a pause ends the input; the number is dialled as in the project's
``country``. The prompt is repeated after an invalid number (``tries``); a caller who dials nothing goes on at once.

``crm`` and ``sticky`` then look the caller up by this number; webhooks send it as ``caller_told``, screen pops as
``told``. It is not verified: ``caller`` stays ``anonymous`` for ``match`` and its lists, for ``known`` and for limits,
and phones do not show the CRM's name for it.

Good::

    - ask_number: {prompt: menu.wav}
    - webhook: "https://crm.example.com/route"

Bad, too many tries (``must be at most 5``)::

    - ask_number: {prompt: menu.wav, tries: 9}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from routing.model.fields import Seconds, Whole
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.sound_fields import Sound
from routing.model.stated_number import MOST_DIGITS, STATED_NUMBER
from routing.steps.base import HEAR_TONES, RELEASE, Emitter, Step, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.keys_read import DIGITS, UNHEARD_SOUND

#: The file and the context in a release that turn digits into a number.
READ = "told"


class AskNumberStep(Step):
    """Ask callers with a hidden number to dial it; falls through."""

    kind: ClassVar[str] = "ask_number"
    primary: ClassVar[str] = "prompt"
    answers: ClassVar[bool] = True

    prompt: Sound = Field(description="Prompt that asks for the number, and for `#` after it.")
    wait: Seconds = Field(5, description="Timeout for the first digit, after the prompt.")
    between: Seconds = Field(
        2, ge=1, le=10, description="Timeout for the next digit; it ends the input.", examples=["2s", "4s"]
    )
    tries: Whole = Field(2, ge=1, le=5, description="How often the prompt is played until a number is dialled.")

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Use `execute_extension`: a transfer discards keys that were pressed meanwhile.

        Playing a sound for invalid input would discard them too, so there is none.
        """
        here.do("transfer", out.go(f"{path}.ask"))
        hidden = Condition(f"${{routing_caller}}@${{{STATED_NUMBER}}}", "^anonymous@$")
        asking = out.context.extension(f"{path}.ask", hidden)
        asking.do("answer")
        asking.do("execute_extension", HEAR_TONES)
        for _ in range(self.tries):
            asking.do("execute_extension", out.go(f"{path}.try"))
        asking.do("transfer", out.go(after))
        out.context.extension(f"{path}.ask").do("transfer", out.go(after))
        trying = out.context.extension(f"{path}.try", Condition(f"${{{STATED_NUMBER}}}", "^$"))
        trying.set(DIGITS, "")
        trying.do("play_and_get_digits", self._question())
        trying.do("execute_extension", f"{READ} XML:{RELEASE}/{READ}.xml {READ}")
        return None

    def _question(self) -> str:
        # whatever is no number is kept: of what does not fit FreeSWITCH keeps nothing, as if nothing had been dialled
        return (
            f"1 {MOST_DIGITS} 1 {self.wait * 1000} # {sound_path(self.prompt)} {UNHEARD_SOUND} {DIGITS} "
            f"^[0-9A-D*]+$ {self.between * 1000}"
        )

    def own_seconds(self, folder: Folder) -> float:
        """Every try at its longest: prompt and slow digits."""
        prompt = folder.longest_seconds(self.prompt)
        return self.tries * (prompt + self.wait + (MOST_DIGITS - 1) * self.between)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The prompt."""
        yield ("prompt",), self.prompt
