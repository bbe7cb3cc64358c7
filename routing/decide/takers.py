"""Enough people for calls that are rung at once: each call needs one of its own. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field


@dataclass
class Takers:
    """Calls and the free people who take them; a call may make another one do with somebody else."""

    _calls: dict[str, int] = field(default_factory=dict)
    _able: list[Collection[str]] = field(default_factory=list)

    def take(self, able: Collection[str]) -> bool:
        """Whether there is somebody for one more call, whom one of these people could take."""
        self._able.append(able)
        return self._find(len(self._able) - 1, set())

    def _find(self, call: int, seen: set[str]) -> bool:
        for person in self._able[call]:
            if person in seen:
                continue
            seen.add(person)
            if person not in self._calls or self._find(self._calls[person], seen):
                self._calls[person] = call
                return True
        return False
