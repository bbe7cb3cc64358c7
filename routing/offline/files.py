"""The port through which the offline switch reads a release, with two adapters: memory and a directory.

The switch itself opens no file: a run is a function of its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Protocol


class Files(Protocol):
    """Text of files by absolute path."""

    def read(self, path: str) -> str | None:
        """The text; None when FreeSWITCH could not read the file."""


class MemoryFiles:
    """Files held in a mapping of path to text."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def read(self, path: str) -> str | None:
        """See Files."""
        return self.texts.get(str(PurePosixPath(path)))


class DirectoryFiles:
    """Files below ``root`` on this machine. Contents are cached: make one for a run of many cases."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._kept: dict[str, str | None] = {}

    def read(self, path: str) -> str | None:
        """See Files. Symbolic links (``current``) are followed while they stay below the root."""
        if path not in self._kept:
            self._kept[path] = self._load(Path(path))
        return self._kept[path]

    def _load(self, path: Path) -> str | None:
        try:
            real = path.resolve(strict=True)
            return real.read_text("utf-8") if real.is_relative_to(self.root) else None
        except (OSError, UnicodeDecodeError):
            return None
