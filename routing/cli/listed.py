"""``routing calls`` as a table that fits the terminal: more columns on wider ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from routing.journal.status import MISSED

_Row = Mapping[str, Any]
_Column = tuple[str, int, int, Callable[[_Row, tzinfo | None], str]]


def show(rows: Iterable[_Row], zone: tzinfo | None, where: str) -> None:
    """Print the calls in the given order; ``where``: journal and filters, for the message that there are none."""
    console = Console(highlight=False)
    columns = [column for column in COLUMNS if console.width >= column[1]]
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    shown = [(cells(row, zone, columns), _style(row)) for row in rows]
    for (title, *_), width in zip(columns, _widths(columns, [texts for texts, _ in shown], console.width), strict=True):
        side: Literal["right", "left"] = "right" if title in _RIGHT else "left"
        table.add_column(title, no_wrap=True, overflow="ellipsis", width=width, justify=side)
    for texts, style in shown:
        table.add_row(*(Text(text, style=style) for text in texts))
    console.print(table if table.row_count else Text(f"no calls{where}"), soft_wrap=not table.row_count)


def _widths(columns: Sequence[_Column], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """The columns' widths: what their texts need; where that is too much, the widest give up down to their least."""
    whole = [max(map(cell_len, texts)) for texts in zip([title for title, *_ in columns], *rows, strict=True)]
    least = [min(width, column[2]) for width, column in zip(whole, columns, strict=True)]
    while sum(whole) + len(whole) > room and whole != least:
        widest = max((width, at) for at, width in enumerate(whole) if width > least[at])[1]
        whole[widest] -= 1
    return whole


def cells(row: _Row, zone: tzinfo | None, columns: Sequence[_Column]) -> tuple[str, ...]:
    """The cells of a call."""
    return tuple(cell(row, zone) for *_, cell in columns)


def zone_name(zone: tzinfo | None) -> str:
    """A zone as people know it; None is the machine's."""
    return str(zone) if zone else f"this machine's zone ({datetime.now().astimezone():%Z, UTC%z})"


def when(at: float, zone: tzinfo | None, form: str) -> str:
    """A time in a zone, or the machine's."""
    return f"{datetime.fromtimestamp(at, zone).astimezone(zone):{form}}"


def printable(text: str) -> str:
    """The text without control characters: some of it comes from visitors."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _cut(text: str, most: int) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def _outside(row: _Row) -> str:
    return ("→ " if row["direction"] == "out" else "") + str(row["client"] or row["caller"])


def _style(row: _Row) -> str:
    return "red" if row["direction"] == "in" and row["status"] in MISSED else ""


#: Title, the least width of the terminal, the least width of the column, text.
COLUMNS: tuple[_Column, ...] = (
    ("when", 0, 18, lambda row, zone: when(row["started"], zone, "%d.%m %H:%M:%S %Z")),
    ("id", 0, 8, lambda row, zone: str(row["id"])[:8]),
    ("caller", 0, 13, lambda row, zone: _cut(_outside(row), 18)),
    ("number", 100, 13, lambda row, zone: _cut(row["number"] or row["dialled"], 16)),
    ("scheme", 0, 6, lambda row, zone: _cut(" → ".join(dict.fromkeys(row["schemes"])), 60)),
    ("status", 0, 12, lambda row, zone: str(row["status"])),
    ("person", 0, 6, lambda row, zone: _cut(row["person"] or row["target"], 40)),
    ("wait", 110, 5, lambda row, zone: f"{row['wait_s']:.0f} s"),
    ("talk", 0, 5, lambda row, zone: f"{row['talk_s']:.0f} s" if row["bridged"] else ""),
)
_RIGHT = frozenset({"wait", "talk"})
