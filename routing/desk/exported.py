"""The journal as CSV and XLSX: the rows of the screen in the same order, as programs read them.

No cell is a formula: in CSV a text that a spreadsheet would compute begins with an apostrophe, as one types it there;
who reads the file by program takes one apostrophe off. A number keeps its plus that way. In XLSX such cells are texts.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import xlsxwriter

from routing.desk.journal_rows import JournalRow

#: Beginnings that spreadsheets compute or drop; the apostrophe too, so that taking one off gives the text back.
_COMPUTED = frozenset("=+-@\t\r\n'\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}"
                      "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip
#: Of a file that is sent.
_CHUNK = 64 * 1024
#: A byte order mark: Excel reads UTF-8 by it.
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DATES = "yyyy-mm-dd hh:mm:ss"


@dataclass(frozen=True)
class ExportTexts:
    """What an export says: the columns' titles in order, statuses and directions, ``cut``: that it is cut."""

    titles: Sequence[str]
    status: Callable[[str], str]
    direction: Callable[[str], str]
    sound: Callable[[str], str]
    cut: str
    zone: tzinfo
    #: What a spreadsheet of this language expects between cells.
    separator: str = ","


#: The titles' keys, in the order of the cells.
TITLES = (
    "journal.time", "journal.direction", "journal.client_name", "journal.client", "journal.status", "journal.person",
    "journal.wait_s", "journal.talk_s", "journal.number", "journal.scheme", "journal.source", "journal.tag",
    "journal.sound", "journal.rating", "call.id",
)  # fmt: skip


def cells(row: JournalRow, wording: ExportTexts) -> list[str | float | datetime]:
    """The cells of a row: texts, seconds, and the time in the project's zone."""
    return [
        datetime.fromtimestamp(row.started, wording.zone).replace(tzinfo=None, microsecond=0),
        wording.direction(row.direction),
        row.client_name,
        row.client_e164,
        wording.status(row.status),
        row.who,
        round(row.wait_s, 1),
        round(row.talk_s, 1) if row.talked else "",
        row.number_e164,
        row.scheme,
        row.source,
        " ".join(row.tags),
        wording.sound(row.sound) if row.sound else "",
        row.rating or "",
        row.id,
    ]


def neutral(text: str) -> str:
    """A text that no spreadsheet computes."""
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}")[:1] in _COMPUTED and text else text


def as_csv(pages: Iterator[Sequence[JournalRow] | None], wording: ExportTexts) -> Iterator[bytes]:
    """The file, page by page; None among the pages: here it is cut."""
    out = io.StringIO(_MARK)
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out, delimiter=wording.separator)
    writer.writerow([neutral(title) for title in wording.titles])
    for page in pages:
        if page is None:
            writer.writerow([neutral(wording.cut)])
        for row in page or ():
            writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in cells(row, wording)])
        yield out.getvalue().encode("utf-8", "replace")
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode("utf-8", "replace")


def as_xlsx(pages: Iterator[Sequence[JournalRow] | None], wording: ExportTexts) -> Iterator[bytes]:
    """The workbook: made in a file, so that its size takes no memory, then sent."""
    with tempfile.TemporaryFile() as file:
        _workbook(file, pages, wording)
        file.seek(0)
        while part := file.read(_CHUNK):
            yield part


def _workbook(file: Any, pages: Iterator[Sequence[JournalRow] | None], wording: ExportTexts) -> None:
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold, times = book.add_format({"bold": True}), book.add_format({"num_format": _DATES})
        plain = book.add_format({"quote_prefix": True})
        sheet.freeze_panes(1, 0)
        for at, width in enumerate((19, 12, 24, 17, 20, 22, 10, 10, 17, 16, 24, 20, 16, 8, 38)):
            sheet.set_column(at, at, width)
        for at, title in enumerate(wording.titles):
            sheet.write_string(0, at, title, bold)
        number = 1
        for page in pages:
            if page is None:
                sheet.write_string(number, 0, wording.cut, bold)
            for row in page or ():
                _write(sheet, number, cells(row, wording), times, plain)
                number += 1


def _write(sheet: Any, number: int, row: Sequence[str | float | datetime], times: Any, plain: Any) -> None:
    for at, cell in enumerate(row):
        if isinstance(cell, datetime):
            sheet.write_datetime(number, at, cell, times)
        elif isinstance(cell, str):
            if cell:
                sheet.write_string(number, at, cell, plain if neutral(cell) != cell else None)
        else:
            sheet.write_number(number, at, cell)
