"""The width of commands' output: the terminal's, in a pipe wide enough for one row a line; docstrings as manuals."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from collections.abc import Iterator
from itertools import groupby

from rich.console import Console


def width(pipe: int) -> int | None:
    """Columns to print: None for the terminal's own, ``COLUMNS`` where it is set, else the width for a pipe."""
    if sys.stdout.isatty():
        return None
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) else pipe


def terminal(pipe: int) -> Console:
    """A console with colours on a terminal."""
    return Console(highlight=False, width=width(pipe))


#: The widest line of a manual.
PAGE_WIDTH = 100
_RULE = re.compile(r"=+  =+")


def manual(docstring: str) -> str:
    """A cleaned docstring for the terminal: examples as they are, paragraphs and tables wrapped."""
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
