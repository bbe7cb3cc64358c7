"""A report's tables as files: CSV as the page shows them, XLSX with numbers that can be counted with."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence

import xlsxwriter

from routing.desk.exported import neutral
from routing.desk.report import CallReport
from routing.desk.report_columns import COUNT, DAY_COLUMNS, MEAN, SCORED, SHARE, ReportColumn, ReportSort
from routing.desk.report_view import ReportRow, day_rows, tables, tiles
from routing.desk.texts import Texts
from routing.journal.figures import NUMBER

_MOST = 100_000
_DAY_SECONDS = 86400
_NUMBER = re.compile(r"\+?\d[\d ]*")
Shown = Callable[[str, str], str]


def as_csv(report: CallReport, table: str, texts: Texts, named: Shown, sort: ReportSort) -> bytes:
    """One table with a byte order mark, by which spreadsheets know UTF-8. ``table``: a kind, or ``days``."""
    written = io.StringIO()
    rows = csv.writer(written)
    for title, columns, found in _sheets(report, texts, named, sort):
        if title == table:
            rows.writerow([texts(f"reports.by.{title}"), *_titles(columns, texts)])
            rows.writerows([harmless(_first(title, row)), *(cell.shown for cell in row.cells)] for row in found)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(report: CallReport, texts: Texts, named: Shown, sort: ReportSort) -> bytes:
    """A workbook: the first figures, the days, each table."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        forms = {COUNT: book.add_format({"num_format": "#,##0"}), SHARE: book.add_format({"num_format": "0%"})}
        forms |= {MEAN: book.add_format({"num_format": "0.0"}), SCORED: forms[COUNT]}
        span = book.add_format({"num_format": "[h]:mm:ss"})
        first = book.add_worksheet(texts("nav.reports")[:31])
        first.set_column(0, 3, 24)
        for at, tile in enumerate(tiles(report, texts)):
            first.write_row(at, 0, [texts(f"reports.column.{tile.key}"), tile.value, tile.detail, tile.before])
        for title, columns, rows in _sheets(report, texts, named, sort):
            sheet = book.add_worksheet(texts(f"reports.by.{title}")[:31])
            sheet.set_column(0, 0, 28)
            sheet.freeze_panes(1, 1)
            sheet.write_row(0, 0, [texts(f"reports.by.{title}"), *_titles(columns, texts)], bold)
            for at, row in enumerate(rows, 1):
                sheet.write_string(at, 0, _first(title, row))
                for place, (column, cell) in enumerate(zip(columns, row.cells, strict=True), 1):
                    is_span = column.form not in forms
                    value = cell.value / _DAY_SECONDS if is_span else cell.value
                    sheet.write_number(at, place, value, span if is_span else forms[column.form])
    return file.getvalue()


def _sheets(
    report: CallReport, texts: Texts, named: Shown, sort: ReportSort
) -> Iterator[tuple[str, Sequence[ReportColumn], Sequence[ReportRow]]]:
    yield "days", DAY_COLUMNS, day_rows(report, texts)
    for table in tables(report, texts, named, sort, _MOST):
        yield table.kind, table.columns, table.rows


def _first(kind: str, row: ReportRow) -> str:
    """The name of a row; a number and a day as programs read them."""
    return row.name if kind in (NUMBER, "days") else row.shown


def _titles(columns: Sequence[ReportColumn], texts: Texts) -> list[str]:
    return [texts(f"reports.column.{column.key}") for column in columns]


def harmless(text: str) -> str:
    """Text that no spreadsheet computes; telephone numbers stay."""
    return text if _NUMBER.fullmatch(text) else neutral(text)
