"""Release files by the hash of their content, shared between releases by hard links; and the cache of compiled schemes.

Publishing a release of which one scheme changed writes that scheme and links the rest.
"""

from __future__ import annotations

import contextlib
import hashlib
import marshal
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PRIVATE, PUBLIC = 0o600, 0o644


def digest(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


class Store:
    """Files below ``ROOT/store`` named by their content's hash; private content is 0600."""

    def __init__(self, root: Path) -> None:
        self.root = root / "store"
        self.root.mkdir(parents=True, exist_ok=True)
        self._made: set[str] = set()

    def put(self, content: bytes, *, private: bool = False) -> str:
        """Keep content and return its name. A crash leaves no half-written file under a name."""
        name = digest(content) + (".private" if private else "")
        path = self.path(name)
        if not path.exists():
            self._folder(path.parent)
            temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE if private else PUBLIC)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        return name

    def path(self, name: str) -> Path:
        """Where content of this name is kept."""
        return self.root / name[:2] / name

    def has(self, name: str) -> bool:
        """Whether the content is there."""
        return os.path.exists(f"{self.root}/{name[:2]}/{name}")

    def link(self, name: str, target: str) -> None:
        """Make ``target`` the same file; on a filesystem without room for more links, a copy."""
        source = f"{self.root}/{name[:2]}/{name}"
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

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
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        body = marshal.dumps(dict(entries))
        temporary.write_bytes(self._checksum(key, body) + body)
        os.replace(temporary, self._path)

    @staticmethod
    def _checksum(key: str, body: bytes) -> bytes:
        return digest(f"{sys.version} {key} ".encode() + body).encode()


def write_tree(store: Store, folder: Path, files: Mapping[str, str]) -> None:
    """Lay files (relative path: content name) out as a folder that appears whole or not at all."""
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.new")
    remove_tree(temporary)
    for parent in _parents(files):
        (temporary / parent).mkdir(parents=True, exist_ok=True)
    for path, name in files.items():
        store.link(name, f"{temporary}/{path}")
    try:
        os.rename(temporary, folder)
    except OSError:
        remove_tree(temporary)
        if not folder.is_dir():
            raise


def _parents(files: Iterable[str]) -> set[str]:
    return {path.rpartition("/")[0] for path in files} | {""}


def remove_tree(folder: Path) -> None:
    """Remove a folder if it is there."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)
