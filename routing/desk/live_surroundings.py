"""What the live board needs besides the switches: the engine's queues, what people have set, the release's queues.

Read once a second while somebody looks, whatever the number of viewers. What cannot be reached is left out: the board
goes on without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.desk.board_rows import Surroundings
from routing.desk.plan import DeskPlan
from routing.http.queues import queue_pictures
from routing.model.memory import Forgotten
from routing.release.queues import ReleasedQueues, queues_in
from routing.store.client import RedisStore
from routing.store.duties import RedisDuties
from routing.store.memory import RedisMemory


@dataclass
class ReleaseQueues:
    """The queues of the live release, read again after a publish."""

    root: Path
    _release: str = ""
    _queues: ReleasedQueues = field(default_factory=dict)

    def __call__(self) -> ReleasedQueues:
        """Name -> its people, and whether nobody works before they sign in."""
        with suppress(OSError):
            release = os.readlink(self.root / "current")
            if release != self._release:
                self._queues, self._release = queues_in(self.root / "current/schemes"), release
        return self._queues


@dataclass
class SurroundingsReader:
    """``engines``: the engines' http addresses; ``ask``: runs what blocks elsewhere; ``store``: Redis, or None."""

    engines: Sequence[str]
    queues: Callable[[], ReleasedQueues]
    store: RedisStore | None
    ask: Callable[[Callable[[str], list[dict[str, Any]]], str], list[dict[str, Any]]]

    def __call__(self, plan: DeskPlan) -> Surroundings:
        """All of it now."""
        pictures: list[dict[str, Any]] = []
        for address in self.engines:
            with suppress(OSError, ValueError):
                pictures += self.ask(queue_pictures, address)
        project, duties, away, paused = plan.project, {}, {}, {}
        if self.store:
            with suppress(Forgotten):
                people = RedisDuties(self.store)
                duties = people.records(project)
                paused = dict(people.paused(project))
                away = dict(RedisMemory(self.store).away(project))
        mine = [each for each in pictures if each.get("project", project) == project]
        return Surroundings(phones_of(plan), self.queues(), mine, duties, away, paused)


def phones_of(plan: DeskPlan) -> dict[str, tuple[Sequence[str], bool]]:
    """Person -> SIP accounts, and whether a number outside rings them too."""
    return {
        name: (
            tuple(phone for phone in person.phones.values() if not phone.startswith("+")),
            any(phone.startswith("+") for phone in person.phones.values()),
        )
        for name, person in plan.people.items()
    }
