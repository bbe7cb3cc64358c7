"""Pictures of a release's schemes, and the difference that callers notice between two releases.

Both are made from the scheme files that a publish keeps beside its releases, and kept in memory or below ``diffs`` of
the root: releases do not change.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from pathlib import Path
from threading import Lock

from routing.graph.palette import DARK, LIGHT
from routing.graph.read import NoScheme, read_flow
from routing.graph.svg import to_svg
from routing.model.problem import Problems
from routing.release.sources import source_of

RELEASE = re.compile(r"[0-9a-f]{12}")
#: A comparison that takes longer is given up.
DIFF_SECONDS = 120
_DIFFS = "diffs"
_COMPARING = Lock()


class NoPicture(Exception):
    """There are no scheme files of this release, or they cannot be drawn; the text says why."""


def picture(root: Path, release: str, scheme: str, is_dark: bool = False) -> str:
    """A scheme of a release as SVG, on light or dark paper. Raises NoPicture."""
    folder = _folder(root, release)
    try:
        return _drawn(str(folder), scheme, is_dark)
    except (NoScheme, Problems, OSError) as problem:
        raise NoPicture(str(problem)[:300]) from None


@functools.lru_cache(maxsize=200)
def _drawn(folder: str, scheme: str, is_dark: bool) -> str:
    return to_svg(read_flow(Path(folder), scheme), colours=DARK if is_dark else LIGHT)


def difference(root: Path, old: str, new: str) -> str:
    """What callers will notice between two releases, as ``routing diff`` prints it. Raises NoPicture.

    It runs in a process of its own: calls by the hundred on the offline switch must not hold up the desk.
    """
    sides = [str(_folder(root, release)) for release in (old, new)]
    kept = root / _DIFFS / f"{old}..{new}.txt"
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    if not _COMPARING.acquire(blocking=False):  # else a few clicks would take every thread and core
        raise NoPicture("another comparison runs: open this one again in a moment")
    try:
        return _compared(sides, (old, new), kept)
    finally:
        _COMPARING.release()


def _compared(sides: list[str], names: tuple[str, str], kept: Path) -> str:
    command = [sys.executable, "-m", "routing", "diff", *sides]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=DIFF_SECONDS, env=_environment())
    except (OSError, subprocess.TimeoutExpired):
        raise NoPicture("the comparison did not end in time") from None
    text = _without_folders(done.stdout.decode("utf-8", "replace"), sides, names)
    if done.returncode:
        raise NoPicture(done.stderr.decode("utf-8", "replace").strip()[-300:])
    kept.parent.mkdir(exist_ok=True)
    new_file = kept.with_suffix(f".{os.getpid()}")
    new_file.write_text(text, encoding="utf-8")
    new_file.replace(kept)
    return text


def _folder(root: Path, release: str) -> Path:
    folder = source_of(root, release) if RELEASE.fullmatch(release) else None
    if folder is None:
        raise NoPicture("this release has no scheme files beside it")
    return folder


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "COLUMNS": "110", "PYTHONUTF8": "1"}


def _without_folders(text: str, folders: list[str], names: tuple[str, str]) -> str:
    for folder, name in zip(folders, names, strict=True):
        text = text.replace(folder, name)
    return text
