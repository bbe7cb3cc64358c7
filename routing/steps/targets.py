"""From the names in a ``ring`` to the phones that ring: people, groups in groups, single phones, each phone once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from routing.model.folder import Folder
from routing.model.people import Phone, Ring
from routing.model.problem import did_you_mean

DEEPEST_GROUP = 10


@dataclass(frozen=True)
class Leg:
    """One phone to ring: ``target`` is ``ivan.desk``; seconds from the beginning of the turn."""

    target: str
    phone: Phone
    after: int = 0
    seconds: int | None = None


def known_targets(folder: Folder) -> list[str]:
    """Every name that a ring list can hold."""
    phones = [f"{name}.{label}" for name, person in folder.people.items() for label in person.phones]
    return [*folder.people, *folder.groups, *phones]


def unknown(name: str, folder: Folder) -> tuple[str, str] | None:
    """What is wrong with a target's name and a hint, or None when it is known."""
    person, _, label = name.partition(".")
    if name in folder.people or name in folder.groups or folder.excuses(person):
        return None
    if label and person in folder.people:
        if label in folder.people[person].phones:
            return None
        return f"`{person}` has no phone `{label}`", did_you_mean(name, known_targets(folder))
    return f"nobody is called `{name}`", did_you_mean(name, known_targets(folder))


@dataclass(frozen=True)
class Turn:
    """Whoever is rung at once: ``name`` is a person or ``ivan.mobile``, ``weight`` his share where shares differ."""

    name: str
    legs: tuple[Leg, ...]
    weight: int = 1

    @property
    def person(self) -> str:
        """Whose phones these are."""
        return self.name.partition(".")[0]


def turns(rings: Sequence[Ring], folder: Folder) -> list[tuple[Leg, ...]]:
    """One turn of phones for each person named, in order; a phone that was named before is left out."""
    return [turn.legs for turn in named_turns(rings, folder)]


def named_turns(rings: Sequence[Ring], folder: Folder) -> list[Turn]:
    """`turns` with the names that they stand for, each once."""
    seen: set[str] = set()
    groups: set[str] = set()
    found = []
    for ring in rings:
        for turn in _expand(ring, folder, 0, groups):
            fresh = tuple(leg for leg in turn.legs if leg.target not in seen)
            seen.update(leg.target for leg in fresh)
            if fresh:
                found.append(replace(turn, legs=fresh))
    return found


def nesting(group: str, folder: Folder) -> str:
    """What is wrong with the groups inside a group; empty when nothing is."""
    inside, level = {group}, [group]
    for _ in range(DEEPEST_GROUP):
        below = {member for name in level for member in folder.groups.get(name, ()) if member in folder.groups}
        if group in below:
            return f"group `{group}` contains itself"
        level = sorted(below - inside)
        inside |= below
    return f"groups in group `{group}` are nested deeper than {DEEPEST_GROUP} levels" if level else ""


def _expand(ring: Ring, folder: Folder, depth: int, groups: set[str]) -> Iterator[Turn]:
    """Turns of a name; a group that was expanded before has nothing new, and a bomb of groups ends here."""
    if depth > DEEPEST_GROUP or ring.name in groups:
        return
    if ring.name in folder.groups:
        groups.add(ring.name)
        for member in folder.groups[ring.name]:
            yield from _expand(replace_name(ring, member), folder, depth + 1, groups)
    elif ring.name in folder.people:
        yield Turn(ring.name, person_legs(ring.name, ring, folder), ring.weight)
    else:
        person, _, label = ring.name.partition(".")
        if person in folder.people and label in folder.people[person].phones:
            leg = Leg(ring.name, folder.people[person].phones[label], ring.after, ring.for_)
            yield Turn(ring.name, (leg,), ring.weight)


def replace_name(ring: Ring, name: str) -> Ring:
    """The same delay and ring time for another name."""
    return ring.model_copy(update={"name": name})


def later(legs: tuple[Leg, ...], seconds: int) -> tuple[Leg, ...]:
    """The same phones, rung so much later."""
    return tuple(replace(leg, after=leg.after + seconds) for leg in legs) if seconds else legs


def person_legs(name: str, ring: Ring, folder: Folder) -> tuple[Leg, ...]:
    """The phones that ring when this person is rung."""
    person = folder.people[name]
    entries = person.ring or [Ring(name=label) for label in person.phones]
    first = {entry.name: entry for entry in reversed(entries) if entry.name in person.phones}
    return tuple(
        Leg(f"{name}.{entry.name}", person.phones[entry.name], ring.after + entry.after, entry.for_ or ring.for_)
        for entry in entries
        if first.get(entry.name) is entry
    )


def cut(turn: tuple[Leg, ...], seconds: int, at_most: int | None) -> tuple[Leg, ...]:
    """The turn's legs with their ring times filled in and cut to ``at_most`` seconds from its beginning."""
    timed = [replace(leg, seconds=leg.seconds or seconds) for leg in turn]
    if at_most is None:
        return tuple(timed)
    return tuple(
        replace(leg, seconds=min(leg.seconds or seconds, at_most - leg.after)) for leg in timed if leg.after < at_most
    )


def length(turn: tuple[Leg, ...]) -> int:
    """Seconds until the last leg of a turn has stopped ringing."""
    return max((leg.after + (leg.seconds or 0) for leg in turn), default=0)
