"""Lists of numbers below ``lists/``: plain text, one number a line, ``#`` begins a comment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Protocol

from routing.model.numbers import normalise
from routing.model.problem import Problem

LARGEST_BYTES = 4_000_000
MOST_NUMBERS = 100_000
MOST_PROBLEMS = 50
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}\.txt")


class Known(Protocol):
    """Numbers of lists that were read before: reading a long one takes longer than compiling it."""

    def get(self, text: bytes) -> list[str] | None: ...

    def keep(self, text: bytes, numbers: list[str]) -> None: ...


class _Nothing:
    def get(self, text: bytes) -> list[str] | None:
        return None

    def keep(self, text: bytes, numbers: list[str]) -> None:
        """Forgets."""


def read_lists(folder: Path, country: str | None, known: Known | None = None) -> tuple[dict[str, Any], list[Problem]]:
    """Numbers in E.164, sorted, by the list's name, and everything that is wrong; a wrong list is there, and empty.

    ``country`` is for numbers written without ``+``.
    """
    lists: dict[str, list[str]] = {}
    problems: list[Problem] = []
    root = folder / "lists"
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        name = f"lists/{path.name}"
        if path.name.startswith(".") or not path.is_file():
            continue
        if not _NAME.fullmatch(path.name):
            hint = "small letters, digits and _, and .txt at the end"
            problems.append(Problem(name, 1, 1, "", "not a list's file name", hint))
            continue
        lists[path.stem], wrong = _read(name, path, country, known or _Nothing())
        problems += wrong
    return lists, problems


def _read(name: str, path: Path, country: str | None, known: Known) -> tuple[list[str], list[Problem]]:
    with path.open("rb") as file:
        text = file.read(LARGEST_BYTES + 1)
    if len(text) > LARGEST_BYTES:
        return [], [Problem(name, 1, 1, "", f"larger than {LARGEST_BYTES // 1_000_000} MB: no list is that long")]
    if (before := known.get(text)) is not None:
        return before, []
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        return [], [Problem(name, line, 1, "", f"not UTF-8 text: byte {text[error.start]:#04x}")]
    numbers, problems = _numbers(name, decoded, country)
    if not problems:
        known.keep(text, numbers)
    return numbers, problems[:MOST_PROBLEMS]


def _numbers(name: str, text: str, country: str | None) -> tuple[list[str], list[Problem]]:
    found: set[str] = set()
    problems: list[Problem] = []
    for at, line in enumerate(text.split("\n"), 1):
        written = line.partition("#")[0]
        if not written.strip():
            continue
        column = len(written) - len(written.lstrip()) + 1
        try:
            found.add(normalise(written.strip(), country))
        except ValueError as error:
            problems.append(Problem(name, at, column, "", str(error)))
    if len(found) > MOST_NUMBERS:
        problems.append(Problem(name, 1, 1, "", f"{len(found)} numbers: at most {MOST_NUMBERS}"))
    return ([] if problems else sorted(found)), problems
