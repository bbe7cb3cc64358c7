"""Release files by the hash of their content, shared between releases by hard links; and the cache of compiled schemes.

Publishing a release of which one scheme changed writes that scheme and links the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PRIVATE, GROUP, PUBLIC = 0o600, 0o640, 0o644
#: How names end whose content not everybody may read.
_ENDINGS = {PRIVATE: ".private", GROUP: ".group", PUBLIC: ""}
#: From so many files on, a release's folders are filled by so many threads.
MANY_FILES, AT_ONCE = 2_000, 4


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


class Store:
    """Files below ``ROOT/store`` named by their content's hash; their mode is part of the name."""

    def __init__(self, root: Path) -> None:
        self.root = root / "store"
        self.root.mkdir(parents=True, exist_ok=True)
        self._made: set[str] = set()

    def put(self, content: bytes, mode: int = PUBLIC) -> str:
        """Keep content and return its name. A crash leaves no half-written file under a name."""
        name = f"{digest(content)}.{len(content)}{_ENDINGS[mode]}"
        if not self.has(name):
            path = self.path(name)
            self._folder(path.parent)
            _write(path, content, mode)
        return name

    @property
    def secret(self) -> int:
        """The mode of files that hold passwords: their owner's alone, or in a root of a group (setgid) the group's."""
        return GROUP if self.root.stat().st_mode & stat.S_ISGID else PRIVATE

    def mode(self, source: os.stat_result | None) -> int:
        """The mode of a copy: whoever cannot read the source cannot read it here."""
        if source is None or source.st_mode & stat.S_IROTH:
            return PUBLIC
        own = self.root.stat()
        group = own.st_gid if own.st_mode & stat.S_ISGID else os.getegid()
        return GROUP if source.st_mode & stat.S_IRGRP and source.st_gid == group else PRIVATE

    def put_later(self, facts: str, content: Callable[[], bytes]) -> str:
        """Keep content that follows from ``facts`` alone, and return its name; it is made now."""
        return self.put(content())

    def path(self, name: str) -> Path:
        """Where content of this name is kept."""
        return self.root / name[:2] / name

    def has(self, name: str) -> bool:
        """Whether the content is there, to its last byte: a machine that lost power may have kept a part of it."""
        return has_size(f"{self.root}/{name[:2]}/{name}", name)

    def link(self, name: str, target: str) -> None:
        """Make ``target`` the same file; on a filesystem without room for more links, a copy."""
        source = f"{self.root}/{name[:2]}/{name}"
        try:
            os.link(source, target)
        except OSError:
            _write(Path(target), Path(source).read_bytes(), _mode_of(name))

    def sweep(self) -> int:
        """Remove content that no release links to; returns how many files went."""
        removed = 0
        for path in self.root.glob("*/*"):
            if path.stat().st_nlink == 1:
                path.unlink()
                removed += 1
        return removed

    def _folder(self, folder: Path) -> None:
        if folder.name not in self._made:
            folder.mkdir(exist_ok=True)
            self._made.add(folder.name)


class LazyStore(Store):
    """For releases that are looked at and thrown away: what may wait is made when somebody reads it, often never."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._waiting: dict[str, Callable[[], bytes]] = {}

    def put_later(self, facts: str, content: Callable[[], bytes]) -> str:
        """See Store; the name is that of the facts."""
        name = f"{digest(facts.encode())}.0.later"
        self._waiting.setdefault(name, content)
        return name

    def waiting(self, name: str) -> bytes | None:
        """Content that is in no file; None when there is none of this name."""
        return self._waiting[name]() if name in self._waiting else None

    def has(self, name: str) -> bool:
        """See Store."""
        return name in self._waiting or super().has(name)

    def link(self, name: str, target: str) -> None:
        """See Store; what waits has no file."""
        if name not in self._waiting:
            super().link(name, target)


class Cache:
    """Results of earlier compilations, one file below ``ROOT/cache``; a damaged one is as good as none.

    Marshalled, which is four times as quick as JSON for ten thousand records, behind a checksum, because marshal trusts
    its input; the key must change with the interpreter.
    """

    def __init__(self, root: Path, name: str) -> None:
        self._path = root / "cache" / name

    def load(self, key: str) -> dict[str, Any]:
        """What was saved under the same key, empty otherwise."""
        try:
            data = self._path.read_bytes()
        except OSError:
            return {}
        head, body = data[:64], data[64:]
        if head != self._checksum(key, body):
            return {}
        entries = marshal.loads(body)  # noqa: S302  # our own bytes, by their checksum
        return entries if isinstance(entries, dict) else {}

    def save(self, key: str, entries: Mapping[str, Any]) -> None:
        """Replace what was saved."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        body = marshal.dumps(dict(entries))
        _write(self._path, self._checksum(key, body) + body, PRIVATE)

    @staticmethod
    def _checksum(key: str, body: bytes) -> bytes:
        return digest(f"{sys.version} {key} ".encode() + body).encode()


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write beside and rename. A failure names the file and leaves nothing."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise OSError(error.errno, error.strerror, str(path)) from None


def _mode_of(name: str) -> int:
    return next(mode for mode, ending in _ENDINGS.items() if name.endswith(ending))


def has_size(path: str, name: str) -> bool:
    """Whether the file at a path has the size that its content's name says."""
    try:
        return os.stat(path).st_size == int(name.split(".")[1])
    except OSError:
        return False


def is_whole(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether every file (relative path: content name) is in the folder to its last byte."""
    return all(has_size(f"{folder}/{path}", name) for path, name in files.items())


def write_tree(store: Store, folder: Path, files: Mapping[str, str]) -> None:
    """Lay files (relative path: content name) out as a folder that appears whole or not at all.

    A folder that is there and damaged is replaced.
    """
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    remove_tree(temporary)
    try:
        for parent in _parents(files):
            (temporary / parent).mkdir(parents=True, exist_ok=True)
        _link(store, temporary, files)
        if folder.is_dir():
            remove_tree(folder)
        os.rename(temporary, folder)
    except OSError:
        with contextlib.suppress(OSError):
            remove_tree(temporary)
        raise


def _link(store: Store, folder: Path, files: Mapping[str, str]) -> None:
    """Link every file; where they are many, folders beside each other: the system changes each by one at a time."""

    def link(part: Iterable[str]) -> None:
        for path in part:
            store.link(files[path], f"{folder}/{path}")

    if len(files) < MANY_FILES:
        link(files)
        return
    parts: dict[str, list[str]] = {}
    for path in files:
        parts.setdefault(path.rpartition("/")[0], []).append(path)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(link, parts.values()):
            pass


def _parents(files: Iterable[str]) -> set[str]:
    return {path.rpartition("/")[0] for path in files} | {""}


def remove_tree(folder: Path) -> None:
    """Remove a folder if it is there; under its own name it is there wholly or not at all."""
    dying = folder.with_name(f"{folder.name}.{os.getpid()}.old")
    with contextlib.suppress(FileNotFoundError):
        os.rename(folder, dying)
        shutil.rmtree(dying)
