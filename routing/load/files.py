"""Which files a scheme folder has. The only part of loading that touches a disk."""

from __future__ import annotations

import os
import re
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from routing.load.nodes import LARGEST_BYTES
from routing.model.problem import Problem, Problems

Entry = os.DirEntry[str]
_SOUNDS = (".wav", ".mp3", ".ogg")
UNKNOWN_SECONDS = 30.0
#: Finds the key of a scheme file without parsing YAML; a file that hides it is still found by parsing.
SCHEME_KEY = re.compile(rb"^scheme\s*:", re.MULTILINE)
_SCHEME_ID = re.compile(rb"^[\"']?scheme[\"']?\s*:\s*[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)
#: A file that changed this recently may change again without its times telling.
RACY_NS = 50_000_000


@dataclass(frozen=True)
class Source:
    """One YAML file: its name relative to the folder, where it is, and a stamp that changes when it does."""

    name: str
    path: str
    stamp: str


def sources(folder: Path) -> list[Source]:
    """Every YAML file below the folder except tests, sorted by name. Raises Problems when there is no folder."""
    if not folder.is_dir():
        raise Problems(
            [Problem(str(folder), 1, 1, "", "there is no such folder", "give the folder of schemes: --schemes DIR")]
        )
    now = time.time_ns()
    found, problems = [], []
    for name, entry in _walk(str(folder)):
        if not name.endswith((".yaml", ".yml")) or name.endswith((".test.yaml", ".test.yml")):
            continue
        if entry.is_file():
            found.append(Source(name, entry.path, _stamp(entry.stat(), now)))
        else:
            problems.append(Problem(name, 1, 1, "", "not a file that can be read", "a link to nothing, or a device"))
    if problems:
        raise Problems(problems)
    return sorted(found, key=lambda source: source.name)


def text_of(source: Source) -> bytes:
    """A file's bytes; of one that is longer than any scheme only so much that reading it says so."""
    with open(source.path, "rb") as file:
        return file.read(LARGEST_BYTES + 1)


def claimed_ids(text: bytes) -> set[str]:
    """The id that a scheme's text claims, whatever else is wrong with it."""
    return {found.decode() for found in _SCHEME_ID.findall(text)}


def _stamp(stat: os.stat_result, now_ns: int) -> str:
    """ctime moves with every change of content, whatever tools do to mtime; but a clock tick may hold two changes."""
    racy = f"-{now_ns}" if now_ns - stat.st_ctime_ns < RACY_NS else ""
    return f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}-{stat.st_ino}{racy}"


def _walk(path: str, prefix: str = "", above: frozenset[tuple[int, int]] = frozenset()) -> Iterator[tuple[str, Entry]]:
    """Every file below a folder; hidden ones are skipped, and links that lead back up."""
    stat = os.stat(path)
    here = (stat.st_dev, stat.st_ino)
    if here in above:
        return
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from _walk(entry.path, f"{prefix}{entry.name}/", above | {here})
            else:
                yield prefix + entry.name, entry


def sounds(folder: Path) -> dict[str, tuple[Path, float]]:
    """Sound files below ``sounds/``: path and length in seconds, by relative name."""
    root = folder / "sounds"
    if not root.is_dir():
        return {}
    return {
        name: (Path(entry.path), sound_seconds(Path(entry.path)))
        for name, entry in sorted(_walk(str(root)), key=lambda found: found[0])
        if name.endswith(_SOUNDS) and entry.is_file()
    }


def sound_seconds(path: Path) -> float:
    """Length of a WAV file; compressed ones, whose length only a decoder knows, are taken to be half a minute."""
    if path.suffix != ".wav":
        return UNKNOWN_SECONDS
    try:
        with wave.open(str(path), "rb") as sound:
            return round(sound.getnframes() / sound.getframerate(), 2)
    except (wave.Error, EOFError, ZeroDivisionError):
        return UNKNOWN_SECONDS
