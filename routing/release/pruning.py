"""Removes old releases; keeps those that calls may use, those for a rollback, and not too many.

A release's folder is touched when it becomes live and when it stops being live: its time is when it was live last. A
call keeps the release with which it began, so a release is needed as long as such a call may last.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from routing.compile.shared_folders import FOLDER, sweep
from routing.compile.store import remove_tree

#: Releases that were live within this time, and the newest ones, are kept for a rollback.
KEEP_SECONDS = 24 * 3600
KEEP_RELEASES = 10
#: With more releases, or more files in them, only releases that calls may use are kept.
MOST_RELEASES = 100
MOST_FILES = 1_000_000
#: The longest talk that a compiled dialplan allows, without the time before it.
LONGEST_TALK_SECONDS = 4 * 3600
#: FreeSWITCH does not list a call of the last seconds yet.
COMING_SECONDS = 60
_RELEASE = re.compile(r"releases/([0-9a-f]{12})\b")

Switch = Callable[[str], str]


def prune(root: Path, now: float, switch: Switch | None = None) -> int:
    """Remove releases that are not needed; return how many. ``switch`` lists the releases of current calls."""
    for place in (root / "releases", root / FOLDER):
        for left in [*place.glob("*.new"), *place.glob("*.old")]:
            shutil.rmtree(left)  # left by a killed compile or prune
    linked = {_pointed(root / "current"), _pointed(root / "previous")}
    by_age = sorted((root / "releases").iterdir(), key=_live_last, reverse=True)
    spare = [folder for folder in by_age[KEEP_RELEASES:] if folder.name not in linked]
    old = [folder for folder in spare if now - _live_last(folder) > KEEP_SECONDS]
    used = _used(now, switch)
    gone = [folder for folder in old if not used(folder)]  # a clock that jumps makes all of them old
    crowd = [folder for folder in spare if folder not in gone]
    too_many = len(by_age) - len(gone) - MOST_RELEASES
    too_full = sum(map(_files, by_age)) - sum(map(_files, gone)) - MOST_FILES
    gone += _beyond(crowd, too_many, too_full, used)
    for folder in gone:
        remove_tree(folder)
    if gone:
        sweep(root)
    return len(gone)


def _beyond(crowd: list[Path], too_many: int, too_full: int, used: Callable[[Path], bool]) -> Iterator[Path]:
    """The oldest of them, until there are few enough; never one that calls may use."""
    for folder in reversed(crowd):
        if too_many <= 0 and too_full <= 0:
            return
        if not used(folder):
            too_many, too_full = too_many - 1, too_full - _files(folder)
            yield folder


def _used(now: float, switch: Switch | None) -> Callable[[Path], bool]:
    """Whether a call may use a release: by FreeSWITCH's list, else by the longest possible call."""

    @functools.cache
    def names() -> frozenset[str] | None:
        """Releases of current calls; requested once, and only when there is something to remove."""
        try:
            shown = switch("show channels as json") if switch else ""
        except OSError:
            return None
        return frozenset(_RELEASE.findall(shown.replace("\\/", "/"))) if "row_count" in shown else None

    def used(folder: Path) -> bool:
        in_use, age_s = names(), now - _live_last(folder)
        if in_use is None:
            return age_s <= _bound_s(folder) + LONGEST_TALK_SECONDS
        return folder.name in in_use or age_s <= COMING_SECONDS

    return used


def _live_last(folder: Path) -> float:
    return folder.stat().st_mtime


def _bound_s(folder: Path) -> float:
    found = _manifest(folder)
    longest = found.get("longest_seconds")
    of_older_versions = max(longest.values(), default=0.0) if isinstance(longest, dict) else 0.0
    return float(max(found.get("bound_seconds", 0.0), of_older_versions))


def _files(folder: Path) -> int:
    files = _manifest(folder).get("files")
    return files if isinstance(files, int) else 0


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "release.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _pointed(link: Path) -> str | None:
    try:
        return os.path.basename(os.readlink(link))
    except OSError:
        return None
