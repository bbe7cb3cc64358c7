"""Figures as Markdown tables whose columns are aligned: for terminals, wikis and pull requests alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from routing.model.calendar import DAYS
from routing.model.problem import counted
from routing.simulate.compare import clock, compared, percent
from routing.simulate.figures import Figures, QueueFigures, as_json, percentile
from routing.simulate.week import HOUR_MS

#: A column's heading, and whether its cells stand right.
Column = tuple[str, bool]


@dataclass(frozen=True)
class SimulationReport:
    """Figures side by side, each with a title ("" where there is one alone). ``change``: what the last side has."""

    heading: str
    sides: Sequence[tuple[str, Figures]]
    change: str = ""


def heading(found: Figures) -> str:
    """What was simulated, in a line."""
    days = ", ".join(DAYS[day] for day in found.plan.days)
    return f"{counted(found.weeks, 'week')} of {days}; counts, hours and minutes are those of one week on average."


def markdown(report: SimulationReport) -> str:
    """The tables with every side of each queue and person, and what the change does, in sentences."""
    sides, first = report.sides, report.sides[0][1]
    lines = [report.heading, ""]
    lines += _table(_queue_columns(first), [row for name in first.queues for row in _queue_rows(name, sides)])
    names = dict.fromkeys(name for _, side in sides for name in side.people)
    columns = [("person", False), ("hours", True), ("talks", True), ("missed", True), ("occupancy", True)]
    lines += ["", *_table(columns, [row for name in names for row in _people_rows(name, sides)])]
    if report.change:
        sentences = [*compared(sides[-2][1], sides[-1][1])] or ["No wait changes by more than chance."]
        lines += ["", f"What {report.change} does:", "", *(f"* {line}" for line in sentences)]
    return "\n".join(lines) + "\n"


def report_json(report: SimulationReport) -> dict[str, Any]:
    """Plain data: the figures alone where there is one side, else those of each side by its title."""
    if len(report.sides) == 1:
        return as_json(report.sides[0][1])
    sides = {title: as_json(side) for title, side in report.sides}
    return {"change": report.change, **sides} if report.change else sides


def _queue_columns(found: Figures) -> list[Column]:
    within = clock(found.plan.within_ms)
    right = (
        "calls", "p50 wait", "p90 wait", "longest", f"in {within}", "of answered", "abandoned",
        f"below {clock(found.plan.short_ms)}", "unserved", "refused", "callbacks", "reached", "paid min",
    )  # fmt: skip
    return [("queue", False), *((title, True) for title in right)]


def _queue_rows(name: str, sides: Sequence[tuple[str, Figures]]) -> Iterator[list[str]]:
    for title, side in sides:
        if (queue := side.queues.get(name)) is not None:
            yield [f"{name}, {title}" if title else name, *_queue_cells(queue, side.weeks)]


def _queue_cells(queue: QueueFigures, weeks: int) -> Iterator[str]:
    yield _mean(queue.calls, weeks)
    for of in (0.5, 0.9, 1.0):
        wait = percentile(queue.waits, of)
        yield "-" if wait is None else clock(wait)
    yield percent(queue.service_level)
    yield percent(queue.service_level_answered)
    for count in (queue.abandoned, queue.short, queue.unserved, queue.refused, queue.callbacks, queue.reached):
        yield _mean(count, weeks)
    yield _mean(queue.paid_ms / 60_000, weeks)


def _people_rows(name: str, sides: Sequence[tuple[str, Figures]]) -> Iterator[list[str]]:
    for title, side in sides:
        if (time := side.people.get(name)) is not None:
            hours = f"{time.there_ms / side.weeks / HOUR_MS:.1f}"
            counts = [_mean(time.talks, side.weeks), _mean(time.missed, side.weeks)]
            yield [f"{name}, {title}" if title else name, hours, *counts, percent(time.occupancy)]


def _mean(count: float, weeks: int) -> str:
    mean = count / weeks
    return f"{mean:.0f}" if mean >= 10 or mean == int(mean) else f"{mean:.1f}"


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(title), *(len(row[at]) for row in rows)) for at, (title, _) in enumerate(columns)]

    def line(cells: Sequence[str]) -> str:
        padded = zip(cells, widths, columns, strict=True)
        return (
            "| "
            + " | ".join(cell.rjust(wide) if right else cell.ljust(wide) for cell, wide, (_, right) in padded)
            + " |"
        )

    rule = (
        "|"
        + "|".join("-" * (wide + 1) + (":" if right else "-") for wide, (_, right) in zip(widths, columns, strict=True))
        + "|"
    )
    return [line([title for title, _ in columns]), rule, *(line(row) for row in rows)]
