"""Fills a report from the prepared figures: those of all calls, or of what one head sees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from routing.desk.report import TABLES, CallReport, ReportFocus, heat_map
from routing.desk.report_period import ReportPeriod
from routing.journal.figure_days import day
from routing.journal.figures import CallSums
from routing.journal.figures_read import FigureReader


def read_report(reader: FigureReader, period: ReportPeriod, focus: ReportFocus, zone: ZoneInfo) -> CallReport:
    """The report of a period. Tables are of all calls of the reader: a focus narrows only the rest."""
    begin, end = _span(period.first, period.last, zone)
    names = reader.by_name(TABLES, begin, end)
    days = reader.by_day(begin, end, focus.kind, focus.name)
    each_day = [(one, days.get(day(one, zone).begin, CallSums())) for one in period.days]
    heat = heat_map(reader.by_hour_of_week(begin, end, zone, focus.kind, focus.name))
    before = reader.by_day(*_span(*period.before, zone), focus.kind, focus.name)
    return CallReport(period, focus, _total(days), _total(before), each_day, heat, names)


def _span(first: date, last: date, zone: ZoneInfo) -> tuple[int, int]:
    return day(first, zone).begin, day(last, zone).end


def _total(days: Mapping[int, CallSums]) -> CallSums:
    found = CallSums()
    for each in days.values():
        found.add(each)
    return found
