"""A call that waits for a busy person, or in a queue: it sends events to the engine and sleeps until the engine wakes
it.

The engine notes each event or decides anew; it decides again whenever a person's phone becomes free
(`routing.engine.waiting`), and in a queue also when time allows an offer (`routing.offline.queues`).
"""

from __future__ import annotations

from routing.model.card_request import CARD_BY, CARD_EVENT, CARD_PHONE
from routing.model.decision import NOTED, WAITS, WAITS_EVENT
from routing.offline.argument import atoi
from routing.offline.decider import EngineAnswer
from routing.offline.line import LONGEST_MS
from routing.offline.queue_engine import QueueEngine
from routing.offline.queues import Break
from routing.offline.running import RunningCall


def event(call: RunningCall, data: str) -> None:
    """``Event-Name=CUSTOM,Event-Subclass=...``: the engine receives the event of a waiting call, and no other but that
    of a person who asks for a card."""
    headers = data.split(",")
    if f"Event-Subclass={CARD_EVENT}" in headers:
        by_caller = f"{CARD_BY}=caller" in headers
        call.line.note("card", call.line.get(CARD_PHONE if by_caller else "routing_target") or "")
        return
    if f"Event-Subclass={WAITS_EVENT}" not in headers:
        return
    if isinstance(call.decider, QueueEngine) and call.decider.hears(call):
        if world := call.line.world:
            engine = call.decider
            world.holds(call.line.profile.uuid, lambda: engine.looks(call))
    elif _is_transferred(call):
        call.broken = True
    elif world := call.line.world:
        world.holds(call.line.profile.uuid, lambda: _look(call))


def sleep(call: RunningCall, data: str) -> None:
    """Wait for milliseconds, or until ``uuid_break``."""
    line = call.line
    try:
        _sleep(call, line.now_ms + max(atoi(data), 0))
    except Break:
        pass
    finally:
        call.broken = False
        if line.world:
            line.world.holds(line.profile.uuid, None)


def _sleep(call: RunningCall, until_ms: int) -> None:
    """Sleep, and let the queue look at every moment that may change an offer."""
    engine = call.decider if isinstance(call.decider, QueueEngine) else None
    while not call.broken and call.line.now_ms < until_ms:
        due_ms = engine.due_ms(call) if engine else None
        call.line.wait(until_ms if due_ms is None else min(due_ms, until_ms))
        if engine and call.line.now_ms == due_ms:
            engine.looks(call)


def _look(call: RunningCall) -> None:
    """A phone became free: if the call can go on now, end its wait (``uuid_break``)."""
    world = call.line.world
    if world and _is_transferred(call):
        call.broken = not world.wake(call.line.profile.uuid, Break())


def _is_transferred(call: RunningCall) -> bool:
    """Whether the engine decides otherwise now. Without its answer the call is not noted as waiting."""
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
