"""The queues at one moment, for operators: who waits, rings or talks, who works and why not. Pure."""

from __future__ import annotations

from typing import Any

from routing.decide.distribution import Distribution, PhoneState
from routing.decide.queued import QueuedCaller
from routing.model.queue import QueueSettings


def picture(distribution: Distribution, now_ms: int, state: PhoneState) -> list[dict[str, Any]]:
    """Every queue with a caller: its callers in their order, then its people with their states, as plain data.

    ``waits_s``: seconds since the caller came. A person who could be offered a caller is ``free``.
    """
    queues = {caller.queue.key: caller.queue for caller in distribution.callers.values()}
    return [_queue(queue, distribution, now_ms, state) for _, queue in sorted(queues.items())]


def _queue(queue: QueueSettings, distribution: Distribution, now_ms: int, state: PhoneState) -> dict[str, Any]:
    talking = [each for each in distribution.callers.values() if each.talks_with and each.queue.key == queue.key]
    callers = [*distribution.waiting(queue), *sorted(talking, key=lambda each: each.rank)]
    people = {
        member.person: distribution.duties[member.person].why_not(queue, now_ms) or state(member)
        for member in reversed(queue.members)
    }
    return {
        "queue": queue.name,
        "project": queue.project,
        "callers": [_caller(each, distribution, now_ms) for each in callers],
        "people": {person: people[person] for person in reversed(people)},
    }


def _caller(caller: QueuedCaller, distribution: Distribution, now_ms: int) -> dict[str, Any]:
    return {
        "call": caller.uuid,
        "caller": caller.number,
        "arrived_ms": caller.arrived_ms,
        "place": 0 if caller.talks_with else distribution.place(caller),
        "waits_s": round(((caller.talk_began_ms or now_ms) - caller.arrived_ms) / 1000),
        "rings": [member.name for member in caller.offered],
        "talks_with": caller.talks_with,
    }
