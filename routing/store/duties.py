"""Who works in queues, in Redis: pauses and sign-ins of people. They stay until somebody changes them.

A hash: ``pause:<person>`` holds since when (epoch s), ``ready:<person>`` when they were last ready (epoch ms),
``in:<person>:<queue>`` 1 or 0; the queue ``*`` stands for every queue without an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from routing.model.memory import Forgotten
from routing.model.queue import EVERY_QUEUE, DutyRecord
from routing.store import keys
from routing.store.client import RedisStore, StoreDown
from routing.store.connection import Command, Reply

PAUSE, READY, SIGNED = "pause", "ready", "in"


class RedisDuties:
    """Every method raises Forgotten."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def records(self, project: str) -> dict[str, DutyRecord]:
        """What each person has set, do-not-disturb included; people who have set nothing are left out."""
        key = keys.duty(project)
        duty, away = (_pairs(found) for found in self._ask(key, ("HGETALL", key), ("HGETALL", keys.dnd(project))))
        people = {name.split(":")[1] for name in duty if ":" in name} | set(away)
        return {
            person: DutyRecord(
                signed_in={queue: value == "1" for queue, value in _signed(duty, person)},
                is_on_break=f"{PAUSE}:{person}" in duty,
                is_away=person in away,
                ready_ms=int(duty.get(f"{READY}:{person}", 0)),
            )
            for person in people
        }

    def pause(self, project: str, person: str, now_s: float) -> None:
        """A person pauses in every queue."""
        self._ask(keys.duty(project), ("HSET", keys.duty(project), f"{PAUSE}:{person}", round(now_s)))

    def ready(self, project: str, person: str, now_s: float) -> None:
        """A person is ready for the next caller: pause, wrap-up and delays are over."""
        key = keys.duty(project)
        self._ask(key, ("HDEL", key, f"{PAUSE}:{person}"), ("HSET", key, f"{READY}:{person}", round(now_s * 1000)))

    def sign(self, project: str, person: str, is_in: bool, queue: str = EVERY_QUEUE) -> None:
        """A person signs in to a queue or out of it; without a queue, in all of them."""
        key = keys.duty(project)
        commands: list[Command] = []
        if queue == EVERY_QUEUE:
            (found,) = self._ask(key, ("HGETALL", key))
            others = [f"{SIGNED}:{person}:{each}" for each, _ in _signed(_pairs(found), person)]
            commands += [("HDEL", key, *others)] if others else []
        self._ask(key, *commands, ("HSET", key, f"{SIGNED}:{person}:{queue}", int(is_in)))

    def paused(self, project: str) -> Mapping[str, float]:
        """The people who pause, and since when."""
        (found,) = self._ask(keys.duty(project), ("HGETALL", keys.duty(project)))
        prefix = f"{PAUSE}:"
        return {name[len(prefix) :]: float(since) for name, since in _pairs(found).items() if name.startswith(prefix)}

    def _ask(self, key: str, *commands: Command) -> list[Reply]:
        try:
            return self._store.ask(key, *commands)
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None


def _signed(duty: Mapping[str, str], person: str) -> Iterable[tuple[str, str]]:
    """A person's queues with ``1`` or ``0``."""
    prefix = f"{SIGNED}:{person}:"
    return [(name[len(prefix) :], value) for name, value in duty.items() if name.startswith(prefix)]


def _pairs(flat: Reply) -> dict[str, str]:
    texts = [text.decode() for text in flat]
    return dict(zip(texts[::2], texts[1::2], strict=True))
