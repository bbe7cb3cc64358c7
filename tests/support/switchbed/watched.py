"""A world of the offline switch in which a director begins calls when the callers before them have heard something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from routing.offline.world import World

DIRECTOR = "director"
_DAY_MS = 24 * 3600 * 1000


class Heard(Exception):
    """Wakes the director: something has happened that it may have waited for."""


@dataclass
class Watched(World):
    """``heard``: by call, whether its caller heard ringing (``rings``) and was answered by a phone (``talks``)."""

    heard: dict[str, set[str]] = field(default_factory=dict)
    _rings: set[tuple[str, str]] = field(default_factory=set)

    def rings(self, target: str, call: str) -> None:
        """See World."""
        super().rings(target, call)
        self._rings.add((target, call))
        self._tell(call, "rings")

    def talks(self, target: str, call: str) -> None:
        """See World; a phone that calls talks too, to nobody yet."""
        super().talks(target, call)
        if (target, call) in self._rings:
            self._tell(call, "talks")

    def tell(self) -> None:
        """The director looks again whether what it waits for is there."""
        self.wake(DIRECTOR, Heard())

    def until(self, is_so: Callable[[], bool]) -> None:
        """In the director's script: let time pass until something is so."""
        while not is_so():
            self.wait(DIRECTOR, self.now_ms + _DAY_MS)

    def _tell(self, call: str, what: str) -> None:
        self.heard.setdefault(call, set()).add(what)
        self.tell()
