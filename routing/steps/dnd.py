"""Do-not-disturb from a person's own phone: the dialplan of the feature codes.

The engine stores the setting in Redis, as ``routing dnd`` does; the dialplan then sets it on this FreeSWITCH at once.
The phone plays whether it worked. Without the engine or its memory nothing changes.
"""

from __future__ import annotations

from typing import Any, ClassVar

from routing.model import dnd
from routing.model.folder import Folder
from routing.steps.base import Emitter, sound_path
from routing.steps.dialplan import Condition
from routing.steps.dynamic import MEMORY_SECONDS, MemoryLookup

#: The state that the engine stored: ``on`` or ``off``.
DONE = "routing_dnd"
PERSON = Condition("${routing_person}", r"^([a-z][a-z0-9_]{0,63})$")


class DndCode(MemoryLookup):
    """Part of the phones' dialplan, not a step for authors. ``state``: do-not-disturb ``on`` or ``off``."""

    kind: ClassVar[str] = "dnd"

    state: str

    def emit_code(self, out: Emitter, label: str) -> None:
        """``<label>`` asks the engine, then plays the result to the phone."""
        asking, then = out.context.extension(label), f"{label}.then"
        asking.set("routing_scheme", out.scheme)
        asking.enter(label, self.kind)
        asking.set(DONE, "")
        self.emit_frame(out, asking, label, out.go(then))
        done = out.context.extension(then, Condition(f"${{{DONE}}}", f"^{self.state}$"), PERSON)
        done.do("set_global", f"{dnd.variable('$1')}={dnd.BUSY if self.state == 'on' else ''}")
        for heard, extension in (("done", done), ("invalid", out.context.extension(then))):
            extension.do("answer")
            extension.do("playback", sound_path(f"routing/{heard}.wav"))
            extension.do("hangup", "NORMAL_CLEARING")

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The project whose setting it is."""
        return {
            "kind": self.kind, "project": folder.project.name, "state": self.state, "timeout_s": MEMORY_SECONDS,
        }  # fmt: skip
