"""The application ``intercept``: this leg talks with another one, which leaves whatever it does.

The leg whose call it is runs the talk: the client's, or the phone's that has called.
"""

from __future__ import annotations

from typing import NoReturn

from routing.offline import bridging, legs
from routing.offline.dialstring import Endpoint
from routing.offline.leaving import Joined, Rests
from routing.offline.leg import CalledLeg
from routing.offline.phones import TALK_MS, ScriptedPhone
from routing.offline.running import RunningCall


def intercept(call: RunningCall, data: str) -> None:
    """``intercept uuid``: without such a leg nothing happens."""
    world = call.line.world
    other = world.legs.get(data) if world else None
    if world is None or other is None or other is call:
        return
    call.answer()
    call.line.set("bridge_uuid", data)
    other.line.set("bridge_uuid", call.line.profile.uuid)
    if other.own.parent is call:
        if world.wake(data, Rests()):
            join(call, Joined(_of_other(call, other)))
    elif world.wake(data, Joined(_of_other(other, call))):
        legs.rest(call)


def join(call: RunningCall, joined: Joined | Rests) -> NoReturn:
    """What the leg does from now on: see `RunningCall.join`."""
    if isinstance(joined, Rests):
        legs.rest(call)
    bridging.talk_again(call, joined.leg)


def _of_other(call: RunningCall, other: RunningCall) -> CalledLeg:
    """A leg as the one with which a call talks."""
    if other.own.leg and other.own.parent is call:
        return other.own.leg
    leg = CalledLeg(Endpoint({}, "sofia", ""), _phone(other), other.party, 0, 0, "up", running=other)
    leg.begins_talk(legs.now_of(call))
    return leg


def _phone(other: RunningCall) -> ScriptedPhone:
    """How a phone that has called itself behaves in the talk from now on."""
    now_ms, leaves_ms = other.line.now_ms, other.line.gives_up_ms
    presses = tuple((key, at_ms - now_ms) for key, at_ms in other.caller.presses if at_ms >= now_ms)
    return ScriptedPhone("answers", talks_ms=TALK_MS if leaves_ms is None else leaves_ms - now_ms, presses=presses)
