"""What must outlive the engine of queues, in Redis: see `routing.model.queue_facts`."""

from __future__ import annotations

import json
from dataclasses import astuple

from routing.model.memory import Forgotten
from routing.model.queue_facts import LostCall, WorkFacts
from routing.store import keys
from routing.store.client import RedisStore, StoreDown
from routing.store.connection import Command, Reply

#: The talks that are kept for a queue.
LAST_TALKS = 100


class RedisQueues:
    """`QueueFacts`. Every method raises Forgotten."""

    def __init__(self, store: RedisStore) -> None:
        self._store = store

    def work(self, project: str) -> dict[str, WorkFacts]:
        """See QueueFacts."""
        key = keys.work(project)
        (found,) = self._ask(key, ("HGETALL", key))
        people = {person.decode(): text for person, text in zip(found[::2], found[1::2], strict=True)}
        return {person: WorkFacts(*json.loads(text)) for person, text in people.items()}

    def keep_work(self, project: str, person: str, facts: WorkFacts) -> None:
        """See QueueFacts."""
        key = keys.work(project)
        self._ask(key, ("HSET", key, person, json.dumps(astuple(facts))), ("EXPIRE", key, keys.WORK_SECONDS))

    def talks(self, project: str, queue: str) -> list[int]:
        """See QueueFacts."""
        key = keys.talk_times(project, queue)
        (found,) = self._ask(key, ("LRANGE", key, 0, -1))
        return [int(each) for each in found]

    def keep_talk(self, project: str, queue: str, talk_ms: int) -> None:
        """See QueueFacts."""
        key = keys.talk_times(project, queue)
        bound = ("LTRIM", key, -LAST_TALKS, -1)
        self._ask(key, ("RPUSH", key, talk_ms), bound, ("EXPIRE", key, keys.LOAD_SECONDS))

    def lost(self, project: str, queue: str, number: str) -> LostCall | None:
        """See QueueFacts."""
        key = keys.lost_call(project, queue, number)
        (found,) = self._ask(key, ("GET", key))
        return LostCall(*json.loads(found)) if found else None

    def keep_lost(self, project: str, queue: str, number: str, call: LostCall | None) -> None:
        """See QueueFacts."""
        key = keys.lost_call(project, queue, number)
        if call is None:
            self._ask(key, ("DEL", key))
        elif (left_ms := call.until_ms - call.lost_ms) > 0:
            self._ask(key, ("SET", key, json.dumps(astuple(call)), "PX", left_ms))

    def _ask(self, key: str, *commands: Command) -> list[Reply]:
        try:
            return self._store.ask(key, *commands)
        except StoreDown as problem:
            raise Forgotten(str(problem)) from None
