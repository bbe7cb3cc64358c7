"""Every way through a list of steps at once: a state that steps change, branches share and ends drop.

One pass over the steps, whatever the number of ways. What a state is, and what becomes of it, a lint says.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from routing.lint.findings import OneScheme
from routing.model.problem import Loc
from routing.steps.ask_number import AskNumberStep
from routing.steps.base import Complaint, Step, StepItem
from routing.steps.dynamic import DynamicStep
from routing.steps.hours import HoursStep
from routing.steps.menu import MenuStep
from routing.steps.open_branch import OpenBranchStep
from routing.steps.play import PlayStep
from routing.steps.ring import RingStep

State = TypeVar("State")


class Ways(Generic[State]):
    """A walk along every way. ``told`` gathers what it complains of, ``leads`` the jumps with the state at each."""

    def __init__(self, one: OneScheme) -> None:
        self.one = one
        self.complaints_found: list[Complaint] = []
        self.leads: list[tuple[str, State]] = []

    def enter(self, step: Step, loc: Loc, state: State) -> State:
        """The state after a step itself, its branches not included."""
        return state

    def branch(self, step: Step, label: str, state: State) -> State:
        """The state at the beginning of a branch; the label ``""`` is the way past all branches."""
        return state

    def join(self, one: State, other: State) -> State:
        """The state where two ways meet."""
        raise NotImplementedError

    def complaints(self, state: State) -> Iterator[Complaint]:
        """What the walk through the whole scheme complains of; ``state``: at its beginning."""
        self.walk(self.one.fields.steps, ("steps",), state)
        return iter(self.complaints_found)

    def walk(self, steps: Sequence[StepItem], loc: Loc, state: State) -> State | None:
        """The state behind a list of steps, None when no call gets there."""
        for index, item in enumerate(steps):
            step, here = item.step, (*loc, index, item.step.kind)
            state = self.enter(step, here, state)
            self.leads += [(scheme, state) for scheme in step.jumps() if scheme != "*"]
            ways = [
                self.walk(nested, (*here, *below), self.branch(step, label, state))
                for below, label, nested in step.branches()
            ]
            if step.ends:
                return None
            if step.falls_past_branches():
                ways.append(self.branch(step, "", state))
            onward = [way for way in ways if way is not None]
            if not onward:
                return None
            state = functools.reduce(self.join, onward)
        return state


class Until(Ways[bool]):
    """Ways on which something has not happened yet: the state is whether it has, on every way to here."""

    def join(self, one: bool, other: bool) -> bool:
        """Both ways must have seen it."""
        return one and other


class UntilRung(Until):
    """Whether anybody was rung, or was kept waiting by a prompt, of which the first is enough to be told.

    When the calendar says closed, nobody is there whom one could ring first.
    """

    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        """A `ring` rings, a prompt keeps waiting."""
        return state or isinstance(step, RingStep) or (step.answers and not isinstance(step, AskNumberStep))

    def branch(self, step: Step, label: str, state: bool) -> bool:
        """Closed is excused."""
        if isinstance(step, HoursStep):
            return state or label in ("closed", "holiday")
        return state or isinstance(step, OpenBranchStep)


class UntilAnnounced(Until):
    """Whether the caller has heard anything in which a recording could be announced."""

    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        """A file or a menu's prompt was played, to whoever came."""
        everybody = not isinstance(step, AskNumberStep) and not (isinstance(step, PlayStep) and step.unless)
        return state or (step.answers and everybody)


class UntilChosen(Until):
    """Whether the caller has been in a menu."""

    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        """A menu offers a choice."""
        return state or isinstance(step, MenuStep)


#: What a call may not have met yet when it comes to a scheme.
UNTIL: dict[str, type[Until]] = {"rung": UntilRung, "announced": UntilAnnounced, "chosen": UntilChosen}


def rings(step: Step) -> bool:
    """Whether a step may ring somebody: by itself or on the engine's word."""
    return isinstance(step, DynamicStep) and bool(step.obeys)
