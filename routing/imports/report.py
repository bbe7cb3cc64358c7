"""What could not be carried over, by table, row and column, with what to do by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from routing.imports.names import comment
from routing.imports.rows import Row

#: Kinds of entries with their headings, in the report's order.
LOST, CHANGED, TODO = "lost", "changed", "todo"
HEADINGS = {
    LOST: "Not carried over",
    CHANGED: "Carried over in another way",
    TODO: "To complete by hand",
}
#: So many rows of one finding are listed.
MOST_ROWS = 12


@dataclass(frozen=True)
class Finding:
    """One kind of loss in one column; ``rows`` are named by the report."""

    kind: str
    table: str
    column: str
    what: str
    remedy: str


@dataclass
class ImportReport:
    """The findings of one import, each with its rows, in the order of the dump."""

    found: dict[Finding, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def lost(self, row: Row, key: str, column: str, what: str, remedy: str) -> None:
        """A setting has no counterpart, or its value cannot be read."""
        self._add(LOST, row, key, column, what, remedy)

    def changed(self, row: Row, key: str, column: str, what: str, remedy: str = "") -> None:
        """The behaviour is there, in another way."""
        self._add(CHANGED, row, key, column, what, remedy)

    def todo(self, row: Row, key: str, column: str, what: str, remedy: str) -> None:
        """Something must be filled in."""
        self._add(TODO, row, key, column, what, remedy)

    def _add(self, kind: str, row: Row, key: str, column: str, what: str, remedy: str) -> None:
        value = comment(row.values.get(column, ""), 60)
        line = f" (line {row.line})" if row.line else ""
        shown = f"row {comment(key, 60)}{line}" + (f": `{value}`" if value and value != key else "")
        rows = self.found.setdefault(Finding(kind, row.table, column, what, remedy), [])
        if shown not in rows:
            rows.append(shown)

    def count(self, kind: str) -> int:
        """How many rows have findings of a kind."""
        return sum(len(rows) for finding, rows in self.found.items() if finding.kind == kind)

    def lines(self) -> Iterator[str]:
        """The report as text."""
        for kind, heading in HEADINGS.items():
            if not self.count(kind):
                continue
            yield f"{heading} ({self.count(kind)})"
            for finding, rows in self.found.items():
                if finding.kind == kind:
                    yield from _finding(finding, rows)
            yield ""
        for note in dict.fromkeys(self.notes):
            yield f"Note: {note}"


def _finding(finding: Finding, rows: list[str]) -> Iterator[str]:
    yield f"  table {finding.table}, column {finding.column}: {finding.what}"
    for row in rows[:MOST_ROWS]:
        yield f"    {row}"
    if len(rows) > MOST_ROWS:
        yield f"    ... and {len(rows) - MOST_ROWS} rows more"
    if finding.remedy:
        yield f"    By hand: {finding.remedy}"
