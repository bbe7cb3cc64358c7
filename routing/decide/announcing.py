"""What a waiting caller hears next: their place, the expected wait, the queue's own texts. Pure.

A place or a wait is said only when it is better than what the caller heard before.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.model.queue import ANNOUNCE_EVERY_MS, Announcements


@dataclass
class Announced:
    """What a caller has heard: when the last announcement was, the place and the wait (minutes) that it named."""

    at_ms: int = 0
    place: int = 0
    wait: int = 0
    texts: int = 0

    @classmethod
    def of(cls, text: str) -> Announced:
        """From `text`; "" for nothing heard. Raises ValueError."""
        return cls(*map(int, text.split(","))) if text else cls()

    @property
    def text(self) -> str:
        """As a call carries it: another worker of the engine goes on from there."""
        return f"{self.at_ms},{self.place},{self.wait},{self.texts}"

    def following(
        self, settings: Announcements, arrived_ms: int, place: int, wait_minutes: int | None, now_ms: int
    ) -> tuple[str, ...]:
        """The next announcements, ``place3``, ``wait5`` or ``text1``; they count as heard. Empty when it is too early,
        or there is nothing new to say."""
        if now_ms < self.due_ms(settings, arrived_ms):
            return ()
        found = tuple(self._figures(settings, place, wait_minutes)) or tuple(self._text(settings))
        if found:
            self.at_ms = now_ms
        return found

    def expects(self, settings: Announcements) -> bool:
        """Whether there can be anything to say at all: nothing is better than the first place and the shortest wait."""
        has_better_place = settings.places > 0 and self.place != 1
        has_better_wait = bool(settings.waits) and self.wait != settings.waits[0]
        return settings.texts > 0 or has_better_place or has_better_wait

    def due_ms(self, settings: Announcements, arrived_ms: int) -> int:
        """When the next announcement may be."""
        if not self.at_ms:
            return arrived_ms + settings.first_ms
        return self.at_ms + max(settings.every_ms, ANNOUNCE_EVERY_MS)

    def _figures(self, settings: Announcements, place: int, wait_minutes: int | None) -> list[str]:
        """The place and the wait, where they are better. The last place stands for every later one."""
        place = min(place, settings.places)
        wait = 0 if wait_minutes is None else next((each for each in settings.waits if each >= wait_minutes), 0)
        found = []
        if place and (not self.place or place < self.place):
            self.place = place
            found.append(f"place{place}")
        if wait and (not self.wait or wait < self.wait):
            self.wait = wait
            found.append(f"wait{wait}")
        return found

    def _text(self, settings: Announcements) -> list[str]:
        """The next of the queue's own texts, in turn."""
        if not settings.texts:
            return []
        self.texts += 1
        return [f"text{(self.texts - 1) % settings.texts + 1}"]
