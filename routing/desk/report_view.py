"""A report with texts: tiles with what changed, tables with links into the journal; for pages, mails, files. Pure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from routing.desk.report import MOST_ROWS, CallReport
from routing.desk.report_columns import (
    COUNT,
    DAY_COLUMNS,
    SHARE,
    SPAN,
    ReportColumn,
    ReportSort,
    columns_of,
    sorted_names,
)
from routing.desk.texts import Texts
from routing.journal.figures import CallSums

#: A longer period is shown by week.
MOST_DAY_ROWS = 62
GOOD, BAD, SAME = "good", "bad", "quiet"
#: Up is good, or down is, or neither.
_UP, _DOWN, _NEITHER = 1, -1, 0


@dataclass(frozen=True, slots=True)
class ReportTile:
    """A figure. ``delta``: what changed, "" for nothing to compare with; ``arrow``: up, down or ""; ``tone``: whether
    that is good; ``filters``: of the journal."""

    key: str
    value: str
    detail: str
    delta: str
    arrow: str
    tone: str
    before: str
    filters: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A value as shown and as a number; ``filters``: of the journal, None without calls to look at."""

    shown: str
    value: float
    filters: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A row of a table. ``name``: as it is stored; ``shown``: as people read it."""

    name: str
    shown: str
    cells: Sequence[ReportCell]


@dataclass(frozen=True)
class ReportTable:
    """A table. ``more``: how many rows are not shown; ``sort``: its column and whether it rises."""

    kind: str
    columns: Sequence[ReportColumn]
    rows: Sequence[ReportRow]
    more: int
    sort: tuple[str, bool]


@dataclass(frozen=True, slots=True)
class _TileKind:
    key: str
    form: str
    value: Callable[[CallSums], float]
    better: int
    status: str | None = None


_TILES = (
    _TileKind("calls", COUNT, lambda sums: sums.incoming, _NEITHER, ""),
    _TileKind("missed_share", SHARE, lambda sums: sums.missed_share, _DOWN, "missed"),
    _TileKind("in_time", SHARE, lambda sums: sums.in_time_share, _UP, "answered"),
    _TileKind("mean_wait", SPAN, lambda sums: sums.mean_wait_s, _DOWN, "answered"),
    _TileKind("never_reached", COUNT, lambda sums: sums.never_reached, _DOWN),
    _TileKind("mean_talk", SPAN, lambda sums: sums.mean_talk_s, _NEITHER, "answered"),
)


def tiles(report: CallReport, texts: Texts) -> list[ReportTile]:
    """The first figures."""
    return [_tile(kind, report, texts) for kind in _TILES]


def _tile(kind: _TileKind, report: CallReport, texts: Texts) -> ReportTile:
    now, before = kind.value(report.total), kind.value(report.before)
    delta, change = _delta(kind.form, now, before, texts) if report.before.incoming else ("", 0.0)
    tone = SAME if not change or kind.better == _NEITHER else GOOD if change * kind.better > 0 else BAD
    filters = report.focus.filters
    if kind.status is None or filters is None:
        link = None
    else:
        link = report.period.dates | filters | {"direction": "in"} | ({"status": kind.status} if kind.status else {})
    return ReportTile(
        kind.key, _shown(kind.form, now, texts), _detail(kind.key, report.total, texts), delta,
        "up" if change > 0 else "down" if change < 0 else "", tone,
        _shown(kind.form, before, texts) if report.before.incoming else "", link,
    )  # fmt: skip


def _detail(key: str, total: CallSums, texts: Texts) -> str:
    """A second figure in words."""
    match key:
        case "calls":
            return texts("reports.detail.calls", answered=texts.number(total.answered), n=texts.number(total.outgoing))
        case "missed_share":
            return texts("reports.detail.missed_share", n=texts.number(total.missed))
        case "in_time":
            return texts("reports.detail.in_time", share=texts.percent(total.in_time_of_all))
        case "mean_wait":
            return texts("reports.detail.mean_wait", span=texts.span(total.longest_s))
        case "never_reached":
            reached = texts.span(total.mean_reached_s)
            return texts("reports.detail.never_reached", n=texts.number(total.reached), span=reached)
    return texts("reports.detail.mean_talk", n=texts.number(total.proper), repeats=texts.number(total.repeats))


def _delta(form: str, now: float, before: float, texts: Texts) -> tuple[str, float]:
    """What changed, as text and as a number; 0 where the text would show nothing."""
    if form == SHARE:
        points = round(now * 100) - round(before * 100)
        return texts("reports.points", n=texts.number(abs(points))), points
    if form == SPAN:
        seconds = round(now) - round(before)
        return texts.span(abs(seconds)), seconds
    if not before:
        return (texts.number(now), now) if now else ("", 0.0)
    share = (now - before) / before
    return texts.percent(abs(share)), share if round(abs(share), 2) else 0.0


def _shown(form: str, value: float, texts: Texts) -> str:
    if form == SHARE:
        return texts.percent(value)
    return texts.span(value) if form == SPAN else texts.number(value)


def tables(
    report: CallReport, texts: Texts, named: Callable[[str, str], str], sort: ReportSort, most: int = MOST_ROWS
) -> Iterator[ReportTable]:
    """The tables that have rows. ``named``: a kind and a name -> how people read it."""
    for kind, rows in report.tables.items():
        shown = functools.partial(named, kind)
        names = sorted_names(kind, rows, sort, shown)
        links, columns = {**report.period.dates}, columns_of(kind, report.total)
        found = [_row(name, shown(name), columns, rows[name], links | {kind: name}, texts) for name in names[:most]]
        if found:
            yield ReportTable(kind, columns, found, len(names) - len(found), sort.of(kind))


def week_rows(report: CallReport, texts: Texts) -> list[ReportRow]:
    """The weeks from Monday to Sunday, oldest first; the period may cut the first and the last."""
    weeks: dict[date, list[tuple[date, CallSums]]] = {}
    for one, sums in report.days:
        weeks.setdefault(one - timedelta(days=one.weekday()), []).append((one, sums))
    rows = []
    for days in weeks.values():
        first, last, total = days[0][0], days[-1][0], CallSums()
        for _, sums in days:
            total.add(sums)
        dates = {"since": first.isoformat(), "until": last.isoformat()}
        links = None if report.focus.filters is None else dates | report.focus.filters
        shown = f"{texts.day(first, 'd MMM')} – {texts.day(last, 'd MMM')}"
        rows.append(_row(first.isoformat(), shown, DAY_COLUMNS, total, links, texts))
    return rows


def day_rows(report: CallReport, texts: Texts) -> list[ReportRow]:
    """The days, oldest first."""
    filters = report.focus.filters
    rows = []
    for one, sums in report.days:
        dates = {"since": one.isoformat(), "until": one.isoformat()}
        links = dates | filters if filters is not None else None
        rows.append(_row(one.isoformat(), texts.day(one), DAY_COLUMNS, sums, links, texts))
    return rows


def _row(
    name: str, shown: str, columns: Sequence[ReportColumn], sums: CallSums, links: Mapping[str, str] | None,
    texts: Texts,
) -> ReportRow:  # fmt: skip
    cells = []
    for column in columns:
        value = column.value(sums)
        has_calls = links is not None and column.journal is not None and value
        filters = {**(links or {}), **(column.journal or {})} if has_calls else None
        cells.append(ReportCell(column.shown(sums, texts), value, filters))
    return ReportRow(name, shown, cells)
