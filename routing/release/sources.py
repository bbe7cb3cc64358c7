"""The scheme files of each release, kept beside it in ``sources/<release>``: for pictures, and to compare two releases.

Only what people write is copied: YAML, lists, simulations. Sounds are hard links to the release's own. Files that are
too large are left out: then there are no pictures, and calls do not mind.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from routing.compile.store import by_folder

FOLDER = "sources"
ENDINGS = (".yaml", ".yml", ".txt", ".csv")
LARGEST_BYTES = 20_000_000
#: Two changes so close to each other may share a clock tick.
RACY_NS = 50_000_000
#: Folders of a work tree that hold no schemes.
_NEVER = frozenset({"var", "node_modules", "__pycache__"})


def keep(schemes: Path, root: Path, release: str) -> Path | None:
    """Copy the files of a release that has just been compiled; None where they are too large. Raises OSError."""
    target = root / FOLDER / release
    if target.is_dir():
        return target
    files = dict(_files(schemes))
    if sum(facts.st_size for facts in files.values()) > LARGEST_BYTES:
        return None
    new = target.with_name(f"{release}.new")
    shutil.rmtree(new, ignore_errors=True)
    before, began_ns = _newest(root), time.time_ns()
    for folder in {name.rpartition("/")[0] for name in files} | {""}:
        (new / folder).mkdir(parents=True, exist_ok=True)
    unchanged = _unchanged(files, before)

    def copy(names: Iterable[str]) -> None:
        for name in names:
            if name not in unchanged or not _linked(f"{before}/{name}", f"{new}/{name}"):
                shutil.copyfile(f"{schemes}/{name}", f"{new}/{name}")

    by_folder(files, copy)
    sounds = root / "releases" / release / "sounds"
    if sounds.is_dir():  # the loader refuses links that lead out of a folder
        shutil.copytree(sounds, new / "sounds", copy_function=os.link, dirs_exist_ok=True)
    os.utime(new, ns=(began_ns, began_ns))
    new.rename(target)
    return target


def _unchanged(files: Mapping[str, os.stat_result], before: Path | None) -> set[str]:
    """The files that have not changed since those of the release before were copied. By ctime: tools reset mtime."""
    if before is None:
        return set()
    since_ns = before.stat().st_mtime_ns - RACY_NS
    return {name for name, facts in files.items() if facts.st_ctime_ns < since_ns}


def _linked(before: str, copy: str) -> bool:
    try:
        os.link(before, copy)
    except OSError:
        return False
    return True


def _newest(root: Path) -> Path | None:
    """The files that were kept last."""
    with suppress(OSError):
        kept = [each for each in (root / FOLDER).iterdir() if each.is_dir() and each.suffix != ".new"]
        return max(kept, key=lambda each: each.stat().st_mtime_ns, default=None)
    return None


def source_of(root: Path, release: str) -> Path | None:
    """The files of a release; None where there are none."""
    folder = root / FOLDER / release
    return folder if folder.is_dir() else None


def prune(root: Path) -> None:
    """Remove the files of releases that are no more."""
    folder = root / FOLDER
    if folder.is_dir():
        for each in folder.iterdir():
            if not (root / "releases" / each.name).is_dir():
                shutil.rmtree(each, ignore_errors=True)


def _files(schemes: Path, below: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """Every file that people write, by its path in the folder, with its size and times."""
    with os.scandir(schemes / below) as found:
        entries = list(found)
    for entry in entries:
        name = f"{below}/{entry.name}".lstrip("/")
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in _NEVER:
                yield from _files(schemes, name)
        elif entry.name.endswith(ENDINGS) and entry.is_file():
            yield name, entry.stat()
