"""Reads the tables that are wanted from a dump as text: `pg_dump` (COPY or INSERT) and `mysqldump`.

Everything else is passed over in the stream: a dump may have hundreds of megabytes of call records. Our own reader,
because parsers of SQL hold a whole statement as a tree: sqlglot 30 takes minutes and gigabytes for what this reads in
seconds. Only what a dump contains is understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import BinaryIO

from routing.imports.buffer import LONGEST, REACH, DumpWindow
from routing.imports.fault import ImportFault
from routing.imports.literals import copied, literal
from routing.imports.names import comment
from routing.imports.rows import Row, Tables

#: More rows than any company has of phones, groups and hours.
MOST_ROWS = 1_000_000
_NAME = rb"(?:[`\"\[]?\w+[`\"\]]?\s*\.\s*)?[`\"\[]?(\w+)[`\"\]]?"
_BETWEEN = re.compile(rb"(?:\s++|;|--[^\n]*+\n?|\\[^\n]*+\n?|/\*(?:[^*]++|\*(?!/))*+\*/)++")
_HEAD = re.compile(rb"[A-Za-z]\w*(?:\s+(?:INTO|IGNORE|TABLE|IF|NOT|EXISTS|TEMPORARY|UNLOGGED)\b)*\s*", re.IGNORECASE)
_TABLE = re.compile(_NAME + rb"\s*", re.IGNORECASE)
_COLUMNS = re.compile(rb"\(([^()]*+)\)\s*")
_VALUES = re.compile(rb"(?:OVERRIDING\s+\w+\s+VALUE\s+)?VALUES?\s*", re.IGNORECASE)
_OPEN, _COMMA, _CLOSE = (re.compile(re.escape(sign) + rb"\s*") for sign in (b"(", b",", b")"))
_FROM_STDIN = re.compile(rb"FROM\s+stdin\s*(?:WITH\s*)?;[ \t]*\r?\n", re.IGNORECASE)
_LINE = re.compile(rb"[^\n]*+\n?")
_COPY_END = re.compile(rb"\\\.\r?\n?")
_CLOSING = re.compile(rb"-- (?:PostgreSQL database )?dump complete", re.IGNORECASE)
#: The databases of FreePBX and FusionPBX.
_DATABASES = frozenset({b"asterisk", b"freepbx", b"fusionpbx"})
_NOT_COLUMNS = frozenset(
    {b"PRIMARY", b"KEY", b"UNIQUE", b"CONSTRAINT", b"INDEX", b"FULLTEXT", b"SPATIAL", b"CHECK", b"FOREIGN", b"EXCLUDE"}
)


def _string(backslashes: bool) -> bytes:
    escaped = rb"'(?:[^'\\]++|\\.|'')*+'"
    plain = rb"(?<=[eE])" + escaped + rb"|'(?:[^']++|'')*+'"
    return escaped if backslashes else plain


def _value(backslashes: bool) -> re.Pattern[bytes]:
    quoted = rb"(?:_\w+\s*)?[A-Za-z]?(?:" + _string(backslashes) + rb")"
    return re.compile(rb"(" + quoted + rb"|[-+\w.]++(?:\(\d*\))?)(?:::[\w \"\[\].]++)?\s*", re.DOTALL)


def _passing(backslashes: bool) -> re.Pattern[bytes]:
    """Whole tokens of a statement up to its semicolon; group 1 is the last one, which may go on behind the window."""
    return re.compile(
        rb"(?:([^'\"`;/\-$]++|" + _string(backslashes) + rb"|\"[^\"]*+\"|`[^`]*+`|\$(\w*)\$.*?\$\2\$"
        rb"|/\*(?:[^*]++|\*(?!/))*+\*/|--[^\n]*+\n|/(?!\*)|-(?!-)|\$(?!\w*\$)))*+",
        re.DOTALL,
    )


class DumpReader:
    """Reads one dump. ``mysql``: whether backslashes escape, and the way it was written."""

    def __init__(self, stream: BinaryIO, tables: Iterable[str], *, mysql: bool, encoding: str = "utf-8") -> None:
        self._window = DumpWindow(stream)
        self._tables_read = frozenset(tables)
        self._mysql = mysql
        self._encoding = encoding
        self._tables = Tables()
        self._columns: dict[str, list[str]] = {}
        self._value = _value(mysql)
        self._passing = _passing(mysql)
        self._rows = 0
        #: A dump of several databases says which one follows; tables of the same names may be in others.
        self._is_ours = True

    def read(self) -> Tables:
        """Every wanted row. Raises ImportFault where the dump is cut or no dump."""
        window = self._window
        closed = False
        while not window.is_at_end:
            if between := window.take(_BETWEEN, LONGEST if window.starts_with(b"/*") else REACH):
                closed = bool(_CLOSING.search(between[0])) or closed
                continue
            self._statement()
        if not self._tables.names:
            raise ImportFault("this is no SQL dump: it creates and fills no table")
        if not closed:
            self._tables.notes.append("the dump has no closing line, `dump complete`: make sure that it is whole")
        return self._tables

    def _statement(self) -> None:
        window = self._window
        head = window.take(_HEAD)
        word = head[0].split()[0].upper() if head else b""
        if word == b"USE" and (found := window.take(_TABLE)):
            self._is_ours = found[1].lower() in _DATABASES
        is_other_object = word == b"CREATE" and head is not None and b"TABLE" not in head[0].upper()
        if word not in (b"INSERT", b"REPLACE", b"COPY", b"CREATE") or is_other_object:
            self._pass_statement("a statement")
            return
        found = window.take(_TABLE)
        table = found[1].decode("ascii", "replace").lower() if found else ""
        table = table if self._is_ours else f"other.{table}"
        self._tables.names.add(table)
        if word == b"CREATE":
            self._create(table)
        elif word == b"COPY":
            self._copy(table)
        else:
            self._insert(table)

    def _create(self, table: str) -> None:
        """The columns in their order, for rows that name none."""
        start = self._window.line
        text = self._pass_statement(f"the definition of table {table}", keep=table in self._tables_read)
        if table not in self._tables_read:
            return
        columns = []
        for part in _split(text.partition(b"(")[2]):
            found = re.match(rb"\s*[`\"\[]?(\w+)", part)
            if found and found[1].upper() not in _NOT_COLUMNS:
                columns.append(found[1].decode().lower())
        if not columns:
            raise ImportFault(f"line {start}: the definition of table {table} has no columns")
        self._columns[table] = columns

    def _copy(self, table: str) -> None:
        window = self._window
        listed = window.take(_COLUMNS)
        if not window.take(_FROM_STDIN):
            self._pass_statement(f"COPY of table {table}")
            return
        columns = _names(listed[1]) if listed else self._known(table)
        while not window.take(_COPY_END):
            if window.is_at_end:
                raise self._cut(table)
            if table not in self._tables_read:
                window.pass_until(b"\n\\.")
                continue
            line, found = window.line, window.take(_LINE)
            assert found
            self._add(table, line, columns, [copied(each) for each in found[0].rstrip(b"\r\n").split(b"\t")])

    def _insert(self, table: str) -> None:
        window = self._window
        if table not in self._tables_read:
            self._pass_statement(f"table {table}")
            return
        listed = window.take(_COLUMNS)
        columns = _names(listed[1]) if listed else self._known(table)
        if not window.take(_VALUES):
            raise self._strange(table)
        while True:
            line = window.line
            self._add(table, line, columns, self._row(table))
            if not window.take(_COMMA):
                break
        self._pass_statement(f"table {table}")

    def _row(self, table: str) -> list[bytes | None]:
        window, values = self._window, []
        if not window.take(_OPEN):
            raise self._strange(table)
        while True:
            found = window.take(self._value, LONGEST)
            if not found:
                raise self._strange(table)
            values.append(literal(found[1], backslashes=self._mysql))
            if window.take(_CLOSE):
                return values
            if not window.take(_COMMA):
                raise self._strange(table)

    def _add(self, table: str, line: int, columns: list[str], values: list[bytes | None]) -> None:
        if len(values) != len(columns):
            if self._window.is_at_end:
                raise self._cut(table)
            problem = f"line {line}: a row of table {table} has {len(values)} values for {len(columns)} columns"
            raise ImportFault(f"{problem}: the dump is damaged, make it again")
        self._rows += 1
        if self._rows > MOST_ROWS:
            raise ImportFault(f"line {line}: more than {MOST_ROWS} rows of phones, groups and hours: this is no PBX")
        row = {column: self._text(value, table, line) for column, value in zip(columns, values, strict=True)}
        self._tables.rows.setdefault(table, []).append(Row(table, line, row))

    def _text(self, value: bytes | None, table: str, line: int) -> str:
        if value is None:
            return ""
        try:
            return value.decode(self._encoding)
        except UnicodeDecodeError:
            note = f"line {line}: table {table} has text that is not {self._encoding}: name its `--encoding`, cp1251"
            self._tables.notes.append(note)
            return value.decode(self._encoding, "replace")

    def _known(self, table: str) -> list[str]:
        if table in self._tables_read and table not in self._columns:
            where = f"line {self._window.line}: table {table} is filled before it is created"
            raise ImportFault(f"{where}: dump its definition too (no `--data-only`, no `--no-create-info`)")
        return self._columns.get(table, [])

    def _pass_statement(self, what: str, keep: bool = False) -> bytes:
        """Go on behind the semicolon; with ``keep`` the text of it is returned."""
        window, kept, start = self._window, [], self._window.line
        while True:
            found = self._passing.match(window.data, window.at)
            assert found
            is_last = window.is_complete or found.end() < len(window.data)
            end = found.end() if is_last or found[1] is None else found.start(1)
            stopped = window.data[end : end + 1]
            if keep:
                kept.append(window.data[window.at : end])
            window.passed(end)
            if stopped == b";":
                window.passed(end + 1)
                return b"".join(kept)
            if window.is_complete:
                raise ImportFault(f"line {start}: the dump is cut: {what} has no end. Make the dump again")
            window.read_on()

    def _cut(self, table: str) -> ImportFault:
        return ImportFault(f"line {self._window.line}: the dump is cut in the rows of table {table}. Make it again")

    def _strange(self, table: str) -> ImportFault:
        if self._window.is_at_end:
            return self._cut(table)
        rest = self._window.data[self._window.at :][:30].decode("ascii", "replace").splitlines()
        shown = comment(rest[0]) if rest else ""
        kind = "mysqldump" if self._mysql else "pg_dump"
        what = f"line {self._window.line}: `{shown}` in the rows of table {table} is nothing that {kind} writes"
        return ImportFault(f"{what}: the dump is damaged, or was edited")


def _names(listed: bytes) -> list[str]:
    return [part.strip().strip(b'`"[]').decode("ascii", "replace").lower() for part in listed.split(b",")]


def _split(text: bytes) -> list[bytes]:
    """The parts between commas that no bracket holds."""
    parts: list[bytes] = []
    depth = start = 0
    for found in re.finditer(rb"'(?:[^'\\]|\\.|'')*'|[(),]", text):
        sign = found[0]
        depth += (sign == b"(") - (sign == b")")
        if depth < 0:
            return [*parts, text[start : found.start()]]
        if sign == b"," and depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]
