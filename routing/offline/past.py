"""What decisions remember and know of people at the moment of a request, on the offline switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from routing.model.call import Call
from routing.model.memory import Memory, Presence
from routing.model.rating import Ratings
from routing.offline.remembered import PersonState


class Past(Protocol):
    """Memory and presence at the moment of a decision request: `routing.offline.remembered.Remembered`."""

    @property
    def chance(self) -> Callable[[], float]: ...

    @property
    def states(self) -> Mapping[str, PersonState]: ...

    def memory(self, call: Call) -> Memory: ...

    def ratings(self, call: Call) -> Ratings: ...

    def presence(self, call: Call) -> Presence: ...

    def now(self, call: Call) -> float: ...
