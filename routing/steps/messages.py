"""Listening to voicemails from a person's own phone: the dialplan of that feature code.

The engine names one message after another, the oldest first. A played message is no longer new; after the last one the
phone's message-waiting light goes off. Without the engine or its memory the phone plays an error.
"""

from __future__ import annotations

from typing import Any, ClassVar

from routing.model.folder import Folder
from routing.model.messages import MESSAGE, NONE
from routing.steps.base import Emitter, sound_path
from routing.steps.dialplan import Condition
from routing.steps.dynamic import MEMORY_SECONDS, MemoryLookup
from routing.steps.voicemail import BEEP


class MessagesCode(MemoryLookup):
    """Part of the phones' dialplan, not a step for authors."""

    kind: ClassVar[str] = "messages"

    def emit_code(self, out: Emitter, label: str) -> None:
        """``<label>`` asks the engine for a message, plays it and repeats until there is none."""
        asking, then = out.context.extension(label), f"{label}.then"
        asking.set("routing_scheme", out.scheme)
        asking.enter(label, self.kind)
        if out.folder.project.encrypt_recordings:  # no node can read them
            asking.do("answer")
            asking.do("playback", sound_path("routing/invalid.wav"))
            asking.do("hangup", "NORMAL_CLEARING")
            return
        asking.set(MESSAGE, "")
        self.emit_frame(out, asking, label, out.go(then))
        named = Condition(f"${{{MESSAGE}}}", r"^([a-z][a-z0-9_]{0,63})/([0-9a-zA-Z_-]{8,64})$")
        message = out.context.extension(then, named)
        message.do("answer")
        message.do("playback", "${recordings_dir}/voicemail/$1/$2.wav")
        message.do("playback", sound_path(BEEP))
        message.do("transfer", out.go(label))
        none = Condition(f"${{{MESSAGE}}}", f"^{NONE}$")
        for heard, extension in (
            ("done", out.context.extension(then, none)), ("invalid", out.context.extension(then))
        ):  # fmt: skip
            extension.do("answer")
            extension.do("playback", sound_path(f"routing/{heard}.wav"))
            extension.do("hangup", "NORMAL_CLEARING")

    def runtime(self, folder: Folder) -> dict[str, Any]:
        """The project whose messages they are."""
        return {"kind": self.kind, "project": folder.project.name, "timeout_s": MEMORY_SECONDS}
