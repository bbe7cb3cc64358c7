"""The dialplan of a queue's announcements: the sounds that the engine has named, one after another, over the music."""

from __future__ import annotations

from collections.abc import Mapping

from routing.model.queue import SAY
from routing.steps.base import Emitter, sound_path
from routing.steps.dialplan import Condition

#: What is being said, for the end of the wait.
SOUND = "file_string://${routing_said}"


def say(out: Emitter, path: str, sounds: Mapping[str, str]) -> None:
    """``<path>.say``. ``sounds``: by name, ``place1``, ``wait5``, ``text1``."""
    label, play = f"{path}.say", out.go(f"{path}.said")
    for name, sound in sounds.items():
        last = out.context.extension(label, Condition(f"${{{SAY}}}", f"^{name}$"))
        last.set("routing_said", sound_path(sound))
        last.do("execute_extension", play)
    waits = [name for name in sounds if name.startswith("wait")]
    for name in (name for name in sounds if name.startswith("place") and waits):
        both = out.context.extension(label, Condition(f"${{{SAY}}}", f"^{name},({'|'.join(waits)})$"))
        both.set("routing_said", sound_path(sounds[name]))
        both.do("execute_extension", out.go(f"{path}.$1"))
    for name in waits:
        following = out.context.extension(f"{path}.{name}")
        following.set("routing_said", f"${{routing_said}}!{sound_path(sounds[name])}")
        following.do("execute_extension", play)
    spoken = out.context.extension(f"{path}.said")
    spoken.set(SAY, "")
    spoken.do("displace_session", SOUND)
