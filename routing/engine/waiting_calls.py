"""Connects calls that wait, for a busy person or in queues, to a worker's engine, states and Redis."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from gevent.event import Event

from routing.engine.callbacks import StoredCallbacks
from routing.engine.deciding import Engine
from routing.engine.free_people import FreePeople
from routing.engine.missed_out import MissedOutNotices
from routing.engine.ports import duty_records, queueing
from routing.engine.queue_calls import QueueCalls
from routing.engine.states import States
from routing.engine.waiting import Waiting, wake
from routing.esl.protocol import EventSocket
from routing.model.call import Call
from routing.process.log import Lines
from routing.process.memory import calling_in
from routing.store.client import RedisStore
from routing.store.networks import RedisNetworks


def waiting_calls(
    engine: Engine, states: States, redis: RedisStore | None, lines: Lines, keeper: str, port: str
) -> Waiting:
    """The waiting calls of a worker. ``keeper`` and ``port`` are the engine's, which its waiting calls carry."""

    def fault(problem: Exception) -> None:
        lines.write("error", "fault", problem=repr(problem)[:500])

    def step_of(call: Call) -> Mapping[str, Any]:
        return engine.releases.step(call.release, call.scheme, call.step)

    missed_out = MissedOutNotices(lines.write, RedisNetworks(redis).put if redis else None)
    queues = queueing(states, redis, missed_out)
    queue_calls = QueueCalls(queues, states, engine.offered, wake, port, step_of, fault=fault)
    return Waiting(engine.decide, step_of, states, keeper, queue_calls)


def dialling(
    callbacks: StoredCallbacks, states: States, redis: RedisStore | None, waiting: Waiting
) -> Callable[[EventSocket, Path, Event, Callable[..., None]], None]:
    """`StoredCallbacks.dial` of the worker that leads: its queues know who wraps up."""
    duties = waiting.queue_calls.queueing.distribution.duties
    return partial(callbacks.dial, FreePeople(states, duty_records(redis), duties), calling_in(redis))
