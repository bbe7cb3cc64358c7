"""Release files by the hash of their content, which releases share by hard links.

A new release with one changed scheme writes that scheme and links the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PRIVATE, GROUP, PUBLIC = 0o600, 0o640, 0o644
#: Name suffixes of content with restricted access.
_ENDINGS = {PRIVATE: ".private", GROUP: ".group", PUBLIC: ""}
#: From this many files on, this many threads link a release's folders.
MANY_FILES, AT_ONCE = 2_000, 4
NO_LINKS: Mapping[str, str] = {}


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def digest_of_tree(files: Mapping[str, str]) -> str:
    """One hash of every path and what stands for its content, such as its hash."""
    return digest("".join(f"{path} {files[path]}\n" for path in sorted(files)).encode())


class Store:
    """Files below ``ROOT/store``, named by the hash of their content and their mode."""

    def __init__(self, root: Path) -> None:
        self.root = root / "store"
        self.root.mkdir(parents=True, exist_ok=True)
        self._made: set[str] = set()

    def put(self, content: bytes, mode: int = PUBLIC) -> str:
        """Store content and return its name. A crash leaves no partial file under a name."""
        name = f"{digest(content)}.{len(content)}{_ENDINGS[mode]}"
        if not self.has(name):
            path = self.path(name)
            self._folder(path.parent)
            write_file(path, content, mode)
        return name

    @property
    def secret(self) -> int:
        """The mode of files with passwords: readable by the owner, in a setgid root also by the group."""
        return GROUP if self.root.stat().st_mode & stat.S_ISGID else PRIVATE

    def mode(self, source: os.stat_result | None) -> int:
        """The mode of a copy, readable by nobody who cannot read the source."""
        if source is None or source.st_mode & stat.S_IROTH:
            return PUBLIC
        own = self.root.stat()
        group = own.st_gid if own.st_mode & stat.S_ISGID else os.getegid()
        return GROUP if source.st_mode & stat.S_IRGRP and source.st_gid == group else PRIVATE

    def put_later(self, facts: str, content: Callable[[], bytes]) -> str:
        """Store content that depends only on ``facts``, and return its name; here it is made at once."""
        return self.put(content())

    def path(self, name: str) -> Path:
        """The path of a name."""
        return self.root / name[:2] / name

    def has(self, name: str) -> bool:
        """Whether the content is stored completely: a power failure may leave a part of it."""
        return has_size(f"{self.root}/{name[:2]}/{name}", name)

    def link(self, name: str, target: str) -> None:
        """Make ``target`` a hard link, or a copy where the filesystem allows no more links."""
        source = f"{self.root}/{name[:2]}/{name}"
        try:
            os.link(source, target)
        except OSError:
            write_file(Path(target), Path(source).read_bytes(), _mode_of(name))

    def sweep(self) -> int:
        """Remove content that no release links to; return the count of removed files."""
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
    """A store for temporary releases: deferred content is made only when it is read, often never."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._waiting: dict[str, Callable[[], bytes]] = {}

    def put_later(self, facts: str, content: Callable[[], bytes]) -> str:
        """See Store; the name is that of the facts."""
        name = f"{digest(facts.encode())}.0.later"
        self._waiting.setdefault(name, content)
        return name

    def waiting(self, name: str) -> bytes | None:
        """Deferred content; None when the name has none."""
        return self._waiting[name]() if name in self._waiting else None

    def has(self, name: str) -> bool:
        """See Store."""
        return name in self._waiting or super().has(name)

    def link(self, name: str, target: str) -> None:
        """See Store; deferred content has no file."""
        if name not in self._waiting:
            super().link(name, target)


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Write to a temporary file and rename it. A failure names the file and leaves nothing behind."""
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
    """Whether the file at a path has the size in its content's name."""
    try:
        return os.stat(path).st_size == int(name.split(".")[1])
    except OSError:
        return False


def is_whole(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether the folder holds every file (relative path: content name) completely."""
    return all(has_size(f"{folder}/{path}", name) for path, name in files.items())


def write_tree(store: Store, folder: Path, files: Mapping[str, str], links: Mapping[str, str] = NO_LINKS) -> None:
    """Link files (relative path: content name) into a folder that appears completely or not at all.

    ``links``: symbolic ones in it, name: target. A damaged folder is replaced.
    """
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    remove_tree(temporary)
    try:
        for parent in _parents(files):
            (temporary / parent).mkdir(parents=True, exist_ok=True)
        _link(store, temporary, files)
        for name, target in links.items():
            os.symlink(target, temporary / name)
        if folder.is_dir():
            remove_tree(folder)
        os.rename(temporary, folder)
    except OSError:
        with contextlib.suppress(OSError):
            remove_tree(temporary)
        raise


def _link(store: Store, folder: Path, files: Mapping[str, str]) -> None:
    """Link every file."""

    def link(part: Iterable[str]) -> None:
        for path in part:
            store.link(files[path], f"{folder}/{path}")

    by_folder(files, link)


def by_folder(files: Collection[str], write: Callable[[Iterable[str]], None]) -> None:
    """Write files (relative paths): many of them in parallel by folder, because the system locks each folder."""
    if len(files) < MANY_FILES:
        write(files)
        return
    parts: dict[str, list[str]] = {}
    for path in files:
        parts.setdefault(path.rpartition("/")[0], []).append(path)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(write, parts.values()):
            pass


def _parents(files: Iterable[str]) -> set[str]:
    return {path.rpartition("/")[0] for path in files} | {""}


def remove_tree(folder: Path) -> None:
    """Remove a folder, if it exists; under its own name it vanishes completely at once."""
    dying = folder.with_name(f"{folder.name}.{os.getpid()}.old")
    with contextlib.suppress(FileNotFoundError):
        os.rename(folder, dying)
        shutil.rmtree(dying)
