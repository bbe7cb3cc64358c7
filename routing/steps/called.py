"""Which steps a call to a number can reach, as far as ``match: {number: ...}`` decides it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from routing.model.problem import Loc
from routing.steps.base import StepItem
from routing.steps.match import MatchCase, MatchStep


@dataclass(frozen=True)
class Called:
    """Numbers (E.164) that the caller can have dialled: ``only`` those (None: any), and ``never`` those."""

    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    def within(self, numbers: Iterable[str]) -> Called:
        """The intersection with ``numbers``."""
        those = frozenset(numbers)
        return replace(self, only=those if self.only is None else those & self.only)

    def without(self, numbers: Iterable[str]) -> Called:
        """The difference from ``numbers``."""
        return replace(self, never=self.never | frozenset(numbers))

    def admits(self, number: str) -> bool:
        """Whether the number can have been dialled."""
        return number not in self.never and (self.only is None or number in self.only)


ANY = Called()


def called(steps: Sequence[StepItem], loc: Loc) -> dict[Loc, Called]:
    """Every step, nested ones too, that calls to some numbers cannot reach, by location."""
    found: dict[Loc, Called] = {}
    _through(steps, loc, ANY, found)
    return {where: numbers for where, numbers in found.items() if numbers != ANY}


def _through(steps: Sequence[StepItem], loc: Loc, state: Called, found: dict[Loc, Called]) -> Called | None:
    """Record the numbers at each step; return those after the last step, None when no call gets there."""
    for index, item in enumerate(steps):
        step, here = item.step, (*loc, index, item.step.kind)
        found[here] = state
        if isinstance(step, MatchStep):
            after = _match(step, here, state, found)
        else:
            ends = [_through(nested, (*here, *below), state, found) for below, _, nested in step.branches()]
            on = not step.ends and (step.falls_past_branches() or any(end is not None for end in ends))
            after = state if on else None
        if after is None:
            return None
        state = after
    return state


def _match(step: MatchStep, here: Loc, state: Called, found: dict[Loc, Called]) -> Called | None:
    """The cases in order: a case with a number alone takes all calls to it from the cases below."""
    left, gone, leaving = state, set[str](), list[Called]()
    for index, case in enumerate(step.cases):
        inside = left.within(case.when.number) if case.when.number else left
        end = _through(case.steps, (*here, "cases", index, "steps"), inside, found)
        if end is not None:
            leaving.append(end)
        elif _asks_number_alone(case):
            gone.update(case.when.number)
        if _asks_number_alone(case):
            left = left.without(case.when.number)
    end = _through(step.otherwise or (), (*here, "otherwise"), left, found)
    if end is not None:
        return state.without(number for number in gone if not any(each.admits(number) for each in leaving))
    if not leaving:
        return None
    every = [each.only for each in leaving]
    return state.within(number for only in every for number in only or ()) if None not in every else state


def _asks_number_alone(case: MatchCase) -> bool:
    return bool(case.when.number) and case.when.count() == 1
