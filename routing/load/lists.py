"""Lists of numbers below ``lists/``: plain text, one number a line, ``#`` begins a comment.

What is no number is never told as it stands: the file may be another one than its name says.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Protocol

from routing.load import files
from routing.load.disk import FolderEntry, read_bytes
from routing.load.faults import not_utf8
from routing.model.numbers import normalise
from routing.model.problem import Problem

LARGEST_BYTES = 4_000_000
MOST_NUMBERS = 100_000
MOST_PROBLEMS = 50
_NAME = re.compile(r"lists/[a-z][a-z0-9_]{0,63}\.txt")
#: Of a line that is no number so many signs are told.
_SHOWN = 3


class KnownLists(Protocol):
    """Numbers of lists that were read before: reading a long one takes longer than compiling it."""

    def get(self, text: bytes) -> list[str] | None: ...

    def keep(self, text: bytes, numbers: list[str]) -> None: ...


class _Nothing:
    def get(self, text: bytes) -> list[str] | None:
        return None

    def keep(self, text: bytes, numbers: list[str]) -> None:
        """Forgets."""


def read_lists(
    folder: Path, country: str | None, known: KnownLists | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """Numbers in E.164, sorted, by the list's name, and everything that is wrong; a wrong list is there, and empty.

    ``country`` is for numbers written without ``+``.
    """
    lists: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for entry in files.lists(folder):
        if entry.name == files.LISTS:
            problems.append(entry.problem)
        elif not _NAME.fullmatch(entry.name):
            hint = "small letters, digits and _, and .txt at the end"
            problems.append(Problem(entry.name, 1, 1, "", "not a list's file name", hint))
        else:
            lists[_stem(entry)], wrong = _read(entry, country, known or _Nothing())
            problems += wrong
    return lists, problems


def list_stats(folder: Path) -> dict[str, os.stat_result]:
    """Mode and group of every list's file, by the list's name."""
    return {_stem(entry): entry.stat for entry in files.lists(folder) if entry.stat}


def _stem(entry: FolderEntry) -> str:
    return Path(entry.name).stem


def _read(entry: FolderEntry, country: str | None, known: KnownLists) -> tuple[list[str], list[Problem]]:
    name = entry.name
    if entry.fault or entry.is_folder:
        return [], [Problem(name, 1, 1, "", entry.fault or "a folder, not a file", entry.hint)]
    try:
        text = read_bytes(entry.path, LARGEST_BYTES)
    except OSError as error:
        return [], [Problem(name, 1, 1, "", f"cannot be read: {error.strerror}")]
    if len(text) > LARGEST_BYTES:
        return [], [Problem(name, 1, 1, "", f"larger than {LARGEST_BYTES // 1_000_000} MB: no list is that long")]
    if (before := known.get(text)) is not None:
        return before, []
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [not_utf8(name, text, error)]
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
            problems.append(Problem(name, at, column, "", _masked(str(error), written.strip())))
    if len(found) > MOST_NUMBERS:
        problems.append(Problem(name, 1, 1, "", f"{len(found)} numbers: at most {MOST_NUMBERS}"))
    return ([] if problems else sorted(found)), problems


def _masked(message: str, line: str) -> str:
    """What is said of a line, with the line's beginning and length in its place."""
    shown = f"`{line[:_SHOWN]}...` ({len(line)} characters)" if len(line) > _SHOWN else "the line"
    masked = message.replace(f"`{line}`", shown)
    return f"{shown} is not a phone number" if len(line) > _SHOWN and line in masked else masked
