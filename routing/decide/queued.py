"""A caller in a queue, and an offer of them to people. Facts and small rules; `distribution` moves them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from routing.decide.strategy import RequiredSkills, level
from routing.model.queue import OFFER_EVERY_MS, PRIORITY_MS, QueueMember, QueueSettings


@dataclass
class QueuedCaller:
    """A waiting caller. ``number``: theirs, or what is shown of it. ``required``: the skills that they need;
    ``last_person``: whom they talked with last, or "".

    ``decided``: how many offers were decided; ``made``: how many of them the call has made; ``offered`` rings now.
    ``talks_with``: the person, since ``talk_began_ms``.
    """

    uuid: str
    queue: QueueSettings
    arrived_ms: int
    number: str = ""
    required: RequiredSkills = field(default_factory=dict)
    last_person: str = ""
    heard_ms: int = 0
    decided: int = 0
    made: int = 0
    offered: tuple[QueueMember, ...] = ()
    offered_ms: int = 0
    talks_with: str = ""
    talk_began_ms: int = 0

    @property
    def rank(self) -> tuple[int, str]:
        """Callers are served in this order: by arrival, priority counts as time waited."""
        return self.arrived_ms - self.queue.priority * PRIORITY_MS, self.uuid


@dataclass(frozen=True)
class Offer:
    """Ring these members for a caller."""

    caller: QueuedCaller
    members: tuple[QueueMember, ...]

    @property
    def seconds(self) -> int:
        """How long they ring."""
        return max(member.seconds for member in self.members)


def has_skills(member: QueueMember, required: RequiredSkills) -> bool:
    """Whether a member has every required skill."""
    return all(level((member.skills or {}).get(skill), value) > 0 for skill, value in required.items())


def moments(caller: QueuedCaller) -> Iterator[int]:
    """When a caller's own rules change whom they may be offered to."""
    yield caller.offered_ms + OFFER_EVERY_MS
    yield caller.arrived_ms + caller.queue.prefer_last_ms
    if caller.queue.relax_ms is not None:
        yield caller.arrived_ms + caller.queue.relax_ms


def is_before(other: QueuedCaller, caller: QueuedCaller) -> bool:
    """Whether another caller of the same queue is served before this one."""
    return not other.talks_with and other.queue.key == caller.queue.key and other.rank < caller.rank


def each_person_once(members: Iterable[QueueMember]) -> list[QueueMember]:
    """The first entry of each person."""
    first: dict[str, QueueMember] = {}
    for member in members:
        first.setdefault(member.person, member)
    return list(first.values())
