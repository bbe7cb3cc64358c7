"""What feature codes share with which a phone changes a setting of its person: the dialplan.

The engine stores the setting in Redis, as the commands of operators do. The phone plays whether it worked; without the
engine or its memory nothing changes.
"""

from __future__ import annotations

from typing import Any, ClassVar

from routing.model.folder import Folder
from routing.steps.base import Emitter, sound_path
from routing.steps.dialplan import Condition, Extension
from routing.steps.dynamic import MEMORY_SECONDS, MemoryLookup

PERSON = Condition("${routing_person}", r"^([a-z][a-z0-9_]{0,63})$")


class PersonCode(MemoryLookup):
    """Part of the phones' dialplan, not a step for authors. ``state``: what the code sets."""

    #: The variable that the engine sets to ``state`` when it is stored.
    stored: ClassVar[str]

    state: str

    def emit_code(self, out: Emitter, label: str) -> None:
        """``<label>`` asks the engine, then plays the result to the phone."""
        asking, then = out.context.extension(label), f"{label}.then"
        asking.set("routing_scheme", out.scheme)
        asking.enter(label, self.kind)
        asking.set(self.stored, "")
        self.emit_frame(out, asking, label, out.go(then))
        done = out.context.extension(then, Condition(f"${{{self.stored}}}", f"^{self.state}$"), PERSON)
        self.emit_done(done)
        for heard, extension in (("done", done), ("invalid", out.context.extension(then))):
            extension.do("answer")
            extension.do("playback", sound_path(f"routing/{heard}.wav"))
            extension.do("hangup", "NORMAL_CLEARING")

    def emit_done(self, here: Extension) -> None:
        """What this FreeSWITCH does at once; ``$1`` is the person."""

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The project whose setting it is."""
        return {
            "kind": self.kind, "project": folder.project.name, "state": self.state, "timeout_s": MEMORY_SECONDS,
        }  # fmt: skip
