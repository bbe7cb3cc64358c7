"""Reports: missed share, waits, days, hours of the week, people, schemes, numbers, sources and queues."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask, Response, abort, render_template, request, url_for

from routing.desk.addresses import query
from routing.desk.current import needs, note, plan, services, texts, user
from routing.desk.report import TABLES, CallReport, ReportFocus
from routing.desk.report_columns import COLUMNS, DAY_COLUMNS, sort_of
from routing.desk.report_file import as_csv, as_xlsx
from routing.desk.report_period import PERIODS, ReportPeriod, period_of
from routing.desk.report_source import read_report
from routing.desk.report_view import MOST_DAY_ROWS, day_rows, tables, tiles, week_rows
from routing.journal.figures import EVERYTHING, FigureView
from routing.journal.figures_read import FigureReader
from routing.model.desk import Right

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 200


def add(app: Flask) -> None:
    """Its addresses."""
    app.add_url_rule("/reports", "reports", reports)
    app.add_url_rule("/reports/export.xlsx", "report_xlsx", report_xlsx)
    app.add_url_rule("/reports/<table>.csv", "report_csv", report_csv)


@needs(Right.REPORTS)
def reports() -> Any:
    """The page; ``period`` or ``since`` and ``until``, ``by`` and ``name`` choose the calls, ``sort`` sorts a table."""
    reader, period, focus = _reader(), _period(), _focus()
    sort = sort_of(request.args.get("sort", ""))
    report = read_report(reader, period, focus, plan().zone)
    by_week = len(report.days) > MOST_DAY_ROWS
    chosen = {**period.parameters, **focus.parameters}
    return render_template(
        "reports.html", report=report, period=period, focus=focus, periods=PERIODS, chosen=chosen,
        focus_shown=_shown(focus), tiles=tiles(report, texts()), by_week=by_week,
        days=(week_rows if by_week else day_rows)(report, texts()),
        day_columns=DAY_COLUMNS, tables=list(tables(report, texts(), plan().named, sort)),
        sort=request.args.get("sort", "") if sort.table else "", behind=reader.behind(), is_there=reader.is_there(),
        today=_today(), query=query, titles=_titles(), calls_path=url_for("journal"), reports_path=url_for("reports"),
    )  # fmt: skip


@needs(Right.EXPORT)
def report_xlsx() -> Any:
    """Every table of the report as a workbook."""
    report = _exported("report.xlsx")
    found = as_xlsx(report, texts(), plan().named, sort_of(request.args.get("sort", "")))
    return _file(found, _XLSX, "xlsx", report.period)


@needs(Right.EXPORT)
def report_csv(table: str) -> Any:
    """One table, or the days, as CSV."""
    if table not in (*TABLES, "days"):
        abort(404)
    report = _exported(f"{table}.csv")
    found = as_csv(report, table, texts(), plan().named, sort_of(request.args.get("sort", "")))
    return _file(found, "text/csv; charset=utf-8", "csv", report.period, table)


def _titles() -> dict[str, str]:
    """The titles of all columns."""
    columns = {column.key for each in (DAY_COLUMNS, *COLUMNS.values()) for column in each}
    return {key: texts()(f"reports.column.{key}") for key in columns}


def _exported(file: str) -> CallReport:
    period = _period()
    note("export_report", file, " – ".join(period.dates.values()))
    return read_report(_reader(), period, _focus(), plan().zone)


def _file(content: bytes, kind: str, ending: str, period: ReportPeriod, name: str = "report") -> Response:
    file = f"{name}-{period.first.isoformat()}-{period.last.isoformat()}.{ending}"
    return Response(content, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{file}"'})


def _reader() -> FigureReader:
    """What the user may see: a head the calls of their people, others all."""
    view = EVERYTHING if user().sees_all else FigureView(people=user().people)
    return FigureReader(services().database, plan().project, view.id)


def _period() -> ReportPeriod:
    return period_of(request.args, _today())


def _today() -> date:
    return datetime.fromtimestamp(services().now(), plan().zone).date()


def _focus() -> ReportFocus:
    by, name = request.args.get("by", ""), request.args.get("name", "")[:_LONGEST_NAME]
    return ReportFocus(by, name) if by in TABLES and name else ReportFocus()


def _shown(focus: ReportFocus) -> str:
    return plan().named(focus.kind, focus.name)
