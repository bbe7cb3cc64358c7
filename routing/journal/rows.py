"""Facts as rows that every database accepts: texts without NUL and half surrogates, cut to the limits. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

#: Most characters of a text, and of an indexed one: PostgreSQL's index row has at most 2,704 bytes for all columns.
MOST_LETTERS, INDEXED_LETTERS = 20_000, 200
#: Indexed columns.
_INDEXED = frozenset({"client", "person", "id", "target", "call", "number", "name", "status", "direction"})


def row_of(fact: object, names: Iterable[str]) -> dict[str, Any]:
    """A record as a row."""
    return stored({name: getattr(fact, name) for name in names})


def stored(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts by column as a row."""
    row = dict(facts)
    for name, value in row.items():
        if type(value) is str and value:
            row[name] = storable(value, INDEXED_LETTERS if name in _INDEXED else MOST_LETTERS)
    return row


def storable(value: str, most: int) -> str:
    """A text that is stored, cut to a limit."""
    if len(value) > most:
        value = f"{value[:most]}\N{HORIZONTAL ELLIPSIS}"
    if value.isascii() and "\x00" not in value:
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode()
