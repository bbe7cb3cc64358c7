"""Connects calls that wait, for a busy person or in queues, to a worker's engine, states and Redis."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from routing.engine import metrics
from routing.engine.deciding import Engine
from routing.engine.free_people import FreePeople
from routing.engine.ports import duty_records, queueing
from routing.engine.queue_calls import QueueCalls
from routing.engine.states import States
from routing.engine.waiting import Waiting, wake
from routing.model.decision import Call
from routing.process.log import Lines
from routing.store.client import RedisStore


def waiting_calls(
    engine: Engine, states: States, redis: RedisStore | None, lines: Lines, keeper: str, port: str
) -> Waiting:
    """The waiting calls of a worker. ``keeper`` and ``port`` are the engine's, which its waiting calls carry."""

    def missed_out(person: str, until_ms: int) -> None:
        metrics.MISSED_OUT.inc()
        until = datetime.fromtimestamp(until_ms / 1000, UTC).isoformat(timespec="seconds")
        lines.write("warning", "missed", person=person, paused_until=until)

    def fault(problem: Exception) -> None:
        lines.write("error", "fault", problem=repr(problem)[:500])

    def step_of(call: Call) -> Mapping[str, Any]:
        return engine.releases.step(call.release, call.scheme, call.step)

    queues = queueing(states, redis, missed_out)
    queue_calls = QueueCalls(queues, states, engine.offered, wake, port, step_of, fault=fault)
    return Waiting(engine.decide, step_of, states, keeper, queue_calls)


def free_people(states: States, redis: RedisStore | None, waiting: Waiting) -> FreePeople:
    """Who is free, by the queues of the worker that leads."""
    return FreePeople(states, duty_records(redis), waiting.queue_calls.queueing.distribution.duties)
