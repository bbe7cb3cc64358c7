"""A walk along all paths through a list of steps at once, with a state that steps change and branches join.

It takes one pass over the steps, whatever the number of paths. A lint defines the state and its changes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from routing.lint.findings import OneScheme
from routing.model.problem import Loc
from routing.steps.ask_number import AskNumberStep
from routing.steps.base import Complaint, Step, StepItem
from routing.steps.conference import ConferenceStep
from routing.steps.dynamic import DynamicStep
from routing.steps.hours import HoursStep
from routing.steps.menu import MenuStep
from routing.steps.open_branch import OpenBranchStep
from routing.steps.play import PlayStep
from routing.steps.ring_people import RingPeopleStep

State = TypeVar("State")


class Ways(Generic[State]):
    """A walk along all paths; ``complaints_found`` collects complaints, ``leads`` the jumps with their state."""

    def __init__(self, one: OneScheme) -> None:
        self.one = one
        self.complaints_found: list[Complaint] = []
        self.leads: list[tuple[str, State]] = []

    def enter(self, step: Step, loc: Loc, state: State) -> State:
        """The state after a step, without its branches."""
        return state

    def branch(self, step: Step, label: str, state: State) -> State:
        """The state at the start of a branch; the label ``""`` is the path past all branches."""
        return state

    def join(self, one: State, other: State) -> State:
        """The state where two paths join."""
        raise NotImplementedError

    def complaints(self, state: State) -> Iterator[Complaint]:
        """The complaints of a walk through the whole scheme; ``state``: at its start."""
        self.walk(self.one.fields.steps, ("steps",), state)
        return iter(self.complaints_found)

    def walk(self, steps: Sequence[StepItem], loc: Loc, state: State) -> State | None:
        """The state after a list of steps, None when no call gets there."""
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
    """A walk whose state is whether an event has happened on every path so far."""

    def join(self, one: bool, other: bool) -> bool:
        """It must have happened on both paths."""
        return one and other


class UntilRung(Until):
    """Whether a person was rung, or a first prompt was played, which is enough for one complaint.

    While the calendar is closed there is nobody to ring first.
    """

    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        """A `ring` or a prompt."""
        return state or isinstance(step, RingPeopleStep) or (step.picks_up and not isinstance(step, AskNumberStep))

    def branch(self, step: Step, label: str, state: bool) -> bool:
        """Closed branches count as rung."""
        if isinstance(step, HoursStep):
            return state or label in ("closed", "holiday")
        return state or isinstance(step, OpenBranchStep)


class UntilAnnounced(Until):
    """Whether the caller has heard a sound that can announce the recording."""

    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        """A file or a menu's prompt that every caller hears."""
        everybody = not isinstance(step, AskNumberStep) and not (isinstance(step, PlayStep) and step.unless)
        return state or (step.picks_up and everybody)


class UntilChosen(Until):
    """Whether the caller has reached a menu."""

    def enter(self, step: Step, loc: Loc, state: bool) -> bool:
        """A menu."""
        return state or isinstance(step, MenuStep)


#: Events that may not have happened yet when a call enters a scheme.
UNTIL: dict[str, type[Until]] = {"rung": UntilRung, "announced": UntilAnnounced, "chosen": UntilChosen}


#: Decisions that ring somebody.
RINGING = frozenset({"person", "phone", "number", "order", "together", "wait"})


def rings(step: Step) -> bool:
    """Whether a step may ring somebody, itself or by a decision."""
    return isinstance(step, RingPeopleStep) or (isinstance(step, DynamicStep) and bool(step.obeys & RINGING))


def talks(step: Step) -> bool:
    """Whether callers may talk with somebody in a step."""
    return rings(step) or isinstance(step, ConferenceStep)
