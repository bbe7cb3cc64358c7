"""Exports of the journal: exactly the calls of the filter on the screen, as CSV or XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import Flask, Response, abort, request

from routing.desk import journal_query
from routing.desk.call_traces import EXPORTED
from routing.desk.current import needs, note, plan, services, texts
from routing.desk.exported import TITLES, ExportTexts, as_csv, as_xlsx
from routing.desk.journal_filter import JournalFilter, JournalPlace, ignored
from routing.desk.journal_query import JournalScope
from routing.desk.journal_rows import JournalRow, row_of
from routing.desk.journal_seen import chosen_filter, database_filter, number_view, scope
from routing.desk.noted_filter import noted
from routing.model.desk import Right

#: Calls of one export; it says when there are more.
MOST_EXPORTED = 200_000
_AT_ONCE = 1000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Spreadsheets of these languages have a comma in their numbers, so a semicolon stands between cells.
_SEMICOLON = ("uk", "ru", "pl")
_Export = Callable[[Iterator[Sequence[JournalRow] | None], ExportTexts], Iterator[bytes]]


def add(app: Flask) -> None:
    """Their addresses."""
    app.add_url_rule("/export/journal.csv", "export_csv", export_csv)
    app.add_url_rule("/export/journal.xlsx", "export_xlsx", export_xlsx)


@needs(Right.EXPORT)
def export_csv() -> Any:
    """As CSV."""
    return _sent("csv", "text/csv; charset=utf-8", as_csv)


@needs(Right.EXPORT)
def export_xlsx() -> Any:
    """As XLSX."""
    return _sent("xlsx", _XLSX, as_xlsx)


def _sent(form: str, content_type: str, export: _Export) -> Response:
    chosen = chosen_filter()
    if ignored(request.args, chosen):  # never more than was asked for
        abort(400)
    if request.method == "GET":
        note(EXPORTED, noted(chosen, plan().country), form)
    day = datetime.fromtimestamp(services().now(), plan().zone).date().isoformat()
    answer = Response(export(_pages(database_filter(chosen), scope()), _texts()), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="calls-{day}.{form}"'
    return answer


def _texts() -> ExportTexts:
    t = texts()
    return ExportTexts(
        titles=[f"{t(TITLES[0])} ({plan().zone})", *map(t, TITLES[1:])],
        status=lambda name: t.or_plain(f"status.{name}", name),
        direction=lambda name: t.or_plain(f"direction.{name}", name),
        sound=lambda name: t.or_plain(f"journal.{name}", name),
        cut=t("journal.cut", calls=t.count("journal.calls", MOST_EXPORTED)),
        zone=plan().zone,
        separator=";" if t.language in _SEMICOLON else ",",
    )


def _pages(criteria: JournalFilter, seen: JournalScope) -> Iterator[Sequence[JournalRow] | None]:
    """The rows, page by page; None where the export is cut. What the request knows is read before the answer begins."""
    database, numbers, names = services().database, number_view(), plan()
    return _read(lambda place: journal_query.page(database, criteria, seen, place, _AT_ONCE),
                 lambda facts: row_of(facts, numbers, names.shown, names.scheme_shown), MOST_EXPORTED)  # fmt: skip


def _read(
    page: Callable[[JournalPlace | None], journal_query.JournalPage], row: Callable[[Any], JournalRow], most: int
) -> Iterator[Sequence[JournalRow] | None]:
    place, left = None, most
    while True:
        found = page(place)
        yield [row(facts) for facts in found.rows[:left]]
        if len(found.rows) > left:
            yield None
            return
        left -= len(found.rows)
        if found.more:
            place = JournalPlace(found.rows[-1]["started"], found.rows[-1]["id"])
        elif found.looked:
            place = found.looked
        else:
            return
