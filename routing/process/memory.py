"""The memory of a process: Redis at a URL, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from routing.model.memory import Forgotten, Memory, PeopleFacts, Talk
from routing.model.queue import EVERY_QUEUE, Duties
from routing.store.address import parse
from routing.store.calling import RedisCalling
from routing.store.client import RedisStore
from routing.store.duties import RedisDuties
from routing.store.memory import RedisMemory
from routing.store.node_leases import NodeLeases, RedisNodeLeases

#: The URLs of Redis and the journal (they may hold a password, so they are never on a command line), and the event
#: socket's password.
REDIS_VARIABLE = "ROUTING_REDIS"
DATABASE_VARIABLE = "ROUTING_DATABASE"
ESL_VARIABLE = "ROUTING_ESL_PASSWORD"


def store_at(url: str, report: Callable[[str], None] = lambda reason: None) -> RedisStore | None:
    """The Redis at a URL, shared by all users in a process: one failure is noticed for all.

    None without a URL. Raises BadAddress.
    """
    return RedisStore(parse(url), report=report) if url else None


def memory_in(store: RedisStore | None) -> Memory:
    """The memory in a Redis; without one a memory that always fails."""
    return RedisMemory(store) if store else NoMemory()


class NoMemory:
    """`routing.model.memory.Memory` where there is no Redis."""

    def talks(self, project: str, caller: str) -> Iterable[Talk]:
        """See Memory."""
        raise Forgotten("there is no Redis")

    def clients(self, project: str, person: str) -> Iterable[Talk]:
        """See Memory."""
        raise Forgotten("there is no Redis")

    def facts(self, project: str, people: Sequence[str], day: str, place: tuple[str, str]) -> PeopleFacts:
        """See Memory."""
        raise Forgotten("there is no Redis")

    def is_away(self, project: str, person: str) -> bool:
        """See Memory."""
        raise Forgotten("there is no Redis")

    def disturb(self, project: str, person: str, may_disturb: bool, now_s: float = 0.0) -> None:
        """See Memory."""
        raise Forgotten("there is no Redis")

    def next_message(self, project: str, person: str, call: str, now_s: float) -> str:
        """See Memory."""
        raise Forgotten("there is no Redis")

    def take_turn(self, project: str, place: tuple[str, str], ranked: Sequence[tuple[str, int]], spread: bool) -> str:
        """See Memory."""
        raise Forgotten("there is no Redis")


def duties_in(store: RedisStore | None) -> Duties:
    """What people set of their work, in a Redis; without one a store that always fails."""
    return RedisDuties(store) if store else NoDuties()


def calling_in(store: RedisStore | None) -> RedisCalling | None:
    """Who calls on other nodes, in a Redis; None without one."""
    return RedisCalling(store) if store else None


def node_leases_in(store: RedisStore | None) -> NodeLeases | None:
    """What nodes tell each other, in a Redis; None without one."""
    return RedisNodeLeases(store) if store else None


class NoDuties:
    """`routing.model.queue.Duties` where there is no Redis."""

    def sign(self, project: str, person: str, is_in: bool, queue: str = EVERY_QUEUE) -> None:
        """See Duties."""
        raise Forgotten("there is no Redis")

    def pause(self, project: str, person: str, now_s: float) -> None:
        """See Duties."""
        raise Forgotten("there is no Redis")

    def ready(self, project: str, person: str, now_s: float) -> None:
        """See Duties."""
        raise Forgotten("there is no Redis")
