"""From the names in a ``ring`` to the phones that ring: people, groups in groups, single phones, each phone once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from routing.model.folder import Folder
from routing.model.numbers import normalise
from routing.model.people import Phone, Ring
from routing.model.problem import Loc, did_you_mean
from routing.model.ringing import Wave, seconds_left

DEEPEST_GROUP = 10


@dataclass(frozen=True)
class Leg:
    """One phone to ring: ``target`` is ``ivan.desk``; it starts ringing ``after`` s into the turn.

    ``seconds``: its ring time; before the turn is `timed`, the limit, None without a limit of its own.
    """

    target: str
    phone: Phone
    after: int = 0
    seconds: int | None = None


#: Kinds of names that a ring list can hold.
KINDS = ("people", "groups")


def known_targets(folder: Folder) -> list[str]:
    """Every name that a ring list can hold."""
    phones = [f"{name}.{label}" for name, person in folder.people.items() for label in person.phones]
    return [*folder.people, *folder.groups, *phones]


def unknown(name: str, folder: Folder) -> tuple[str, str] | None:
    """Why a target's name is unknown, with a hint; None when it is known."""
    person, _, label = name.partition(".")
    if name in folder.people or name in folder.groups or any(folder.excuses(kind, person) for kind in KINDS):
        return None
    if label and person in folder.people:
        if label in folder.people[person].phones:
            return None
        return f"`{person}` has no phone `{label}`", did_you_mean(name, known_targets(folder))
    return f"nobody is called `{name}`", _meant(name, folder)


def _meant(name: str, folder: Folder) -> str:
    """A hint for an author who wrote an extension, an account, a number, a full name, or several names."""
    if re.search(r"\S - \S", name):
        return "a list item is indented deeper than the one above: begin each `- ` in the same column"
    several = re.split(r"\s*[,;\s]\s*", name.strip())
    if len(several) > 1 and all(unknown(each, folder) is None for each in several):
        return f"several are a list: `[{', '.join(several)}]`"
    if name in folder.extensions:
        return f"it is the extension of `{folder.extensions[name]}`: write that name"
    if name in folder.accounts:
        return f"it is the SIP account of `{folder.accounts[name]}`: write that name"
    phones = (
        (f"{who}.{label}", phone) for who, person in folder.people.items() for label, phone in person.phones.items()
    )
    try:
        number = normalise(name, folder.project.country)
    except ValueError:
        number = ""
    if number:
        whose = next((phone for phone, fields in phones if fields.number == number), None)
        add = 'add it as a phone of a person, `phones: {mobile: {number: "..."}}`, and ring that'
        return f"it is the number of `{whose}`: write that name" if whose else add
    called = next((who for who, person in folder.people.items() if person.name.casefold() == name.casefold()), None)
    return f"did you mean `{called}`?" if called else did_you_mean(name.lower(), known_targets(folder))


def not_ours(number: str | None, loc: Loc, folder: Folder) -> Iterator[tuple[Loc, str, str]]:
    """A complaint about a `caller_id` that no gateway lists: carriers refuse foreign numbers."""
    own = {each for gateway in folder.gateways.values() for each in gateway.numbers}
    if number and own and number not in own:
        yield (*loc, "caller_id"), f"{number} is on no gateway's list", did_you_mean(number, own)


@dataclass(frozen=True)
class Turn:
    """The phones that ring at once: ``name`` is a person or ``ivan.mobile``, ``weight`` their share for `weighted`.

    ``seconds``: the ring time, if it differs from that of the step.
    """

    name: str
    legs: tuple[Leg, ...]
    weight: int = 1
    seconds: int | None = None

    @property
    def person(self) -> str:
        """Whose phones these are."""
        return self.name.partition(".")[0]


def turns(rings: Sequence[Ring], folder: Folder) -> list[tuple[Leg, ...]]:
    """One turn of phones per named person, in order; each phone occurs once."""
    return [turn.legs for turn in named_turns(rings, folder)]


def named_turns(rings: Sequence[Ring], folder: Folder) -> list[Turn]:
    """`turns` with their names; each phone occurs once."""
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
    """Turns of a name. A group is expanded once, so that nested groups cannot explode."""
    if depth > DEEPEST_GROUP or ring.name in groups:
        return
    if ring.name in folder.groups:
        groups.add(ring.name)
        for member in folder.groups[ring.name]:
            yield from _expand(replace_name(ring, member), folder, depth + 1, groups)
    elif ring.name in folder.people:
        yield Turn(ring.name, person_legs(ring.name, folder, ring.after), ring.weight, ring.for_)
    else:
        person, _, label = ring.name.partition(".")
        if person in folder.people and label in folder.people[person].phones:
            leg = Leg(ring.name, folder.people[person].phones[label], ring.after)
            yield Turn(ring.name, (leg,), ring.weight, ring.for_)


def replace_name(ring: Ring, name: str) -> Ring:
    """The same delay and ring time for another name."""
    return ring.model_copy(update={"name": name})


def later(legs: tuple[Leg, ...], seconds: int) -> tuple[Leg, ...]:
    """The same phones, delayed by ``seconds`` more."""
    return tuple(replace(leg, after=leg.after + seconds) for leg in legs) if seconds else legs


def person_legs(name: str, folder: Folder, after: int = 0) -> tuple[Leg, ...]:
    """The phones that ring when this person is rung."""
    person = folder.people[name]
    entries = person.ring or [Ring(name=label) for label in person.phones]
    first = {entry.name: entry for entry in reversed(entries) if entry.name in person.phones}
    return tuple(
        Leg(f"{name}.{entry.name}", person.phones[entry.name], after + entry.after, entry.for_)
        for entry in entries
        if first.get(entry.name) is entry
    )


def alone(name: str, folder: Folder) -> tuple[Leg, ...]:
    """The phones that can ring when only this person is rung, the first of them at once."""
    legs = tuple(leg for leg in person_legs(name, folder) if leg.phone.sip or folder.gateways)
    return later(legs, -_begins(legs))


def waves(legs: Iterable[Leg]) -> tuple[Wave, ...]:
    """The waves of phones whose ring times the engine sets."""
    return tuple(sorted({wave(leg) for leg in legs}))


def wave(leg: Leg, begins: int = 0) -> Wave:
    """The wave of a phone before it is timed, in a turn whose first phone starts at ``begins``."""
    return Wave(leg.after - begins) if leg.seconds is None else Wave(leg.after - begins, leg.seconds)


def timed(turn: Turn, seconds: int) -> tuple[Leg, ...]:
    """The phones of a turn that lasts ``seconds`` (or its own time) from the start of its first phone."""
    whole, begins = turn.seconds or seconds, _begins(turn.legs)
    lasting = (replace(leg, seconds=seconds_left(wave(leg, begins), whole)) for leg in turn.legs)
    return tuple(leg for leg in lasting if leg.seconds)


def cut(legs: tuple[Leg, ...], at_most: int | None) -> tuple[Leg, ...]:
    """The phones that start within ``at_most`` seconds, with ring times cut to it."""
    if at_most is None:
        return legs
    return tuple(
        replace(leg, seconds=min(leg.seconds or 0, at_most - leg.after)) for leg in legs if leg.after < at_most
    )


def _begins(legs: Iterable[Leg]) -> int:
    return min((leg.after for leg in legs), default=0)


def length(turn: tuple[Leg, ...]) -> int:
    """Seconds until the last leg of a turn has stopped ringing."""
    return max((leg.after + (leg.seconds or 0) for leg in turn), default=0)


def table_of(turn: Turn, folder: Folder) -> dict[str, Any]:
    """The engine's facts of a turn that it may choose."""
    return {
        "name": turn.name,
        "person": turn.person,
        "sip": sorted(leg.phone.sip for leg in turn.legs if leg.phone.sip),
        "outside": any(leg.phone.number for leg in turn.legs),
        "seconds": length(turn.legs),
        "weight": turn.weight,
        "skills": folder.people[turn.person].skills,
    }
