"""Reads a backup: every file is checked in a folder beside its place before anything is put back."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any

from routing.node.backup import FORMAT, JOURNAL, MANIFEST, BackupFault, Manifest, NodePlaces
from routing.node.files import EVENT_SOCKET

_RELEASE = re.compile(r"[0-9a-f]{12}")


def restore(file: Path, places: NodePlaces) -> Manifest:
    """Put the parts of a backup in places where there is nothing yet. Raises BackupFault; then
    nothing is live."""
    _must_be_empty(places)
    with _unpacked(file, places.root) as (folder, manifest):
        try:
            _put(folder, manifest, places)
        except OSError as problem:
            hint = "remove what was put back, then try again; nothing is live"
            raise BackupFault(f"{problem.filename}: {problem.strerror} (hint: {hint})") from None
    return manifest


@contextmanager
def _unpacked(file: Path, root: Path) -> Iterator[tuple[Path, Manifest]]:
    """The checked files of a backup in a folder beside the root, which goes afterwards. Raises BackupFault."""
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=root.parent) as name:
        folder = Path(name)
        try:
            with tarfile.open(file, mode="r:gz") as archive:
                digests = {member.name: _extract(archive, member, folder) for member in archive}
            manifest = _manifest(folder / MANIFEST)
        except (OSError, EOFError, tarfile.TarError, ValueError, TypeError) as problem:
            raise BackupFault(f"{file}: no whole backup: {getattr(problem, 'strerror', None) or problem}") from None
        digests.pop(MANIFEST, None)
        if digests != manifest.files:
            wrong = sorted(
                each for each in digests.keys() | manifest.files.keys() if digests.get(each) != manifest.files.get(each)
            )
            raise BackupFault(f"{file}: damaged: {', '.join(wrong[:3])}{' and more' if len(wrong) > 3 else ''}")
        yield folder, manifest


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write a plain file below the folder; its digest. Raises ValueError for anything else."""
    parts = PurePosixPath(member.name).parts
    if not member.isreg() or not parts or parts[0] == "/" or ".." in parts or "\0" in member.name:
        raise ValueError(f"`{member.name[:80]}` is no plain file of a backup")
    target, source, digest = folder.joinpath(*parts), archive.extractfile(member), hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    assert source is not None
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while data := source.read(1 << 20):
            digest.update(data)
            out.write(data)
    target.chmod(member.mode & 0o666 | 0o600)
    return digest.hexdigest()


def _is_right(fact: tuple[str, Any]) -> bool:
    """Whether a line of a manifest is of its type."""
    name, value = fact
    return name in asdict(Manifest()) and isinstance(value, type(getattr(Manifest(), name)))


def _manifest(file: Path) -> Manifest:
    """Raises ValueError, TypeError or OSError for one that is none."""
    facts = json.loads(file.read_bytes())
    found = Manifest(**facts) if isinstance(facts, dict) and all(map(_is_right, facts.items())) else Manifest()
    if found.format != FORMAT:
        raise ValueError(f"its format is {found.format!r}; this version reads {FORMAT}")
    if not _RELEASE.fullmatch(found.current) or not (found.previous == "" or _RELEASE.fullmatch(found.previous)):
        raise ValueError("its releases are not named")
    return found


def _must_be_empty(places: NodePlaces) -> None:
    """Raises BackupFault where something would be overwritten."""
    node = places.node / EVENT_SOCKET if places.node else None
    for path in (places.root / "current", places.root / JOURNAL, places.journal, node, places.secrets):
        if path is not None and (path.exists() or path.is_symlink()):
            raise BackupFault(f"{path}: it exists already (hint: restore into empty folders; nothing is overwritten)")


def _put(folder: Path, manifest: Manifest, places: NodePlaces) -> None:
    """Move every part to its place, the live release last."""
    places.root.mkdir(parents=True, exist_ok=True)
    for path in (folder / "root").iterdir():
        _move(path, places.root / path.name)
    if (folder / JOURNAL).exists() and places.journal:
        _move(folder / JOURNAL, places.journal)
    if (folder / "secrets").exists() and places.secrets:
        _move(folder / "secrets", places.secrets)
        places.secrets.chmod(0o600)
    if places.node and (folder / "node").is_dir():
        for path in (folder / "node").iterdir():
            _move(path, places.node / path.name)
    for name, release in (("previous", manifest.previous), ("current", manifest.current)):
        if release:
            (places.root / name).symlink_to(f"releases/{release}")


def _move(source: Path, target: Path) -> None:
    """A file or a folder, into one of that name that is there already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        target.mkdir(exist_ok=True)
        for each in source.iterdir():
            _move(each, target / each.name)
    else:
        shutil.move(source, target)
