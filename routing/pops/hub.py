"""The open screens and their events; keeps the last minute for screens that reconnect.

A screen that reads too slowly is closed: its browser reconnects and gets the rest. Knows no HTTP.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gevent.queue import Empty, Full, Queue

from routing.model.pop import KEPT_SECONDS

#: Most open screens, in all and of one person, and most events that one may lag behind.
MOST_SCREENS, MOST_OF_PERSON, MOST_LAG = 2_000, 20, 32
#: Most events kept for the last minute, in all.
MOST_KEPT = 5_000


class TooMany(Exception):
    """No more screens can be open now."""


@dataclass(frozen=True)
class PopEvent:
    """A screen pop as an event: its id ``<ms>-<number>``, its person, its JSON."""

    id: tuple[int, int]
    person: str
    text: str


@dataclass(eq=False)
class Screen:
    """One open screen. ``events`` yields its events."""

    person: str
    _queue: Any = field(default_factory=lambda: Queue(MOST_LAG))
    lost: bool = False

    def put(self, event: PopEvent) -> None:
        """Queue an event; a screen that lags too far behind is marked as lost."""
        try:
            self._queue.put_nowait(event)
        except Full:
            self.lost = True

    def events(self, until: float, beat_s: float, now: Callable[[], float]) -> Iterator[PopEvent | None]:
        """Events as they come, None after ``beat_s`` seconds without one; ends at ``until`` or when it is lost."""
        while not self.lost and (left_s := until - now()) > 0:
            try:
                yield self._queue.get(timeout=min(beat_s, left_s))
            except Empty:
                yield None


class Hub:
    """``now``: seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: deque[PopEvent] = deque(maxlen=MOST_KEPT)
        self._screens: set[Screen] = set()
        self._of_person: Counter[str] = Counter()
        self.lost = 0

    @property
    def open(self) -> int:
        """How many screens there are."""
        return len(self._screens)

    def tell(self, id_: tuple[int, int], text: str) -> bool:
        """Send a pop (JSON) to its person's screens; False for one that was sent already, or is not a pop."""
        person = _person(text)
        self._forget()
        if not person or any(event.text == text for event in self._kept):
            return False
        event = PopEvent(id_, person, text)
        self._kept.append(event)
        for screen in [screen for screen in self._screens if screen.person == person]:
            screen.put(event)
            if screen.lost:
                self.lost += 1
                self.close(screen)
        return True

    def show(self, person: str, after: tuple[int, int] | None) -> Screen:
        """A new screen; it gets first the events after the last one that it had. Raises TooMany."""
        if len(self._screens) >= MOST_SCREENS or self._of_person[person] >= MOST_OF_PERSON:
            raise TooMany
        self._forget()
        screen = Screen(person)
        if after is not None:
            missed = [event for event in self._kept if event.person == person and event.id > after]
            for event in missed[-MOST_LAG:]:
                screen.put(event)
        self._screens.add(screen)
        self._of_person[person] += 1
        return screen

    def close(self, screen: Screen) -> None:
        """Remove a screen; may be called again."""
        if screen in self._screens:
            self._screens.remove(screen)
            self._of_person[screen.person] -= 1

    def _forget(self) -> None:
        oldest_ms = (self._now() - KEPT_SECONDS) * 1000
        while self._kept and self._kept[0].id[0] < oldest_ms:
            self._kept.popleft()


def _person(text: str) -> str:
    try:
        pop = json.loads(text)
    except ValueError:
        return ""
    return str(pop.get("person") or "") if isinstance(pop, dict) else ""


def id_of(text: str) -> tuple[int, int] | None:
    """The id ``<ms>-<number>`` in a text; None for another text."""
    ms, dash, number = text.partition("-")
    right = dash and ms.isascii() and ms.isdigit() and number.isascii() and number.isdigit() and len(text) < 40
    return (int(ms), int(number)) if right else None
