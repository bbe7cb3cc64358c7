"""Where commands print: as wide as the terminal; in a pipe wide enough for a program to find a row in a line.

And manuals, which are docstrings, as they are read there.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby

from rich.console import Console


def width(pipe: int) -> int | None:
    """Columns to print: None for the terminal's own, ``COLUMNS`` where it is set, else what suits a pipe."""
    if sys.stdout.isatty():
        return None
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else pipe


def terminal(pipe: int) -> Console:
    """Colours where a person looks."""
    return Console(highlight=False, width=width(pipe))


#: A manual's widest line where there is more room.
PAGE_WIDTH = 100
_RULE = re.compile(r"=+  =+")


def manual(docstring: str) -> str:
    """A cleaned docstring as it is read in a terminal: examples as they are, paragraphs and tables in its width."""
    page = min(terminal(PAGE_WIDTH).width, PAGE_WIDTH)
    text = docstring.replace("::\n", ":\n").replace("``", "`")
    blocks = ([*lines] for _, lines in groupby(text.splitlines(), key=bool))
    return "\n".join(line for block in blocks for line in _block(block, page))


def _block(lines: list[str], page: int) -> Iterator[str]:
    if _RULE.fullmatch(lines[0]):
        start = lines[0].index("  ") + 2
        for line in lines:
            yield from textwrap.wrap(line, page, subsequent_indent=" " * start) if line != lines[0] else ()
    elif any(line != line.lstrip() for line in lines):
        yield from lines
    else:
        yield from textwrap.wrap(" ".join(lines), page) or [""]
