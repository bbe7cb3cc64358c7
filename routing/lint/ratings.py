"""Ratings that nobody could give: the step stands after those that ring."""

from __future__ import annotations

from collections.abc import Iterator

from routing.lint.base import Lint
from routing.lint.findings import OneScheme
from routing.lint.ways import Ways, rings
from routing.model.problem import Loc
from routing.steps.base import Complaint, Step
from routing.steps.menu import MenuStep
from routing.steps.queue import QueueStep
from routing.steps.rate import RateStep
from routing.steps.ring_people import RingPeopleStep

#: Steps by their location.
Rates = frozenset[Loc]


class _Unused(Ways[Rates]):
    """A walk whose state is the `rate` steps since which nobody could be rung."""

    def __init__(self, one: OneScheme) -> None:
        super().__init__(one)
        self.used: set[Loc] = set()

    def enter(self, step: Step, loc: Loc, state: Rates) -> Rates:
        """Whoever may be rung uses all steps before."""
        if isinstance(step, RateStep):
            return frozenset({loc})
        is_extension = isinstance(step, MenuStep) and step.extensions
        if isinstance(step, RingPeopleStep | QueueStep) or rings(step) or step.jumps() or is_extension:
            self.used |= state
        return state

    def join(self, one: Rates, other: Rates) -> Rates:
        """Of both paths."""
        return one | other


class RateWithoutTalk(Lint):
    """After a `rate` nobody is rung: no talk follows that could be rated.

    Good::

        - rate: menu.wav
        - ring: ivan
        - hangup

    Bad, whoever talks with Ivan never comes to the next step::

        - ring: ivan
        - rate: menu.wav
        - hangup
    """

    id = "rate-without-talk"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Every `rate` that no step after it uses."""
        walk = _Unused(one)
        walk.walk(one.fields.steps, ("steps",), frozenset())
        for step, loc, _ in one.steps:
            if isinstance(step, RateStep) and loc not in walk.used and loc[0] == "steps":
                hint = "move it before the steps that ring"
                yield loc, "nobody is rung after this step: no talk follows that could be rated", hint
