"""Keys that a person presses in a talk: what they are bound to runs at that moment, and the talk goes on.

Only the leg that the binding names is heard: the same keys of the other one do nothing.
"""

from __future__ import annotations

from routing.model.recognition import ENDING
from routing.offline import legs
from routing.offline.argument import separate
from routing.offline.leaving import TalkKey
from routing.offline.leg import CalledLeg
from routing.offline.phones import PARKS
from routing.offline.running import RunningCall

#: The forms in which keys of a talk are bound: those that run an extension of the recording's, while the talk goes on,
#: on the calling leg, and those with which a person leaves the other party alone, on the leg that presses them.
_RUNS, _LEAVES = "exec[H]:execute_extension", "exec[i]:execute_extension"
SELF, _PEER = "self", "peer"


def bind(call: RunningCall, data: str) -> None:
    """``talk,*5,exec[H]:execute_extension,extension dialplan context,peer,self``."""
    _, key, action, argument, leg, runs = [*separate(data, ",", 6), "", "", "", "", ""][:6]
    expected = {_RUNS: SELF, _LEAVES: leg}.get(action)
    if leg not in (SELF, _PEER) or runs != expected:
        call.line.note("error", f"bind_digit_action {data}")
        return
    call.talk_keys[key, leg] = TalkKey(argument, leg, own=action == _LEAVES)


def by_called_leg(leg: RunningCall, data: str) -> list[str]:
    """Run an extension on the called leg as a talk begins, while the caller's runs its own; returns the sounds that it
    plays, which take the caller's time."""
    sounds: list[str] = []
    extension, dialplan, context = [*separate(data, " ", 4), "", ""][:3]
    run = leg.run_application

    def run_silently(running: RunningCall, application: str, argument: str) -> None:
        if application == "playback":
            sounds.append(argument)
        else:
            run(running, application, argument)

    leg.run_application = run_silently
    try:
        leg.execute_extension(extension, dialplan, context)
    finally:
        leg.run_application = run
    return sounds


def wait(call: RunningCall, leg: CalledLeg, since_ms: int, until_ms: int) -> None:
    """Let a talk that began at ``since_ms`` go on; keys that are pressed meanwhile run what they are bound to."""
    for at_ms, key, by in _pressed(call, leg):
        bound = _bound(call, leg, key, by)  # a key may bind others
        if bound and since_ms < at_ms < until_ms and call.line.now_ms <= at_ms:
            call.line.wait(at_ms)
            extension, dialplan, context = [*separate(bound[0].extension, " ", 4), "", ""][:3]
            runs = legs.of(call, leg) if bound[1] == _PEER else call
            runs.execute_extension(extension, dialplan, context)
    call.line.wait(until_ms)


def _bound(call: RunningCall, leg: CalledLeg, key: str, by: str) -> tuple[TalkKey, str] | None:
    """What a key runs, and the leg that runs it: either of them may have bound it."""
    for binds, other, whose in ((SELF, call, by), (_PEER, leg.running, SELF if by == _PEER else _PEER)):
        if other and (found := _found(other, key, whose)):
            return found, by if found.own else binds
    return None


def _found(call: RunningCall, key: str, whose: str) -> TalkKey | None:
    """`parks` is the key of parking, whichever it is."""
    if key != PARKS:
        return call.talk_keys.get((key, whose))
    return next(
        (each for each in call.talk_keys.values() if each.leg == whose and each.extension.startswith("park_")), None
    )


def _pressed(call: RunningCall, leg: CalledLeg) -> list[tuple[int, str, str]]:
    """When, which key, and by which leg."""
    by_peer = [(at_ms, key, _PEER) for key, at_ms in leg.pressed]
    by_self = [(at_ms, key, SELF) for key, at_ms in call.caller.presses]
    return sorted(by_peer + by_self)


def mask(call: RunningCall, data: str) -> None:
    """The recording holds silence from now on; nothing where there is none."""
    if is_recorded(call, data):
        call.line.note("mask", data, "on")


def unmask(call: RunningCall, data: str) -> None:
    """The recording holds sound again."""
    if is_recorded(call, data):
        call.line.note("mask", data, "off")


def is_recorded(call: RunningCall, file: str) -> bool:
    """Whether a recording of a talk has begun and not ended."""
    recording = [
        event.kind for event in call.line.events if event.kind in ("record", "record_end") and event.subject == file
    ]
    return recording[-1:] == ["record"]


def stop_recording(call: RunningCall, data: str) -> None:
    """The recording ends while the call goes on; ``all`` of a call without one is nothing, nor is a phrase's file."""
    if data.endswith(f".{ENDING}"):
        return
    if data == "all" and not any(event.kind == "record" for event in call.line.events):
        return
    call.line.note("record_end", data)


def broadcast(call: RunningCall, data: str) -> None:
    """``sched_broadcast +0 'execute_extension::announced@...' both``: both legs of a talk run it, at once."""
    _, command, legs = [*separate(data, " ", 3), "", ""][:3]
    application, _, argument = command.partition("::")
    extension, dialplan, context = [*separate(argument, " ", 4), "", ""][:3]
    if application != "execute_extension" or legs != "both":
        call.line.note("error", f"sched_broadcast {data}")
        return
    for name, sound in call.chosen(extension, dialplan, context):
        if name == "playback":
            call.line.note("whisper", sound, call.line.get("bridge_channel") or "", call.duration_ms(sound) or 0)
    call.execute_extension(extension, dialplan, context)


IN_TALK = {
    "record_session_mask": mask,
    "record_session_unmask": unmask,
    "stop_record_session": stop_recording,
    "sched_broadcast": broadcast,
}
