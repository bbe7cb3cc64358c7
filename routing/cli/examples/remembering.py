"""Stores talks and loads of the sample calls in the engine's Redis, as `routing journal` does.

The calls have their own dates and times, the engine has the machine's: before a call its caller's last talk is stored
with the age that it has by the calls' clock.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from routing.journal.outbox import DAYS
from routing.model.memory import Direction, Talk
from routing.model.moments import later
from routing.offline.events import Event, our_caller
from routing.offline.switch import OfflineCall
from routing.store.memory import RedisMemory
from routing.testing.sample import Sample


class Remembering:
    """``project`` and ``timezone`` are the release's."""

    def __init__(self, memory: RedisMemory, project: str, timezone: str) -> None:
        self._memory, self._project, self._zone = memory, project, ZoneInfo(timezone)
        self._ended: dict[str, tuple[datetime, Talk]] = {}

    def before(self, sample: Sample, call: OfflineCall) -> None:
        """Store the talks that a sample gives, or the caller's talk of this run."""
        ended, talk = self._ended.get(call.caller, (call.at, None))
        if talk and ended <= call.at:
            self._remember(call.caller, talk, (call.at - ended).total_seconds())
            return
        for earlier in sample.sticky:
            sides: list[tuple[str | None, Direction]] = [(earlier.in_, "in"), (earlier.out, "out")]
            for person, direction in sides:
                if person:
                    client = earlier.with_ or call.caller
                    self._remember(client, Talk(person, 0, earlier.talked, direction), earlier.ago)

    def _remember(self, client: str, talk: Talk, ago_s: float) -> None:
        self._memory.remember(self._project, client, replace(talk, at=time.time() - ago_s))

    def after(self, call: OfflineCall, events: Sequence[Event]) -> None:
        """Store and count the talk of an incoming call, if there is one."""
        talk = next((event for event in events if event.kind == "talk_end"), None)
        if talk is None or not call.caller.startswith("+"):
            return
        now, seconds, caller = time.time(), talk.lasted_ms / 1000, our_caller(events)
        person, client = (caller, talk.subject) if caller else (talk.subject.partition(".")[0], call.caller)
        ended = later(call.at, timedelta(milliseconds=talk.at_ms))
        had = Talk(person, now, seconds, "out" if caller else "in", call.to, call.uuid)
        self._ended[client] = (ended, had)
        oldest = self._day_of(now - DAYS * 86400)
        self._memory.count(self._project, person, call.uuid, self._day_of(now), seconds, now, oldest)

    def _day_of(self, at: float) -> str:
        return datetime.fromtimestamp(at, self._zone).strftime("%Y%m%d")
