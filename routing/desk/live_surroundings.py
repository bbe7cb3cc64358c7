"""What the live board needs besides the switches: the engine's queues, what people have set, the release's queues.

Read once a second while somebody looks, whatever the number of viewers. What cannot be reached is left out: the board
goes on without it.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from routing.desk.board_rows import Surroundings
from routing.desk.plan import DeskPlan
from routing.model.memory import Forgotten
from routing.model.queue import KIND, QueueSettings
from routing.store.client import RedisStore
from routing.store.duties import RedisDuties
from routing.store.memory import RedisMemory

ENGINE_SECONDS = 2.0
_LONGEST = 16 * 1024 * 1024
Queues = Mapping[str, tuple[Sequence[str], bool]]


@dataclass
class ReleaseQueues:
    """The queues of the live release, read again after a publish."""

    root: Path
    _release: str = ""
    _queues: Queues = field(default_factory=dict)

    def __call__(self) -> Queues:
        """Name -> its people, and whether nobody works before they sign in."""
        with suppress(OSError):
            release = os.readlink(self.root / "current")
            if release != self._release:
                self._queues, self._release = queues_in(self.root / "current/schemes"), release
        return self._queues


def queues_in(folder: Path) -> Queues:
    """The queues of the compiled schemes in a folder; what is no table of a scheme is passed by."""
    found: dict[str, tuple[Sequence[str], bool]] = {}
    for file in sorted(folder.glob("*.json")):
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            for step in json.loads(file.read_text(encoding="utf-8")).get("steps", {}).values():
                if step.get("kind") == KIND:
                    queue = QueueSettings.of(step, file.stem)
                    people = dict.fromkeys((*found.get(queue.name, ((), False))[0], *(m.person for m in queue.members)))
                    found[queue.name] = tuple(people), queue.sign_in
    return found


def queue_pictures(address: str) -> list[dict[str, Any]]:
    """The queues as the engine at ``host:port`` knows them. Blocks; raises OSError or ValueError."""
    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=ENGINE_SECONDS)
    try:
        connection.request("GET", "/people")
        workers = json.loads(connection.getresponse().read(_LONGEST))["workers"]
        return [each for worker in workers for each in worker.get("queues", [])]
    except (http.client.HTTPException, KeyError, TypeError, AttributeError) as problem:
        raise ValueError(str(problem)) from None
    finally:
        connection.close()


@dataclass
class SurroundingsReader:
    """``engines``: the engines' http addresses; ``ask``: runs what blocks elsewhere; ``store``: Redis, or None."""

    engines: Sequence[str]
    queues: Callable[[], Queues]
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
