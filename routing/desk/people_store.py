"""What people set about their work, in the engine's Redis, as pages read and change it: the stores of `*` codes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from routing.model.queue import EVERY_QUEUE, DutyRecord
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.duties import RedisDuties
from routing.store.memory import RedisMemory

_SECONDS = 2.0


@dataclass(frozen=True)
class PeopleStore:
    """The settings of one project's people. Every method raises Forgotten."""

    store: RedisStore
    project: str

    def record(self, person: str) -> DutyRecord:
        """What somebody has set."""
        return RedisDuties(self.store).records(self.project).get(person, DutyRecord())

    def disturb(self, person: str, may_disturb: bool, now_s: float) -> None:
        """Turn do-not-disturb off or on."""
        RedisMemory(self.store).disturb(self.project, person, may_disturb=may_disturb, now_s=now_s)

    def work(self, person: str, is_on_break: bool, now_s: float) -> None:
        """Begin or end a pause."""
        duties = RedisDuties(self.store)
        (duties.pause if is_on_break else duties.ready)(self.project, person, now_s)

    def sign(self, person: str, is_in: bool, queue: str = EVERY_QUEUE) -> None:
        """Sign in to a queue, or out."""
        RedisDuties(self.store).sign(self.project, person, is_in=is_in, queue=queue)


PeopleStores = Callable[[str], AbstractContextManager[PeopleStore]]


def people_stores(address: str) -> PeopleStores:
    """Opens the store of a project in a Redis, for as long as a block runs: a thread has connections of its own."""

    @contextmanager
    def opened(project: str) -> Iterator[PeopleStore]:
        store = RedisStore(parse(address), budget_s=_SECONDS)
        try:
            yield PeopleStore(store, project)
        finally:
            store.close()

    return opened
