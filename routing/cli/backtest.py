"""The calls of a journal for ``routing simulate --backtest``: which queue each came to, when, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from routing.journal.query import CallFilter, StepTime, find, first_steps
from routing.simulate.history import RecordedCall
from routing.simulate.plan import Plan
from routing.simulate.week import DAY_MS

#: Not a wait that a caller ended: they left a message.
_MESSAGE = "voicemail"
#: The kind of step whose waits are a queue's own.
QUEUE = "queue"
#: A talk or an end that follows a wait so soon is what the wait was for.
AT_ONCE_S = 1.0


@dataclass(frozen=True)
class Window:
    """Whole days of a journal. ``first``: midnight of the first one, by the clocks of ``zone``."""

    first: datetime
    days: int
    zone: ZoneInfo

    @property
    def monday(self) -> datetime:
        """Midnight of the Monday that begins the first week."""
        return self.first - timedelta(days=self.first.weekday())

    @property
    def day_numbers(self) -> tuple[int, ...]:
        """The days as a plan counts them: from that Monday on."""
        return tuple(range(self.first.weekday(), self.first.weekday() + self.days))

    def seconds(self) -> tuple[float, float]:
        """Begin and end, since the epoch."""
        end = self.first + timedelta(days=self.days)
        return tuple(each.replace(tzinfo=self.zone).timestamp() for each in (self.first, end))  # type: ignore[return-value]

    def at_ms(self, epoch_s: float) -> int:
        """A moment by the clocks, since that Monday: the days of a clock change are as long as others."""
        clock = datetime.fromtimestamp(epoch_s, self.zone).replace(tzinfo=None)
        return round((clock - self.monday).total_seconds() * 1000)


def window(days: int, until: datetime, zone: ZoneInfo) -> Window:
    """So many whole days before the day of ``until``."""
    return Window(datetime.combine(until.date(), time()) - timedelta(days=days), days, zone)


def recorded(plan: Plan, journal: Engine, of: Window) -> Iterator[RecordedCall]:
    """The incoming calls to the schemes of the plan's queues; a call that passed through two is the first one's.

    Where a scheme has a step ``queue``, its calls are those that came to the step, from then on.
    """
    since, until = of.seconds()
    seen: set[str] = set()
    for queue in plan.queues.values():
        criteria = CallFilter(since=since, until=until, scheme=queue.scheme, direction="in")
        waits = first_steps(journal, QUEUE, queue.scheme, criteria)
        for row in find(journal, criteria):
            if row["id"] not in seen and (not waits or row["id"] in waits):
                seen.add(row["id"])
                yield _call(queue.name, row, waits.get(row["id"]), of)


def _call(queue: str, row: Mapping[str, Any], step: StepTime | None, of: Window) -> RecordedCall:
    began, waited_s = (step.started, step.took_s) if step else (row["started"], row["wait_s"])
    talked = bool(row["bridged"]) and row["bridged"] <= began + waited_s + AT_ONCE_S
    ended_waiting = not row["bridged"] and row["ended"] <= began + waited_s + AT_ONCE_S
    return RecordedCall(
        queue,
        min(max(of.at_ms(began), of.day_numbers[0] * DAY_MS), (of.day_numbers[-1] + 1) * DAY_MS - 1),
        round(waited_s * 1000),
        round(row["talk_s"] * 1000) if talked else None,
        ended_waiting and row["ended_by"] == "caller" and row["status"] != _MESSAGE,
        row["person"] if talked else "",
    )
