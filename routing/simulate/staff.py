"""A change of staff for a what-if: ``+1 mon-fri 10-12``, for all queues or for one, ``+1:sales``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from routing.model.calendar import DAY_MINUTES, Period
from routing.model.problem import did_you_mean
from routing.model.queue import QueueMember, QueueSettings
from routing.simulate.plan import Plan
from routing.simulate.week import Span, common, joined, spans_of, when, without

_COUNT = re.compile(r"([+-][1-9][0-9]{0,2})(?::([a-z][a-z0-9_]*))?")
_HOURS = re.compile(r"([0-9]{1,2})(?::([0-5][0-9]))?-([0-9]{1,2})(?::([0-5][0-9]))?")


class NoSuchStaff(ValueError):
    """The plan has no such queue, or nobody to take away; the text says which."""


@dataclass(frozen=True)
class StaffChange:
    """``count`` people more, or fewer, in spans of the week. ``queue``: "" for all; ``text``: as it was written."""

    count: int
    queue: str
    spans: tuple[Span, ...]
    text: str

    def __str__(self) -> str:
        return self.text


def parse_staff(count: str, days: str, hours: str) -> StaffChange:
    """The change that three words describe: ``+1``, ``mon-fri``, ``10-12``. Raises ValueError."""
    number, queue = parse_count(count)
    return StaffChange(number, queue, joined(spans_of(days, [parse_hours(hours)])), f"{count} {days} {hours}")


def parse_count(text: str) -> tuple[int, str]:
    """How many people, and the queue, "" for all: ``+1``, ``-2:sales``. Raises ValueError."""
    if not (found := _COUNT.fullmatch(text)):
        raise ValueError(f"`{text}` is not a number of people: write `+1`, `-2`, or `+1:sales` for one queue")
    return int(found[1]), found[2] or ""


def parse_hours(text: str) -> Period:
    """Hours of a day as people say them: ``10-12``, ``9:30-12``. Raises ValueError."""
    found = _HOURS.fullmatch(text)
    if not found:
        raise ValueError(f"`{text}` are not hours: write `10-12` or `10:30-12:00`")
    start, end = (int(found[at]) * 60 + int(found[at + 1] or 0) for at in (1, 3))
    if max(start, end) > DAY_MINUTES or start == end:
        raise ValueError(f"`{text}` are not hours of a day")
    return Period(start, end if end > start else end + DAY_MINUTES)


def changed(plan: Plan, change: StaffChange) -> Plan:
    """The plan with more or fewer people. Raises NoSuchStaff.

    New people work in all queues, or in the named one, last in the list; of those who work, the last in the list goes.
    """
    if change.queue and change.queue not in plan.queues:
        hint = did_you_mean(change.queue, plan.queues) or f"queues: {', '.join(plan.queues)}"
        raise NoSuchStaff(f"no queue is called `{change.queue}` ({hint})")
    for _ in range(abs(change.count)):
        plan = _one_more(plan, change) if change.count > 0 else _one_fewer(plan, change)
    return plan


def _one_more(plan: Plan, change: StaffChange) -> Plan:
    number = next(number for number in range(1, 10_000) if f"extra_{number}" not in plan.shifts)
    name = f"extra_{number}"
    queues = {
        queue: replace(of, settings=_with(of.settings, name)) if change.queue in ("", queue) else of
        for queue, of in plan.queues.items()
    }
    return replace(plan, queues=queues, shifts={**plan.shifts, name: change.spans})


def _with(queue: QueueSettings, name: str) -> QueueSettings:
    seconds = max((member.seconds for member in queue.members), default=20)
    return replace(queue, members=(*queue.members, QueueMember(name, name, seconds=seconds)))


def _one_fewer(plan: Plan, change: StaffChange) -> Plan:
    """Span by span: on another day it may be somebody else."""
    people = [
        name for queue, of in plan.queues.items() if change.queue in ("", queue) for name in of.people
    ]  # fmt: skip
    shifts = dict(plan.shifts)
    for span in change.spans:
        if not (name := next((each for each in reversed(people) if _works(shifts[each], span)), "")):
            hours = f"{when(span[0])}-{when(span[1])[4:]}"
            raise NoSuchStaff(f"`{change}`: too few people work {hours}")
        shifts[name] = without(shifts[name], span)
    return replace(plan, shifts=shifts)


def _works(spans: tuple[Span, ...], span: Span) -> bool:
    return any(start < end for start, end in (common(each, span) for each in spans))
