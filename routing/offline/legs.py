"""Legs of one call that go on by themselves: a key of a talk takes both legs out of it, each into the dialplan.

The calling leg goes on in its own script; a called one gets a script of its own. They share the call's events and
phones. Where legs talk again (`routing.offline.intercepting`), one runs the talk and the other's dialplan rests. The
call is over when the last of them has ended.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import NoReturn

from routing.model.rating import AFTER_TALK, CALLED_BACK
from routing.model.typed_digits import FORGETS
from routing.offline import transferring
from routing.offline.argument import separate
from routing.offline.leaving import BothLegs, LastLegEnded, LegState
from routing.offline.leg import CalledLeg
from routing.offline.line import LONGEST_MS, HungUp, Interrupted, Transfer
from routing.offline.partner_line import PartnerLine
from routing.offline.phones import ScriptedCaller
from routing.offline.running import RunningCall
from routing.offline.world import World

#: Commands that a leg's end runs.
_AT_THE_END = ("api_hangup_hook", "api_reporting_hook")
_SETS_GLOBAL = re.compile(r"global_setvar ([^=]+)=([^=]*)(?:=(.+))?")


def of(call: RunningCall, leg: CalledLeg) -> RunningCall:
    """The called leg's own dialplan, at this moment."""
    if leg.running is None:
        leg.running = _own(call, leg)
    running: RunningCall = leg.running
    running.line.now_ms = now_of(running)
    return running


def now_of(call: RunningCall) -> int:
    """This moment on a leg's clock, which stands still while the leg waits."""
    return _world(call).now_ms - round(call.line.start.timestamp() * 1000)


def _own(call: RunningCall, leg: CalledLeg) -> RunningCall:
    held = call.line
    profile = replace(held.profile, uuid=held.get("bridge_uuid") or "")
    line = PartnerLine(
        profile, held.start, held.globals, leg.ends_ms, held.now_ms, answered=True, media=True, events=held.events,
        listener=held.listener, world=held.world, target=leg.target,
    )  # fmt: skip
    for name, value in transferring.variables_of(held, leg).items():
        line.set(name, value)
    line.set("bridge_uuid", held.profile.uuid)
    return replace(
        call, line=line, caller=ScriptedCaller(presses=leg.pressed), party=leg.target, talk_keys={}, invitations=[],
        listens_for={}, actions=0, typed=0, depth=0, broken=False, transferred_by=set(), own=LegState(call, leg),
    )  # fmt: skip


def left(call: RunningCall, leg: CalledLeg, reason: Interrupted | None) -> Transfer | None:
    """A talk is over (None: the person hung up): the called leg goes where it is to go, else it ends. Returned is where
    the call goes that is the called leg's from now on: a client whom a person has called back is asked."""
    variables = transferring.variables_of(call.line, leg)
    place = variables.get(AFTER_TALK, "") if isinstance(reason, HungUp) else ""
    if place and CALLED_BACK in variables:
        return _to_question(call, leg, place)
    if isinstance(reason, BothLegs):
        _goes(of(call, leg), Transfer(reason.extension, reason.dialplan, reason.context, reason.why))
        transferring.types(call)
    elif place and leg.running is None:
        _goes(of(call, leg), _after_talk(place))
    elif leg.running and leg.running.own.rests:
        line = leg.running.line
        line.leaves(leg.running.party)  # at once: it may be rung in this very moment
        _world(call).wake(line.profile.uuid, HungUp("NORMAL_CLEARING", "the other leg"))
    return None


def _to_question(call: RunningCall, leg: CalledLeg, place: str) -> Transfer:
    """The call is the client's from now on."""
    transferring.becomes(call, leg)
    transferring.presses_on(call, leg)
    call.line.set("bridge_uuid", call.line.profile.uuid)
    call.line.gives_up_ms = leg.ends_ms
    return _after_talk(place)


def _after_talk(place: str) -> Transfer:
    extension, dialplan, context = [*place.split(":", 2), "", ""][:3]
    return Transfer(extension, dialplan, context, "the talk is over")


def _goes(other: RunningCall, where: Transfer) -> None:
    """A called leg goes on in its script, or begins it."""
    world = _world(other)
    transferring.types(other)
    if other.own.rests:
        world.wake(other.line.profile.uuid, where)
        return
    other.own.parent.own.kin.append(other)
    world.begin(world.now_ms, partial(_live, other, where))
    begins(other)


def _live(other: RunningCall, where: Transfer) -> None:
    other.line.talks(other.party)
    try:
        other.route(where)
    except HungUp:
        ended(other)


def begins(call: RunningCall) -> None:
    """Others find the leg by its uuid from now on."""
    _world(call).legs[call.line.profile.uuid] = call


def ended(call: RunningCall) -> None:
    """A leg has ended: free its phone, run its commands, and tell its call when it was the last."""
    world, uuid = _world(call), call.line.profile.uuid
    world.legs.pop(uuid, None)
    call.line.leaves(call.party)
    call.limits.ended(uuid, call.line.moment.timestamp())
    call.own.over = True
    for command in filter(None, map(call.line.get, _AT_THE_END)):
        _run(call, command)
    parent = call.own.parent
    if parent is None:
        return
    parent.own.kin.remove(call)
    if (root := _root(call)).own.over and not _kin(root):
        world.wake(root.line.profile.uuid, LastLegEnded())


def wait_for_others(call: RunningCall) -> None:
    """The calling leg has ended: its call goes on while any leg does that it, or one of them, has dialled."""
    world, line = _world(call), call.line
    while _kin(call):
        world.wait(line.profile.uuid, world.now_ms + LONGEST_MS)
    line.now_ms = max(line.now_ms, now_of(call))


def rest(call: RunningCall) -> NoReturn:
    """Another leg runs the talk with this one: wait until it ends, or until a key leads elsewhere."""
    line, call.own.rests = call.line, True
    leaves_ms, line.gives_up_ms = line.gives_up_ms, None
    try:
        line.wait(LONGEST_MS)
        raise HungUp("NORMAL_CLEARING", "bounds")
    finally:
        call.own.rests, line.gives_up_ms = False, leaves_ms


def _kin(call: RunningCall) -> list[RunningCall]:
    """The legs below this one that have not ended."""
    return [each for kin in call.own.kin for each in (kin, *_kin(kin))]


def _root(call: RunningCall) -> RunningCall:
    return call if call.own.parent is None else _root(call.own.parent)


def _run(call: RunningCall, command: str) -> None:
    """A command at a leg's end: another leg goes elsewhere, or a global variable changes if it is as expected."""
    name, *arguments = separate(command, " ", 5)
    if name == "uuid_transfer" and len(arguments) == 4:
        uuid, extension, dialplan, context = arguments
        if uuid in _world(call).legs and extension != "nobody":
            call.line.note("transferred", call.party, extension)
        _world(call).wake(uuid, Transfer(extension, dialplan, context, "sent on"))
    elif found := _SETS_GLOBAL.fullmatch(command):
        variable, value, expected = found.groups()
        if expected is None or call.line.globals.get(variable, "") == expected:
            call.line.globals[variable] = value
    elif command != FORGETS:  # the end of a test forgets everything
        call.line.note("error", f"at the end of a leg: {command}")


def _world(call: RunningCall) -> World:
    world = call.line.world
    assert world is not None  # every call runs in one
    return world
