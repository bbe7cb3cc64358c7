"""Branches without effect: cases that an earlier case shadows, steps that would run anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from routing.lint.base import Lint
from routing.lint.findings import OneScheme, lists
from routing.model.problem import Loc
from routing.steps.base import Complaint, Step, StepItem
from routing.steps.hours import HoursStep
from routing.steps.match import MatchStep
from routing.steps.when import When


class ShadowedCase(Lint):
    """An earlier case of the `match` takes every call that would match this one.

    Good, the narrower case first::

        - match:
            - {when: {caller: "+38057"}, steps: [{ring: ivan}]}
            - {when: {caller: "+380"}, steps: [{ring: olena}]}
        - hangup

    Bad::

        - match:
            - {when: {caller: "+380"}, steps: [{ring: olena}]}
            - {when: {caller: "+38057"}, steps: [{ring: ivan}]}
        - hangup
    """

    id = "shadowed-case"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Compare each case with those above."""
        for step, loc, _ in one.steps:
            cases = step.cases if isinstance(step, MatchStep) else []
            for at, case in enumerate(cases):
                wider = next((index for index in range(at) if covers(cases[index].when, case.when)), None)
                if wider is not None:
                    hint = "put the narrower case first"
                    yield (*loc, "cases", at), f"case {wider + 1} takes every call that would match this case", hint


def covers(wide: When, narrow: When) -> bool:
    """Whether every call that matches ``narrow`` also matches ``wide``."""
    if narrow.any and narrow.count() == 1:
        return all(covers(wide, each) for each in narrow.any)
    conditions = (name for name in type(wide).model_fields if getattr(wide, name) not in (None, [], {}))
    return all(_COVERS.get(name, _same_answer)(wide, narrow, name) for name in conditions)


def _same_answer(wide: When, narrow: When, name: str) -> bool:
    return bool(getattr(wide, name) == getattr(narrow, name))


def _one_of(wide: When, narrow: When, name: str) -> bool:
    """One of several values must match: the narrower condition has fewer."""
    values = set(getattr(narrow, name))
    return bool(values) and values <= set(getattr(wide, name))


def _prefixes(wide: When, narrow: When, name: str) -> bool:
    return bool(narrow.caller) and all(each.startswith(tuple(wide.caller)) for each in narrow.caller)


def _visitor(wide: When, narrow: When, name: str) -> bool:
    for question, expected in wide.questions.items():
        own = narrow.questions.get(question)
        if own is None or not (set(own.texts) <= set(expected.texts) and set(own.patterns) <= set(expected.patterns)):
            return False
    return True


def _any(wide: When, narrow: When, name: str) -> bool:
    return any(covers(each, narrow) for each in wide.any)


#: How a condition of `when` can include another; a condition that is not listed includes only an equal one.
_COVERS: dict[str, Callable[[When, When, str], bool]] = {
    "caller": _prefixes, "list_": _one_of, "country": _one_of, "region": _one_of, "zone": _one_of, "number": _one_of,
    "questions": _visitor, "any": _any,
}  # fmt: skip


class SameBranches(Lint):
    """The call does the same with and without this branch.

    Good::

        - hours: {calendar: office, closed: [{voicemail: {box: night, notify: ivan}}]}
        - voicemail: {box: sales, notify: ivan}

    Bad, out of hours the same mailbox::

        - hours: {calendar: office, closed: [{voicemail: {box: sales, notify: ivan}}]}
        - voicemail: {box: sales, notify: ivan}

    Bad, open or not::

        - hours: {calendar: office, open: [{ring: ivan}], closed: [{ring: ivan}]}
        - hangup
    """

    id = "same-branches"

    def scheme(self, one: OneScheme) -> Iterator[Complaint]:
        """Compare the last branch of each step with the steps after it, and all branches with each other."""
        for start in ("steps", "otherwise"):
            for steps, loc in lists(list(getattr(one.fields, start)), (start,)):
                for index, item in enumerate(steps):
                    yield from _same(item.step, (*loc, index, item.step.kind), steps[index + 1 :])


def _same(step: Step, loc: Loc, following: Sequence[StepItem]) -> Iterator[Complaint]:
    branches = [(below, list(nested)) for below, _, nested in step.branches()]
    if not branches:
        return
    if len(branches) > 1 and not step.falls_past_branches() and all(nested == branches[0][1] for _, nested in branches):
        yield loc, f"all branches of this `{step.kind}` do the same", "write the steps once, without it"
        return
    for below, nested in branches:
        if nested == list(following) and _only_itself(step, below):
            yield (*loc, *below), "this branch repeats the steps that follow", "remove it"


def _only_itself(step: Step, below: Loc) -> bool:
    """Whether calls of a branch would enter no other branch without it."""
    match step:
        case HoursStep():
            return below != ("holiday",) or step.closed is None
        case MatchStep():
            return below == ("otherwise",) or (step.otherwise is None and below[1] == len(step.cases) - 1)
        case _:
            return False  # a menu's key has to be an option to be accepted
