"""The dialplan of what a waiting caller hears: the sounds that the engine has named, one after another, over the music,
and the end of both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from routing.model.queue import ENTERED, SAY
from routing.steps.base import Emitter, sound_files
from routing.steps.dialplan import Condition

#: What is being said, for the end of the wait.
SOUND = "file_string://${routing_said}"


def say(out: Emitter, path: str, sounds: Mapping[str, str]) -> None:
    """``<path>.say``. ``sounds``: by name, ``place1``, ``wait5``, ``text1``."""
    label, play = f"{path}.say", out.go(f"{path}.said")
    for name, sound in sounds.items():
        last = out.context.extension(label, Condition(f"${{{SAY}}}", f"^{name}$"))
        last.set("routing_said", sound_files(sound))
        last.do("execute_extension", play)
    waits = [name for name in sounds if name.startswith("wait")]
    for name in (name for name in sounds if name.startswith("place") and waits):
        both = out.context.extension(label, Condition(f"${{{SAY}}}", f"^{name},({'|'.join(waits)})$"))
        both.set("routing_said", sound_files(sounds[name]))
        both.do("execute_extension", out.go(f"{path}.$1"))
    for name in waits:
        following = out.context.extension(f"{path}.{name}")
        following.set("routing_said", f"${{routing_said}}!{sound_files(sounds[name])}")
        following.do("execute_extension", play)
    spoken = out.context.extension(f"{path}.said")
    spoken.set(SAY, "")
    spoken.do("displace_session", SOUND)


def quiet(out: Emitter, path: str, sounds: Sequence[str], has_keys: bool) -> None:
    """``<path>.quiet``: end music and keys. Only where there are any: `stop_displace_session` would answer with early
    media."""
    here = out.context.extension(f"{path}.quiet", Condition(f"${{{ENTERED}}}", f"^{re.escape(path)}$"))
    if has_keys:
        here.do("clear_digit_action", "all")
    for sound in sounds:
        here.do("stop_displace_session", sound)
