"""The outbox of talks: passes recorded calls to the memory, which keeps the last talks and the load of people.

A call leaves the outbox in SQL only after the memory has it, and the memory counts a call once however often it gets
it. So a memory that is down delays nothing, and catches up later. Knows nothing of Redis.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from routing.journal import store
from routing.journal.store import OutboxCall
from routing.model.memory import Direction, Forgotten, Talk
from routing.model.messages import name_of

#: Calls passed on in one batch.
AT_ONCE = 500
#: Days of loads that are kept.
DAYS = 7
_DIRECTIONS: dict[str, Direction] = {"in": "in", "callback": "in", "out": "out"}


class TalkMemory(Protocol):
    """Stores talks and voicemails, in any order, each possibly more than once. Every method raises
    `routing.model.memory.Forgotten`."""

    def remember(self, project: str, caller: str, talk: Talk) -> None:
        """Add a talk to the last ones with an outside number."""

    def count(self, project: str, person: str, call_id: str, day: str, talk_s: float, end: float, oldest: str) -> bool:
        """Add a call to a person's load of a day (``YYYYMMDD``), once; delete the days before ``oldest``."""

    def leave(self, project: str, person: str, name: str, at_s: float) -> None:
        """Add a voicemail to those that wait for a person; its name is by `routing.model.messages`."""


def _nobody(schemes: Sequence[str], box: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Outbox:
    """Passes calls to a memory. ``day_of``: the project's day of a time; ``project``: for calls that name none;
    ``people_of``: the people whose voicemails are in a box of these schemes."""

    memory: TalkMemory
    day_of: Callable[[float], str]
    project: str = ""
    people_of: Callable[[Sequence[str], str], Sequence[str]] = _nobody

    def hand_over(self, engine: Engine) -> tuple[int, Forgotten | None]:
        """Pass the oldest calls in the outbox to the memory; returns how many left it, and the failure that stopped
        it."""
        handed_over, problem = [], None
        for queued in store.due(engine, AT_ONCE):
            try:
                self._tell(queued)
            except Forgotten as away:
                problem = away
                break
            except (ValueError, ArithmeticError, OSError):
                pass  # an invalid time: nothing to remember
            handed_over.append(queued.call)
        store.remembered(engine, handed_over)
        return len(handed_over), problem

    def _tell(self, queued: OutboxCall) -> None:
        project = queued.project or self.project
        if queued.voicemail and (name := name_of(queued.box, queued.call)):
            for person in self.people_of(queued.schemes.split(), queued.box):
                self.memory.leave(project, person, name, queued.ended)
        if not queued.person or not queued.talk_s:
            return
        direction = _DIRECTIONS.get(queued.direction)
        if queued.client and direction:
            last = queued.last or queued.person
            talk = Talk(last, queued.ended, queued.talk_s, direction, queued.number, queued.call)
            self.memory.remember(project, queued.client, talk)
        oldest = self.day_of(queued.ended - DAYS * 86400)
        self.memory.count(
            project, queued.person, queued.call, self.day_of(queued.ended), queued.talk_s, queued.ended, oldest
        )


def days_in(zone: ZoneInfo) -> Callable[[float], str]:
    """The day of a time in a zone, as ``YYYYMMDD``."""
    return lambda at: datetime.fromtimestamp(at, zone).strftime("%Y%m%d")
