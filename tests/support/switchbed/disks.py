"""A small file system, and what fills it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own."""
    folder.mkdir()
    if not mount_disk(folder, megabytes):
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        unmount_disk(folder)


def mount_disk(folder: Path, megabytes: int) -> bool:
    """Make an empty folder a file system of its own, in memory; False where this user may not."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    return os.getuid() == 0 and not subprocess.run(words, capture_output=True, check=False).returncode


def unmount_disk(folder: Path) -> None:
    """Also while a process still has a file of it open."""
    subprocess.run(["umount", "-l", folder], check=True)


@contextlib.contextmanager
def disk_of_run(prefix: str, megabytes: int) -> Iterator[tuple[Path, bool]]:
    """A folder for as long as a run lasts, and whether it is a file system of its own, which may be filled."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        folder = Path(name)
        is_own = mount_disk(folder, megabytes)
        try:
            yield folder, is_own
        finally:
            if is_own:
                unmount_disk(folder)


def fill(folder: Path) -> Path:
    """Take every free block; returns the file to remove."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while free := os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), free)
        while file.write(b"x" * 4096):
            pass
    return filler
