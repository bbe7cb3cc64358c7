"""Rows of a dump: values by column, with the line they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

TRUE = frozenset({"true", "t", "1", "yes", "y", "on", "checked", "enabled"})
#: Keys of `Row.values` are columns; a column that a version lacks reads as empty.


@dataclass(frozen=True)
class Row:
    """One row: its table, the line of the file, its values as text; NULL is empty."""

    table: str
    line: int
    values: dict[str, str]

    def text(self, column: str, default: str = "") -> str:
        """A value without spaces around it; the default where it is empty."""
        return self.values.get(column, "").strip() or default

    def flag(self, column: str, default: bool = False) -> bool:
        """Whether a value says yes, as any version writes it."""
        value = self.text(column).lower()
        return value in TRUE if value else default

    def whole(self, column: str, default: int = 0) -> int:
        """A value as a whole number that is not negative; the default for anything else."""
        value = self.text(column).partition(".")[0]
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default


@dataclass
class Tables:
    """The tables that were looked for, and what is odd about the dump."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    #: Every table of the dump, wanted or not.
    names: set[str] = field(default_factory=set)
    #: Sentences about the dump as a whole.
    notes: list[str] = field(default_factory=list)
    _indexes: dict[tuple[str, str], dict[str, list[Row]]] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, table: str) -> list[Row]:
        return self.rows.get(table, [])

    def where(self, table: str, **values: str) -> list[Row]:
        """The rows with these values; those of the first one are found by an index."""
        column = next(iter(values))
        index = self._indexes.get((table, column))
        if index is None:
            index = self._indexes[table, column] = {}
            for row in self[table]:
                index.setdefault(row.text(column), []).append(row)
        found = index.get(values[column], [])
        return [row for row in found if all(row.text(name) == value for name, value in values.items())]

    def kept(self, table: str, rows: Iterable[Row]) -> None:
        """Replace the rows of a table."""
        self.rows[table] = list(rows)
        self._indexes.clear()

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)
