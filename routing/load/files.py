"""Which files a scheme folder has. The only part of loading that touches a disk."""

from __future__ import annotations

import os
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from routing.model.problem import Problem, Problems

_SOUNDS = (".wav", ".mp3", ".ogg")
#: Finds the key of a scheme file without parsing YAML; a file that hides it is still found by parsing.
SCHEME_KEY = re.compile(rb"^scheme\s*:", re.MULTILINE)


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
    found = [
        Source(name, entry.path, _stamp(entry.stat()))
        for name, entry in _walk(str(folder), "")
        if name.endswith((".yaml", ".yml")) and not name.endswith((".test.yaml", ".test.yml"))
    ]
    return sorted(found, key=lambda source: source.name)


def _stamp(stat: os.stat_result) -> str:
    """ctime moves with every change of content, whatever a tool does to mtime."""
    return f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ctime_ns}-{stat.st_ino}"


def _walk(path: str, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                yield from _walk(entry.path, f"{prefix}{entry.name}/")
            else:
                yield prefix + entry.name, entry


def sounds(folder: Path) -> dict[str, tuple[Path, float, str]]:
    """Sound files below ``sounds/``: path, length in seconds (0 when it cannot be read) and stamp, by relative name."""
    root = folder / "sounds"
    if not root.is_dir():
        return {}
    return {
        name: (Path(entry.path), sound_seconds(Path(entry.path)), _stamp(entry.stat()))
        for name, entry in sorted(_walk(str(root), ""))
        if name.endswith(_SOUNDS)
    }


def sound_seconds(path: Path) -> float:
    """Length of a WAV file; compressed files are taken to be half a minute, which no lint lets through unseen."""
    if path.suffix != ".wav":
        return 30.0
    try:
        with wave.open(str(path), "rb") as sound:
            return round(sound.getnframes() / sound.getframerate(), 2)
    except (wave.Error, EOFError, ZeroDivisionError):
        return 0.0
