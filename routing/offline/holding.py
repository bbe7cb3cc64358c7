"""A call that is held for a busy person: it tells the engine so by events, and sleeps until the engine sends it on.

The engine notes each event, or decides anew; it looks again whenever somebody leaves a phone
(`routing.engine.waiting`).
"""

from __future__ import annotations

from routing.model.decision import NOTED, WAITS, WAITS_EVENT
from routing.offline.argument import atoi
from routing.offline.decider import EngineAnswer
from routing.offline.line import LONGEST_MS, Interrupted
from routing.offline.running import RunningCall


class Break(Interrupted):
    """``uuid_break``: what the leg waits for is over, the next action comes."""


def event(call: RunningCall, data: str) -> None:
    """``Event-Name=CUSTOM,Event-Subclass=...``: the engine hears that a call waits, nobody hears others."""
    if f"Event-Subclass={WAITS_EVENT}" not in data.split(","):
        return
    if _is_sent_on(call):
        call.broken = True
    elif world := call.line.world:
        world.holds(call.line.profile.uuid, lambda: _look(call))


def sleep(call: RunningCall, data: str) -> None:
    """Milliseconds, or until ``uuid_break``."""
    line = call.line
    try:
        if not call.broken:
            line.wait(line.now_ms + max(atoi(data), 0))
    except Break:
        pass
    finally:
        call.broken = False
        if line.world:
            line.world.holds(line.profile.uuid, None)


def _look(call: RunningCall) -> None:
    """Somebody left a phone: if that is who the call waits for, end what it waits in (``uuid_break``)."""
    world = call.line.world
    if world and _is_sent_on(call):
        call.broken = not world.wake(call.line.profile.uuid, Break())


def _is_sent_on(call: RunningCall) -> bool:
    """Whether the engine decides otherwise now. One that does not answer has not noted that the call waits."""
    line = call.line
    reply = call.decider(call.engine, dict(call.readable()), LONGEST_MS)
    if not isinstance(reply, EngineAnswer):
        return False
    before = line.get("routing_decision")
    for application, argument in reply.commands:
        call.apply(application, argument)
    if line.get("routing_decision") == before:
        line.set(NOTED, line.get(WAITS))
        return False
    line.note("decision", call.engine, reply.note)
    return True
