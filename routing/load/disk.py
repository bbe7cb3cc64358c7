"""What lies below a scheme folder, as far as those who write it may read: the only part of loading that touches a disk.

Whoever may commit a link must not read what the machine reads: a link that leaves the folder is refused, whether it is
a file, a folder, or stands above one. Devices, pipes and sockets are never opened.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from routing.model.problem import Problem

LEAVES = "a link that leads out of the folder of schemes"
COPY = "copy into the folder what it leads to"
#: What is neither a file nor a folder.
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True)
class FolderEntry:
    """Something below a folder: its name from there, the path that may be opened, and what is wrong with it, if so."""

    name: str
    path: str
    stat: os.stat_result | None = None
    fault: str = ""
    hint: str = ""
    is_folder: bool = False

    @property
    def problem(self) -> Problem:
        """The fault as a problem."""
        return Problem(self.name, 1, 1, "", self.fault, self.hint)


def walk(folder: Path, below: str = "") -> Iterator[FolderEntry]:
    """Every file and folder in a folder, or in one of its own, with what cannot be read; what is hidden is skipped.

    Links inside the folder are followed, once: those that lead back up are passed over. Raises OSError for the folder.
    """
    root = os.path.realpath(folder)
    if not below:
        yield from _entries(root, root, "", frozenset())
        return
    if not os.path.lexists(f"{root}/{below}"):
        return
    at = _looked_at(below, f"{root}/{below}", root)
    if at.is_folder and not at.fault:
        yield from _entries(at.path, root, f"{below}/", frozenset())
    else:
        yield at if at.fault else replace(at, fault="a file, not a folder")


def _entries(path: str, root: str, prefix: str, above: frozenset[tuple[int, int]]) -> Iterator[FolderEntry]:
    try:
        status = os.stat(path)
        here = (status.st_dev, status.st_ino)
        names = () if here in above else sorted(entry.name for entry in os.scandir(path))
    except OSError as error:
        if not prefix:
            raise
        yield FolderEntry(prefix.rstrip("/"), path, fault=_unread(error), is_folder=True)
        return
    for name in names:
        if name.startswith("."):
            continue
        found = _looked_at(prefix + name, f"{path}/{name}", root)
        yield found
        if found.is_folder and not found.fault:
            yield from _entries(found.path, root, f"{prefix}{name}/", above | {here})


def _looked_at(name: str, path: str, root: str) -> FolderEntry:
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            path = os.path.realpath(path)
            if path != root and not path.startswith(f"{root}/"):
                return FolderEntry(name, path, fault=LEAVES, hint=COPY, is_folder=os.path.isdir(path))
            status = os.stat(path)
    except OSError as error:
        leads = "a link to nothing" if error.errno == errno.ENOENT else _unread(error)
        return FolderEntry(name, path, fault=leads)
    if stat.S_ISDIR(status.st_mode):
        return FolderEntry(name, path, status, is_folder=True)
    if not stat.S_ISREG(status.st_mode):
        return FolderEntry(
            name, path, status, fault=f"{_KINDS.get(stat.S_IFMT(status.st_mode), 'something')}, not a file"
        )
    return FolderEntry(name, path, status)


def open_file(path: str) -> BinaryIO:
    """A file to read. Raises OSError, for whatever is no file too; nothing is waited for.

    The path is one that `walk` found, links resolved: if somebody puts a link or a pipe there meanwhile, it is refused.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a file", path)
    return os.fdopen(descriptor, "rb")


def read_bytes(path: str, most: int) -> bytes:
    """A file's first bytes, one more than ``most`` where it is longer; see `open_file`."""
    with open_file(path) as file:
        return file.read(most + 1)


def _unread(error: OSError) -> str:
    return f"cannot be read: {error.strerror}"
