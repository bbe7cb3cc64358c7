"""The rows of the live board: calls, people, queues, trunks, nodes; what is known beside the switches. Pure.

All rows are values: a row that equals the one before is not drawn again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.model.queue import DutyRecord

IN, OUT, INTERNAL = "in", "out", "internal"
#: How a person is doing; the first that holds.
TALKS, RINGS, AWAY, PAUSED, ABSENT, FREE = "talks", "rings", "away", "paused", "absent", "free"
#: Of people in a queue: they are not signed in to it.
SIGNED_OUT = "out"
STATES = (TALKS, RINGS, FREE, PAUSED, AWAY, SIGNED_OUT, ABSENT)


@dataclass(frozen=True, slots=True)
class Talker:
    """Somebody in a call: a person or a number, and their leg (uuid)."""

    name: str
    leg: str
    is_person: bool


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call. ``client``: the number outside, for an internal call who calls; ``own``: the company's number, or what
    was dialled; ``talk_since_s``: 0.0 while nobody talks; ``joined``: who listens, ``listen:olena``."""

    id: str
    node: str
    direction: str
    client: str
    own: str
    scheme: str
    step: str
    kind: str
    since_s: float
    talk_since_s: float
    rings: tuple[Talker, ...]
    talks: tuple[Talker, ...]
    owner: str = ""
    queue: str = ""
    place: int = 0
    joined: tuple[str, ...] = ()
    #: The leg of the client: who takes the call over talks with it.
    client_leg: str = ""

    @property
    def people(self) -> frozenset[str]:
        """Everybody of the company in it."""
        named = {each.name for each in (*self.rings, *self.talks) if each.is_person}
        return frozenset(named | ({self.owner} if self.owner else set()))

    @property
    def talker(self) -> Talker | None:
        """The person who talks and can be listened to."""
        return next((each for each in self.talks if each.is_person), None)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person. ``phones``: SIP accounts of theirs that are registered, of how many; ``mobile``: rung outside too."""

    name: str
    state: str
    since_s: float
    phones: int
    of: int
    mobile: bool


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A queue: how many wait and since when the first one; its people's states -> how many; who works in it."""

    name: str
    waiting: int
    since_s: float
    states: tuple[tuple[str, int], ...]
    people: frozenset[str]


@dataclass(frozen=True, slots=True)
class TrunkRow:
    """A gateway on a node, its state as FreeSWITCH says it, and its calls."""

    name: str
    node: str
    state: str
    calls: int


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A FreeSWITCH; ``why`` it is not known, "" when it is."""

    name: str
    why: str


@dataclass(frozen=True)
class BoardPicture:
    """Everything at one moment."""

    calls: tuple[CallRow, ...] = ()
    queues: tuple[QueueRow, ...] = ()
    people: tuple[PersonRow, ...] = ()
    trunks: tuple[TrunkRow, ...] = ()
    nodes: tuple[NodeRow, ...] = ()

    def call(self, id_: str) -> CallRow | None:
        """A call by its id."""
        return next((call for call in self.calls if call.id == id_), None)


@dataclass(frozen=True)
class Surroundings:
    """What is known beside the switches. ``phones``: person -> SIP accounts, and whether they have a number outside;
    ``queues``: name -> people, and whether nobody works before they sign in; ``pictures``: of the engine; ``away``,
    ``paused``: since when."""

    phones: Mapping[str, tuple[Sequence[str], bool]] = field(default_factory=dict)
    queues: Mapping[str, tuple[Sequence[str], bool]] = field(default_factory=dict)
    pictures: Sequence[Mapping[str, Any]] = ()
    duties: Mapping[str, DutyRecord] = field(default_factory=dict)
    away: Mapping[str, float] = field(default_factory=dict)
    paused: Mapping[str, float] = field(default_factory=dict)
