"""The scheme files of each release, kept beside it in ``sources/<release>``: for pictures, and to compare two releases.

Only what people write is copied: YAML, lists, simulations. Sounds are hard links to the release's own. Files that are
too large are left out: then there are no pictures, and calls do not mind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

FOLDER = "sources"
ENDINGS = (".yaml", ".yml", ".txt", ".csv")
LARGEST_BYTES = 20_000_000
#: Folders of a work tree that hold no schemes.
_NEVER = frozenset({"var", "node_modules", "__pycache__"})


def keep(schemes: Path, root: Path, release: str) -> Path | None:
    """Copy the files of a release that has just been compiled; None where they are too large. Raises OSError."""
    target = root / FOLDER / release
    if target.is_dir():
        return target
    files = list(_files(schemes))
    if sum(file.stat().st_size for file in files) > LARGEST_BYTES:
        return None
    new = target.with_name(f"{release}.new")
    shutil.rmtree(new, ignore_errors=True)
    for file in files:
        copy = new / file.relative_to(schemes)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    new.mkdir(parents=True, exist_ok=True)
    sounds = root / "releases" / release / "sounds"
    if sounds.is_dir():  # the loader refuses links that lead out of a folder
        shutil.copytree(sounds, new / "sounds", copy_function=os.link, dirs_exist_ok=True)
    new.rename(target)
    return target


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


def _files(schemes: Path) -> Iterator[Path]:
    for directory, folders, names in os.walk(schemes):
        folders[:] = sorted(name for name in folders if name not in _NEVER and not name.startswith("."))
        for name in sorted(names):
            file = Path(directory, name)
            if name.endswith(ENDINGS) and not name.startswith(".") and file.is_file():
                yield file
