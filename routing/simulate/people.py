"""People of a simulation: what each is doing, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from routing.model.memory import State as PhoneState


class State(IntEnum):
    """What a person is doing."""

    AWAY = 0
    FREE = 1
    RINGS = 2  # their phone rings
    TALKS = 3
    WRAPS_UP = 4


#: Who wraps up is left alone by the discipline: their phone would ring.
_PHONES: dict[State, PhoneState] = {
    State.AWAY: "absent",
    State.FREE: "free",
    State.RINGS: "busy",
    State.TALKS: "busy",
    State.WRAPS_UP: "free",
}


@dataclass(frozen=True, slots=True)
class PersonTime:
    """A person's week: how long they were there, talked and wrapped up; talks, and offers that they did not pick up."""

    there_ms: int
    talk_ms: int
    wrap_up_ms: int
    talks: int
    missed: int

    @property
    def occupancy(self) -> float:
        """The share of their time that talks and wrap-up take, 0..1."""
        return (self.talk_ms + self.wrap_up_ms) / self.there_ms if self.there_ms else 0.0


@dataclass(slots=True, eq=False)
class SimulatedPerson:
    """A person. ``works``: their shift is on."""

    name: str
    works: bool = False
    state: State = State.AWAY
    since: int = 0
    talks: int = 0
    missed: int = 0
    spent: list[int] = field(default_factory=lambda: [0] * len(State))

    @property
    def phone(self) -> PhoneState:
        """The state of their phones."""
        return _PHONES[self.state]

    def becomes(self, state: State, now_ms: int) -> None:
        """Do something else from now on."""
        self.spent[self.state] += now_ms - self.since
        self.state, self.since = state, now_ms

    def time(self, end_ms: int) -> PersonTime:
        """Their time up to an end."""
        spent = [*self.spent]
        spent[self.state] += end_ms - self.since
        there_ms = sum(spent) - spent[State.AWAY]
        return PersonTime(there_ms, spent[State.TALKS], spent[State.WRAPS_UP], self.talks, self.missed)
