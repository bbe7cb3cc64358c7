"""The files below a scheme folder: the only part of loading that touches the disk.

An author who commits a link must not gain access to other files of the machine. So links that leave the folder are
refused, whether they lead to a file, to a folder, or are part of a path. Devices, pipes and sockets are never opened.
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

LEAVES = "a link that leads out of the scheme folder"
COPY = "copy its target into the folder"
#: Names of what is neither a file nor a folder.
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


@dataclass(frozen=True)
class FolderEntry:
    """A file or folder: its name relative to the scheme folder, the path to open, and its fault, if any."""

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
    """Every file and folder in a folder, or in its subfolder ``below``, unreadable ones too; hidden ones are skipped.

    Links inside the folder are followed, except those that lead back up. Raises OSError for the folder itself.
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
    """Open a file to read, without blocking. Raises OSError, also for anything but a regular file.

    The path is one that `walk` found, with links resolved: a link or pipe that replaced it meanwhile is refused.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "not a file", path)
    return os.fdopen(descriptor, "rb")


def read_bytes(path: str, most: int) -> bytes:
    """A file's content, of a longer file the first ``most`` + 1 bytes; see `open_file`."""
    with open_file(path) as file:
        return file.read(most + 1)


def _unread(error: OSError) -> str:
    return f"cannot be read: {error.strerror}"
