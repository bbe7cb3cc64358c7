"""Keys that a person presses in a talk: what they are bound to runs at that moment, and the talk goes on.

Only the leg that the binding names is heard: the same keys of the other one do nothing.
"""

from __future__ import annotations

from routing.offline.argument import separate
from routing.offline.leg import CalledLeg
from routing.offline.running import RunningCall, TalkKey

#: The forms in which keys of a talk are bound: those that run an extension of the recording's, while the talk goes on,
#: and those with which a person asks a colleague, which scripted phones do not press.
_RUNS, _ASKS = "exec[H]:execute_extension", "exec[i]:execute_extension"
_SELF, _PEER = "self", "peer"


def bind(call: RunningCall, data: str) -> None:
    """``talk,*5,exec[H]:execute_extension,extension dialplan context,peer,self``."""
    _, key, action, argument, leg, runs = [*separate(data, ",", 6), "", "", "", "", ""][:6]
    if action == _ASKS:
        return
    if action != _RUNS or leg not in (_SELF, _PEER) or runs != _SELF:
        call.line.note("error", f"bind_digit_action {data}")
        return
    call.talk_keys[key] = TalkKey(argument, leg)


def wait(call: RunningCall, leg: CalledLeg, since_ms: int, until_ms: int) -> None:
    """Let a talk that began at ``since_ms`` go on; keys that are pressed meanwhile run what they are bound to."""
    for at_ms, bound in _pressed(call, leg, since_ms):
        if call.line.now_ms <= at_ms < until_ms:
            call.line.wait(at_ms)
            extension, dialplan, context = [*separate(bound.extension, " ", 4), "", ""][:3]
            call.execute_extension(extension, dialplan, context)
    call.line.wait(until_ms)


def _pressed(call: RunningCall, leg: CalledLeg, since_ms: int) -> list[tuple[int, TalkKey]]:
    keys = call.talk_keys
    by_peer = [(since_ms + at_ms, keys[key]) for key, at_ms in leg.phone.presses if key in keys]
    by_self = [(at_ms, keys[key]) for key, at_ms in call.caller.presses if key in keys]
    found = [each for each in by_peer if each[1].leg == _PEER] + [each for each in by_self if each[1].leg == _SELF]
    return sorted(found, key=lambda each: each[0])


def mask(call: RunningCall, data: str) -> None:
    """The recording holds silence from now on."""
    call.line.note("mask", data, "on")


def unmask(call: RunningCall, data: str) -> None:
    """The recording holds sound again."""
    call.line.note("mask", data, "off")


MASKING = {"record_session_mask": mask, "record_session_unmask": unmask}
