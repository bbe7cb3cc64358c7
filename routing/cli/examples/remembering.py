"""What the sample calls leave behind in the engine's Redis: talks and loads, as `routing journal` writes them.

A call's talk is remembered when it is over, so that the next sample call finds it. Virtual time has no place in a
running engine's memory: a talk ends now.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from routing.journal.memory import DAYS
from routing.model.memory import Direction, Talk
from routing.offline.events import Event
from routing.offline.switch import Call
from routing.store.memory import RedisMemory
from routing.testing.cases import Sample


class Remembering:
    """``project`` and ``timezone`` are the release's."""

    def __init__(self, memory: RedisMemory, project: str, timezone: str) -> None:
        self._memory, self._project, self._zone = memory, project, ZoneInfo(timezone)

    def before(self, sample: Sample, call: Call) -> None:
        """The talks that a sample says there were, unless this run has had one with the caller."""
        if not sample.sticky or self._memory.talks(self._project, call.caller):
            return
        for talk in sample.sticky:
            sides: list[tuple[str | None, Direction]] = [(talk.in_, "in"), (talk.out, "out")]
            for person, direction in sides:
                if person:
                    told = Talk(person, time.time() - talk.ago, talk.talked, direction)
                    self._memory.remember(self._project, call.caller, told)

    def after(self, call: Call, events: Sequence[Event]) -> None:
        """The talk of a call that came in, if there was one."""
        talk = next((event for event in events if event.kind == "talk_end"), None)
        if talk is None or not call.caller.startswith("+"):
            return
        now, person, seconds = time.time(), talk.subject.partition(".")[0], talk.lasted_ms / 1000
        told = Talk(person, now, seconds, "in", call.to, call.uuid)
        self._memory.remember(self._project, call.caller, told)
        oldest = self._day_of(now - DAYS * 86400)
        self._memory.count(self._project, person, call.uuid, self._day_of(now), seconds, now, oldest)

    def _day_of(self, at: float) -> str:
        return datetime.fromtimestamp(at, self._zone).strftime("%Y%m%d")
