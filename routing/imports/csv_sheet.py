"""A spreadsheet saved as CSV: its separator, its columns by many names, what Excel does to numbers."""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from routing.imports.fault import ImportFault
from routing.imports.names import comment
from routing.imports.opened import opened
from routing.imports.rows import Row

#: A sheet of this size is no list of people.
LONGEST = 1 << 26
#: Our column -> other names of it, in lower case.
COLUMNS = {
    "extension": ("ext", "internal", "внутрішній", "внутренний", "внутрішній номер", "внутренний номер"),
    "name": ("full name", "effective_caller_id_name", "ім'я", "имя", "піб", "фио"),
    "mobile": ("phone", "cell", "mobile phone", "мобільний", "мобильный", "телефон"),
    "email": ("e-mail", "mail", "voicemail_email", "voicemail_mail_to", "пошта", "почта"),
    "groups": ("group", "department", "call_group", "групи", "группы", "відділ", "отдел"),
    "account": ("sip", "sip account", "device"),
    "confirm": ("key",),
    "number": ("did", "company number", "номер"),
    "scheme": ("schema", "схема"),
    "title": ("note",),
    "hours": ("open", "години", "часы", "графік", "график"),
    "rings": ("ring", "who rings", "to", "дзвонить", "звонит", "кому"),
    "order": ("strategy",),
    "seconds": ("for", "ring time", "секунди", "секунды"),
    "voicemail": ("then", "голосова пошта", "голосовая почта"),
}
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)


@dataclass
class Sheet:
    """Rows of one file, by our names of the columns; ``problems`` has every wrong cell."""

    path: Path
    columns: list[str] = field(default_factory=list)
    #: Our name -> the name in the file.
    headings: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def wrong(self, row: Row, column: str, message: str) -> None:
        """Note a wrong cell."""
        shown = self.headings.get(column, column)
        self.problems.append(f"{self.path}: row {row.line}, column {comment(shown, 40)}: {comment(message, 400)}")


def read_sheet(path: Path, encoding: str) -> Sheet:
    """The sheet. Raises ImportFault when it is none."""
    with opened(path) as stream:
        data = stream.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise ImportFault(f"{path} has more than {LONGEST >> 20} MB: this is no sheet of people or numbers")
    sheet = Sheet(path)
    text = _decoded(path, data, encoding)
    lines = text.splitlines()
    skipped = 1 if lines and re.fullmatch(r"sep=[,;\t|]", lines[0].strip(), re.IGNORECASE) else 0
    heading = lines[skipped] if len(lines) > skipped else ""
    separator = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO("\n".join(lines[skipped:]), newline=""), delimiter=separator, strict=True)
    try:
        _fill(sheet, reader, skipped)
    except csv.Error as error:
        raise ImportFault(
            f"{path}: row {reader.line_num + skipped}: {error}: save the sheet as CSV UTF-8 again"
        ) from None
    return sheet


def _decoded(path: Path, data: bytes, encoding: str) -> str:
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        what = f"{path}: row {row} is not {encoding}"
        raise ImportFault(f"{what}: save the sheet as CSV UTF-8, or name its encoding: `--encoding cp1251`") from None


def _fill(sheet: Sheet, reader: csv._reader, skipped: int) -> None:  # type: ignore[name-defined]
    names = {other: ours for ours, others in COLUMNS.items() for other in (ours, *others)}
    for cells in reader:
        line = reader.line_num + skipped
        if not any(cell.strip() for cell in cells):
            continue
        if not sheet.columns:
            headings = [cell.strip() for cell in cells]
            sheet.columns = [names.get(each.lower(), each.lower()) for each in headings]
            sheet.headings = dict(zip(sheet.columns, headings, strict=True))
            continue
        row = Row(sheet.path.name, line, dict(zip(sheet.columns, cells, strict=False)))
        if len(cells) > len(sheet.columns) and any(cell.strip() for cell in cells[len(sheet.columns) :]):
            sheet.problems.append(f"{sheet.path}: row {line} has {len(cells)} cells for {len(sheet.columns)} columns")
        for column, cell in row.values.items():
            if _SCIENTIFIC.fullmatch(cell.strip()):
                sheet.wrong(row, column, f"`{cell.strip()}` is a number that Excel has rounded: {AS_TEXT}")
        sheet.rows.append(row)


AS_TEXT = "format the column as text, and write the number anew"
