"""The figures of simulated weeks: waits, service level, who left and why, how busy people were, what is paid."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.simulate.calls import CallOutcome, Ending, Week
from routing.simulate.people import PersonTime
from routing.simulate.plan import Plan, QueuePlan
from routing.simulate.week import HOUR_MS, WEEK_MS

SLOT_MS = HOUR_MS // 2


@dataclass
class QueueFigures:
    """Counts of one queue over all simulated weeks. Waits are those of answered calls, callbacks apart; milliseconds.

    ``abandoned`` holds the ``short`` ones too; ``unserved``: who had waited when nobody worked any more, or for the
    longest wait; ``refused``: calls that never waited, because it was full or nobody worked. ``waits_in`` and
    ``calls_in``: by half hour of the week, 0 is Monday from 0:00.
    """

    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    unserved: int = 0
    refused: int = 0
    callbacks: int = 0
    reached: int = 0
    paid_ms: int = 0
    waits: list[int] = field(default_factory=list)
    callback_waits: list[int] = field(default_factory=list)
    waits_in: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    calls_in: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def calls(self) -> int:
        """Every call."""
        return sum(self.calls_in.values())

    @property
    def by_hour(self) -> dict[int, list[int]]:
        """Waits by hour of the week."""
        found: dict[int, list[int]] = defaultdict(list)
        for slot, waits in self.waits_in.items():
            found[slot // 2] += waits
        return found

    @property
    def service_level(self) -> float | None:
        """Answered in time, of all that waited: abandoned calls count as late, short ones do not count."""
        return share(self.in_time, self.answered + self.abandoned - self.short + self.unserved)

    @property
    def service_level_answered(self) -> float | None:
        """Answered in time, of those that were answered: abandoned calls do not count."""
        return share(self.in_time, self.answered)

    @property
    def abandoned_share(self) -> float | None:
        """Abandoned calls, short ones too, of all that waited."""
        return share(self.abandoned, self.answered + self.abandoned + self.unserved)

    def count(self, outcome: CallOutcome, plan: Plan) -> None:
        """Count a call."""
        slot = outcome.call.at_ms % WEEK_MS // SLOT_MS
        self.calls_in[slot] += 1
        self.callbacks += outcome.is_callback
        if outcome.ending == Ending.TALKED and outcome.is_callback:
            self.reached += 1
            self.callback_waits.append(outcome.waited_ms)
        elif outcome.ending == Ending.TALKED:
            self.answered += 1
            self.in_time += outcome.waited_ms <= plan.within_ms
            self.waits.append(outcome.waited_ms)
            self.waits_in[slot].append(outcome.waited_ms)
        elif outcome.ending == Ending.ABANDONED:
            self.abandoned += 1
            self.short += outcome.waited_ms < plan.short_ms
        elif outcome.ending == Ending.TOO_LONG or (outcome.ending == Ending.NOBODY and outcome.waited_ms):
            self.unserved += 1
        elif outcome.ending in (Ending.NOBODY, Ending.FULL):
            self.refused += 1
        self.paid_ms += _paid(outcome, plan.queues[outcome.call.queue])


def _paid(outcome: CallOutcome, queue: QueuePlan) -> int:
    """What the owner of the number pays for: from the answer on; a callback is a call out."""
    talked_ms = outcome.call.talk_ms if outcome.ending == Ending.TALKED else 0
    if outcome.is_callback:
        return talked_ms
    waited_ms = outcome.waited_ms if queue.answers_first else 0
    return waited_ms + talked_ms if queue.owner_pays else 0


@dataclass(frozen=True)
class Figures:
    """The figures of ``weeks`` runs of one plan, each with other chances."""

    plan: Plan
    weeks: int
    queues: Mapping[str, QueueFigures]
    people: Mapping[str, PersonTime]


def figures(plan: Plan, weeks: Iterable[Week]) -> Figures:
    """Count weeks."""
    queues = {name: QueueFigures() for name in plan.queues}
    times: dict[str, list[PersonTime]] = defaultdict(list)
    count = 0
    for week in weeks:
        count += 1
        for outcome in week.calls:
            queues[outcome.call.queue].count(outcome, plan)
        for name, time in week.people.items():
            times[name].append(time)
    return Figures(plan, count, queues, {name: _sum(each) for name, each in times.items()})


def _sum(times: Sequence[PersonTime]) -> PersonTime:
    return PersonTime(
        sum(time.there_ms for time in times),
        sum(time.talk_ms for time in times),
        sum(time.wrap_up_ms for time in times),
        sum(time.talks for time in times),
        sum(time.missed for time in times),
    )


def percentile(values: Sequence[int], share_: float) -> int | None:
    """The smallest value that at least this share of the values does not exceed; None without values."""
    if not values:
        return None
    return sorted(values)[max(math.ceil(share_ * len(values)) - 1, 0)]


def share(part: int, whole: int) -> float | None:
    """A part of a whole, 0..1; None of nothing."""
    return part / whole if whole > 0 else None


def as_json(found: Figures) -> dict[str, Any]:
    """Plain data: counts and minutes are means of a week, waits are seconds, shares 0..1 or null."""
    return {
        "weeks": found.weeks,
        "days": list(found.plan.days),
        "queues": {name: _queue_json(queue, found) for name, queue in found.queues.items()},
        "people": {
            name: {
                "hours": round(time.there_ms / found.weeks / HOUR_MS, 2),
                "talks": round(time.talks / found.weeks, 1),
                "missed": round(time.missed / found.weeks, 1),
                "occupancy": round(time.occupancy, 4),
            }
            for name, time in found.people.items()
        },
    }


def _queue_json(queue: QueueFigures, found: Figures) -> dict[str, Any]:
    counts = ("calls", "answered", "abandoned", "short", "unserved", "refused", "callbacks", "reached")
    shares = ("service_level", "service_level_answered", "abandoned_share")
    return {
        **{name: round(getattr(queue, name) / found.weeks, 1) for name in counts},
        **{name: None if (of := getattr(queue, name)) is None else round(of, 4) for name in shares},
        "wait_s": waits_json(queue.waits),
        "callback_wait_s": waits_json(queue.callback_waits),
        "paid_minutes": round(queue.paid_ms / found.weeks / 60_000, 1),
        "by_hour": [
            {"hour": hour, "answered": round(len(waits) / found.weeks, 1), **waits_json(waits)}
            for hour, waits in sorted(queue.by_hour.items())
        ],
    }


def waits_json(waits_ms: Sequence[int]) -> dict[str, float | None]:
    """Median, 90 % and the longest of waits, in seconds; null without any."""
    return {
        name: None if (ms := percentile(waits_ms, of)) is None else round(ms / 1000, 1)
        for name, of in (("p50", 0.5), ("p90", 0.9), ("max", 1.0))
    }
