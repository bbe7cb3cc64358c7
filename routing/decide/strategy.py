"""The order in which people ring: one pure function for every `order` of a ring step.

The engine, `routing trace`, scheme tests and the fairness simulation call the same ``order``. Chance, the facts of
people and the keeper of turns are arguments; nothing here knows Redis, FreeSWITCH or the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.model.memory import Load, PeopleFacts

#: A number within 0 <= x < 1.
Chance = Callable[[], float]
#: The skills that a call requires of a person: skill -> a value, or the lowest level.
RequiredSkills = Mapping[str, str | int | bool]
#: Takes a turn for one of these: (name, rank) each, spread -> the name (`routing.model.memory.Memory.take_turn`).
Take = Callable[[Sequence[tuple[str, int]], bool], str]


@dataclass(frozen=True)
class Candidate:
    """Somebody who may ring: ``name`` is what rings (``ivan`` or ``ivan.mobile``), ``person`` its person."""

    name: str
    person: str
    weight: int = 1
    skills: Mapping[str, Any] = field(default_factory=dict)


#: (candidate, place in the list, load, chance, required) -> a grade: the smallest is first, equals take turns.
_Grade = Callable[[Candidate, int, Load, Chance, RequiredSkills], Any]

_GRADES: dict[str, _Grade] = {
    "together": lambda who, place, load, chance, required: place,
    "in_order": lambda who, place, load, chance, required: place,
    "in_order_waiting": lambda who, place, load, chance, required: place,
    "random": lambda who, place, load, chance, required: chance(),
    # each candidate has the largest u^(1/w) with probability w / sum of w, and so on down the list
    "weighted": lambda who, place, load, chance, required: -(chance() ** (1 / who.weight)),
    "round_robin": lambda who, place, load, chance, required: 0,
    "fewest_calls": lambda who, place, load, chance, required: load.calls,
    "longest_idle": lambda who, place, load, chance, required: load.last_end,
    "least_talk": lambda who, place, load, chance, required: load.talk_s,
    "by_skill": lambda who, place, load, chance, required: _unfit(who, required),
}
STRATEGIES = tuple(_GRADES)
#: Strategies that compare loads.
BY_LOAD = frozenset({"fewest_calls", "longest_idle", "least_talk"})
#: Nobody has two turns in a row while somebody else is there, whatever chance or a ring without an answer says.
_SPREADING = frozenset({"random", "round_robin", "fewest_calls", "longest_idle", "least_talk"})
#: Strategies for which it matters whose turn it was.
TURNING = _SPREADING | {"by_skill"}


def order(
    strategy: str,
    candidates: Sequence[Candidate],
    facts: PeopleFacts,
    chance: Chance,
    required: RequiredSkills | None = None,
    take: Take | None = None,
) -> tuple[str, ...]:
    """The names of the candidates in ringing order. Raises KeyError for an unknown strategy.

    ``take`` says whose turn it is now, where turns matter: turns may have passed since ``facts`` were read.
    """
    grade, nothing = _GRADES[strategy], Load()
    grades = [
        grade(who, place, facts.loads.get(who.person, nothing), chance, required or {})
        for place, who in enumerate(candidates)
    ]
    turns = [facts.turns.get(who.name, 0) for who in candidates]
    places = sorted(range(len(candidates)), key=lambda place: (grades[place], turns[place], place))
    names = [candidates[place].name for place in places]
    if strategy in TURNING and names:
        ranked, spread = _ranked(candidates, grades), strategy in _SPREADING
        first = take(ranked, spread) if take else whose_turn(ranked, facts.turns, spread)
        names.sort(key=lambda name: name != first)
    return tuple(names)


def whose_turn(ranked: Sequence[tuple[str, int]], turns: Mapping[str, int], spread: bool) -> str:
    """Whose turn it is, of names with ranks: see `routing.model.memory.Memory.take_turn`. ``turns``: the last turns."""
    last = max(turns, key=turns.__getitem__, default="") if spread else ""
    return min(ranked, key=lambda each: (each[0] == last, each[1], turns.get(each[0], 0)))[0]


def _ranked(candidates: Sequence[Candidate], grades: Sequence[Any]) -> list[tuple[str, int]]:
    """Names with the rank of their grades, equals with the same one."""
    ranks = {grade: rank for rank, grade in enumerate(sorted(set(grades)))}
    return [(who.name, ranks[grade]) for who, grade in zip(candidates, grades, strict=True)]


def _unfit(who: Candidate, required: RequiredSkills) -> tuple[int, float]:
    """How many required skills are missing, then how low the others are: the best candidate has the smallest."""
    levels = [level(who.skills.get(skill), value) for skill, value in required.items()]
    return sum(each <= 0 for each in levels), -sum(levels)


def level(skill: Any, required: str | int | bool) -> float:
    """How well a person's skill meets a requirement; 0 when it does not.

    A person's skill is a level (``3``), a list of values (``[uk, en]``, level 1 each) or levels by value
    (``{uk: 3, en: 1}``); ``required`` is a value, the lowest level, or true for any level.
    """
    if isinstance(skill, Mapping):
        skill = {str(name).lower(): of for name, of in skill.items()}.get(str(required).lower(), 0)
        required = True
    elif isinstance(skill, str | list | tuple):
        values = [skill] if isinstance(skill, str) else skill
        return float(required is True or str(required).lower() in {str(value).lower() for value in values})
    if isinstance(skill, bool) or not isinstance(skill, int | float):
        return float(skill is True)
    if isinstance(required, bool):
        return float(skill) if required else 0.0
    return float(skill) if isinstance(required, int) and skill >= required else 0.0
