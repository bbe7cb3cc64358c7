"""``ask_number``: ask a caller who hides their number to dial it.

Callers who show one hear nothing of it. ``#`` ends what is dialled, so does a pause; a number is written as people of
the project's ``country`` dial it. What is no number is asked once more (``tries``); who dials nothing goes on at once.

``crm`` and ``sticky`` look the caller up by it from there on; handlers are told it as ``caller_told``, screens as
``told``. Nobody knows whether it is true: ``caller`` stays ``anonymous`` for ``match`` and its lists, for ``known`` and
for limits, and no name of a CRM is shown on a phone because of it.

Good::

    - ask_number: {prompt: menu.wav}
    - webhook: "https://crm.example.com/route"

Bad, it can be asked five times at most (``must be at most 5``)::

    - ask_number: {prompt: menu.wav, tries: 9}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from routing.model.fields import Seconds, Sound, Whole
from routing.model.folder import Folder
from routing.model.problem import Loc
from routing.model.stated_number import MOST_DIGITS, STATED_NUMBER
from routing.steps.base import HEAR_TONES, RELEASE, Emitter, Step, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.play import UNKNOWN_SECONDS

#: The file and the context in a release that make a number of digits.
READ = "told"


class AskNumberStep(Step):
    """Ask hidden callers for their number; falls through."""

    kind: ClassVar[str] = "ask_number"
    primary: ClassVar[str] = "prompt"
    answers: ClassVar[bool] = True

    prompt: Sound = Field(description="What the caller hears: asks for the number and for `#` behind it.")
    wait: Seconds = Field(5, description="For the first digit, after the prompt.")
    between: Seconds = Field(
        2, ge=1, le=10, description="For the next digit; then the number is taken as it is.", examples=["2s", "4s"]
    )
    tries: Whole = Field(2, ge=1, le=5, description="How often the prompt is played, as long as no number is dialled.")

    def emit(self, out: Emitter, here: Extension, path: str, after: str) -> Extension | None:
        """Executed, not transferred to: at a transfer FreeSWITCH forgets the keys that were pressed meanwhile.

        So it does while it plays a remark: there is none.
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
        trying.set("routing_digits", "")
        trying.do("play_and_get_digits", self._question())
        trying.do("execute_extension", f"{READ} XML:{RELEASE}/{READ}.xml {READ}")
        return None

    def _question(self) -> str:
        return (
            f"1 {MOST_DIGITS} 1 {self.wait * 1000} # {sound_path(self.prompt)} silence_stream://20 routing_digits "
            f"^\\d+$ {self.between * 1000}"
        )

    def own_seconds(self, folder: Folder) -> float:
        """Every try to its end: prompt, digits as slow as they may come."""
        prompt = folder.sounds.get(self.prompt, UNKNOWN_SECONDS)
        return self.tries * (prompt + self.wait + (MOST_DIGITS - 1) * self.between)

    def sounds(self) -> Iterator[tuple[Loc, str]]:
        """The prompt."""
        yield ("prompt",), self.prompt
