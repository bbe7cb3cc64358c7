"""The files of a scheme folder by type: YAML, sounds, lists of numbers, tests."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from routing.load.disk import FolderEntry, open_file, read_bytes, walk
from routing.load.nodes import LARGEST_BYTES, read
from routing.model.problem import Problem, Problems
from routing.model.sound import ENDINGS, NoSound, playing

SOUNDS, LISTS = "sounds", "lists"
_YAML, _TESTS = (".yaml", ".yml"), (".test.yaml", ".test.yml")
#: Files beside schemes that compile to nothing.
_SIMULATIONS = (".simulate.yaml", ".simulate.yml")
_APART = (*_TESTS, *_SIMULATIONS)
LARGEST_SOUND = 200_000_000
#: Find the key of most scheme files without parsing YAML; `has_key` finds the rest.
SCHEME_KEY = re.compile(rb"^scheme\s*:", re.MULTILINE)
PROJECT_KEY = re.compile(rb"^project\s*:", re.MULTILINE)
_SCHEME_ID = re.compile(rb"^[\"']?scheme[\"']?\s*:\s*[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)
#: A file that changed this recently may change again with the same times.
RACY_NS = 50_000_000


@dataclass(frozen=True)
class Source:
    """One YAML file: its name relative to the folder, its path, and a stamp that changes with its content."""

    name: str
    path: str
    stamp: str


@dataclass(frozen=True)
class Sound:
    """One sound file: its path, its length in seconds (0 for an invalid one), its channels, its mode and group."""

    path: str
    seconds: float
    channels: int = 1
    stat: os.stat_result | None = field(default=None, repr=False)


def sources(folder: Path) -> tuple[list[Source], list[Problem]]:
    """Every YAML file below the folder except tests and simulations, sorted by name, and problems with unreadable ones.

    Raises Problems when there is no folder.
    """
    if not folder.is_dir():
        message = "not a folder" if folder.exists() else "there is no such folder"
        raise Problems([Problem(str(folder), 1, 1, "", message, "give the folder of schemes: --schemes DIR")])
    now = time.time_ns()
    found, problems = [], []
    for entry in walk(folder):
        is_yaml = entry.name.endswith(_YAML) and not entry.name.endswith(_APART)
        if entry.fault and (entry.is_folder or is_yaml):
            problems.append(entry.problem)
        elif is_yaml and entry.is_folder:
            problems.append(replace(entry, fault="a folder, not a file").problem)
        elif is_yaml and entry.stat:
            found.append(Source(entry.name, entry.path, _stamp(entry.stat, now)))
    return sorted(found, key=lambda source: source.name), problems


def files_of_tests(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Every file of scheme tests below a folder, sorted by name, and problems with unreadable ones."""
    return _named(folder, _TESTS)


def files_of_simulations(folder: Path) -> tuple[list[Path], list[Problem]]:
    """Every file of a simulation below a folder, sorted by name, and problems with unreadable ones."""
    return _named(folder, _SIMULATIONS)


def _named(folder: Path, endings: tuple[str, ...]) -> tuple[list[Path], list[Problem]]:
    found, problems = [], []
    for entry in walk(folder):
        if not entry.name.endswith(endings):
            continue
        if entry.fault or entry.is_folder:
            problems.append(replace(entry, fault=entry.fault or "a folder, not a file").problem)
        else:
            found.append(folder / entry.name)
    return sorted(found), problems


def text_of(source: Source) -> bytes:
    """A file's bytes; of one longer than any scheme, just enough that the reader refuses it. Raises Problems."""
    try:
        return read_bytes(source.path, LARGEST_BYTES)
    except OSError as error:
        raise Problems([Problem(source.name, 1, 1, "", f"cannot be read: {error.strerror}")]) from None


def claimed_ids(text: bytes) -> set[str]:
    """The ids that a scheme's text claims, even if it is invalid."""
    if found := _SCHEME_ID.findall(text):
        return {each.decode() for each in found}
    claimed = _top(text).get("scheme")
    return {claimed} if isinstance(claimed, str) else set()


def has_key(text: bytes, key: re.Pattern[bytes], name: str) -> bool:
    """Whether a file has a key at its top. A file that is indented or in braces is parsed: ``key`` misses it there."""
    return bool(key.search(text)) or (name.encode() in text and name in _top(text))


def _top(text: bytes) -> dict[str, Any]:
    try:
        data = read("", text).data
    except Problems:
        return {}
    return data if isinstance(data, dict) else {}


def _stamp(stat: os.stat_result, now_ns: int) -> str:
    """ctime changes with the content, even if tools reset mtime; but two changes may share a clock tick."""
    racy = f"-{now_ns}" if now_ns - stat.st_ctime_ns < RACY_NS else ""
    return f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}-{stat.st_ino}{racy}"


def sounds(folder: Path) -> tuple[dict[str, Sound], list[Problem]]:
    """Sound files below ``sounds/`` by relative name, and their problems; an invalid one is included, with 0 s."""
    found: dict[str, Sound] = {}
    problems: list[Problem] = []
    for entry in walk(folder, SOUNDS):
        name = entry.name.removeprefix(f"{SOUNDS}/")
        if not name.endswith(ENDINGS):
            problems += [entry.problem] if entry.fault and entry.is_folder else []
            continue
        found[name], wrong = _sound(entry)
        problems += wrong
    return dict(sorted(found.items())), problems


def _sound(entry: FolderEntry) -> tuple[Sound, list[Problem]]:
    none = Sound(entry.path, 0.0, stat=entry.stat)
    if entry.fault or entry.is_folder or entry.stat is None:
        return none, [replace(entry, fault=entry.fault or "a folder, not a sound file").problem]
    if entry.stat.st_size > LARGEST_SOUND:
        return none, [replace(entry, fault=f"larger than {LARGEST_SOUND // 1_000_000} MB").problem]
    try:
        with open_file(entry.path) as file:
            return replace(none, **playing(entry.name, file)._asdict()), []
    except OSError as error:
        return none, [replace(entry, fault=f"cannot be read: {error.strerror}").problem]
    except NoSound as problem:
        return none, [replace(entry, fault=str(problem), hint=problem.hint).problem]


def lists(folder: Path) -> Iterator[FolderEntry]:
    """The entries of ``lists/`` that should be lists of numbers."""
    for entry in walk(folder, LISTS):
        if entry.name.count("/") < 2 and (entry.fault or not entry.is_folder or entry.name.endswith(".txt")):
            yield entry
