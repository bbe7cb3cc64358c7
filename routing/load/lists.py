"""Lists of numbers below ``lists/``: plain text, one number per line, ``#`` starts a comment.

Messages never quote a line that is not a number: the file may be a private one with a misleading name.
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
#: Characters that messages show of an invalid line.
_SHOWN = 3


class KnownLists(Protocol):
    """A cache of parsed lists: parsing a long one takes longer than compiling it."""

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
    """Sorted E.164 numbers by the list's name, and all problems; an invalid list is included, and empty.

    ``country`` is for numbers written without ``+``.
    """
    lists: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for entry in files.lists(folder):
        if entry.name == files.LISTS:
            problems.append(entry.problem)
        elif not _NAME.fullmatch(entry.name):
            hint = "use a-z, 0-9 and _, and end it with .txt"
            problems.append(Problem(entry.name, 1, 1, "", "not a valid name of a list", hint))
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
    """A message about a line, with the line replaced by its first characters and its length."""
    shown = f"`{line[:_SHOWN]}...` ({len(line)} characters)" if len(line) > _SHOWN else "the line"
    masked = message.replace(f"`{line}`", shown)
    return f"{shown} is not a phone number" if len(line) > _SHOWN and line in masked else masked
