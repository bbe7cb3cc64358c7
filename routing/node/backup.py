"""A backup of a node in one file: the live release with its schemes, the journal, secrets, the event socket's password.

A gzipped tar of plain files; the last is ``manifest.json``, with the digest of every other. Nothing of it is trusted
when it is read: names are checked, links are not followed, and files go to a folder beside their place until all are
right.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from routing.compile.shared_folders import files_of
from routing.model.problem import UserFailure
from routing.node.files import EVENT_SOCKET

FORMAT = 1
MANIFEST, JOURNAL = "manifest.json", "journal.db"
#: Files of a root beside its releases, and folders: what the desk shows of past releases, and what Redis had saved.
_FILES, _FOLDERS = ("history.jsonl", "publish.json", "redis/dump.rdb"), ("sources",)
_SOUNDS = ("recordings", "storage")


class BackupFault(UserFailure):
    """A backup cannot be made or used; the text says why."""


@dataclass(frozen=True)
class NodePlaces:
    """Where the parts of a node are; None for what is left out."""

    root: Path
    node: Path | None = None
    secrets: Path | None = None
    #: The journal's file; None where it is in a server.
    journal: Path | None = None


@dataclass
class Manifest:
    """What a backup holds. ``files``: name in the archive -> SHA-256."""

    made_s: float = 0.0
    root: str = ""
    current: str = ""
    previous: str = ""
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


#: Keeps publish and rollback out; the live release and the one before.
Releases = AbstractContextManager[tuple[str | None, str | None]]


def write_backup(file: Path, places: NodePlaces, releases: Releases, with_sounds: bool) -> Manifest:
    """Write a backup to a file that is not there yet, readable by its owner only. Raises BackupFault.

    ``releases`` is entered while releases are read: sounds may take an hour, and a rollback cannot wait for them.
    """
    if file.exists():
        raise BackupFault(f"{file}: it exists already")
    found, new = Manifest(time.time(), str(places.root.resolve())), file.with_name(f".{file.name}.new")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
                _add_releases(archive, places.root, releases, found)
                for name, path in _parts(places, with_sounds):
                    _add(archive, name, path, found)
                text = json.dumps(asdict(found), indent=1).encode()
                archive.addfile(_facts(MANIFEST, len(text), 0o600), io.BytesIO(text))
            out.flush()
            os.fsync(out.fileno())
        new.rename(file)
    except (OSError, sqlite3.Error, tarfile.TarError) as problem:
        raise BackupFault(f"{file}: {getattr(problem, 'strerror', None) or problem}") from None
    finally:
        new.unlink(missing_ok=True)
    return found


def _add_releases(archive: tarfile.TarFile, root: Path, releases: Releases, found: Manifest) -> None:
    with releases as (live, before):
        if live is None:
            raise BackupFault(f"{root}: no release is live there: nothing to back up")
        found.current, found.previous = live, before or ""
        for release in {live, before} - {None}:
            folder = root / f"releases/{release}"
            for path in files_of(folder):
                _add(archive, f"root/releases/{release}/{path.relative_to(folder).as_posix()}", path, found)
        for name in _FOLDERS:
            for kept, path in _below(f"root/{name}", root / name):
                _add(archive, kept, path, found)


def _parts(places: NodePlaces, with_sounds: bool) -> Iterator[tuple[str, Path]]:
    """Name in the archive -> file, of everything else that a backup holds."""
    yield from ((f"root/{name}", places.root / name) for name in _FILES if (places.root / name).is_file())
    if places.secrets and places.secrets.is_file():
        yield "secrets", places.secrets
    if places.node:
        yield f"node/{EVENT_SOCKET}", places.node / EVENT_SOCKET
        for folder in ("spool", *(_SOUNDS if with_sounds else ())):
            yield from _below(f"node/{folder}", places.node / folder)
    if places.journal and places.journal.is_file():
        with tempfile.TemporaryDirectory() as folder:
            yield JOURNAL, _copy_of(places.journal, Path(folder) / JOURNAL)


def _copy_of(journal: Path, copy: Path) -> Path:
    """The journal as it is at one moment, while others write to it."""
    with (
        closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def _below(name: str, folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield f"{name}/{path.relative_to(folder).as_posix()}", path


def _add(archive: tarfile.TarFile, name: str, path: Path, found: Manifest) -> None:
    """A file as long as it is now, without what is appended meanwhile; nothing of one that the journal takes away."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return
    with source:
        facts = os.fstat(source.fileno())
        reader = _Digesting(source, facts.st_size)
        archive.addfile(_facts(name, facts.st_size, facts.st_mode & 0o777), reader)
    found.files[name] = reader.digest.hexdigest()


class _Digesting(io.RawIOBase):
    """So many bytes of a file, and their digest."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self._source, self._left, self.digest = source, size, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """See RawIOBase; a file that has become shorter is filled up with zeros."""
        size = self._left if size < 0 else min(size, self._left)
        data = self._source.read(size).ljust(size, b"\0")
        self._left -= size
        self.digest.update(data)
        return data


def _facts(name: str, size: int, mode: int) -> tarfile.TarInfo:
    found = tarfile.TarInfo(name)
    found.size, found.mode, found.mtime = size, mode, int(time.time())
    return found
