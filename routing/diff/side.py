"""One side of a comparison: a release, its files by content, its schemes and numbers. Only reads the release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from routing.compile.build import Release
from routing.compile.entry import ENTRY_FILES
from routing.compile.scheme import SchemeRecord
from routing.compile.store import LazyStore
from routing.offline.files import DirectoryFiles
from routing.offline.published import PublishedRelease
from routing.offline.reading import NO_INPUTS, DialplanInputs, inputs_of, referred

#: Files that contain the release's name, or only summarise others.
OWN = frozenset({*ENTRY_FILES, "release.json"})


class Watched(DirectoryFiles):
    """The files of a root; records which of them a call has read."""

    def __init__(self, root: Path, release: Release, store: LazyStore) -> None:
        super().__init__(root)
        self.seen: set[str] = set()
        self._release, self._store = release, store

    def read(self, path: str) -> str | None:
        """See Files."""
        self.seen.add(path)
        return super().read(path)

    def _load(self, path: Path) -> str | None:
        if path.is_relative_to(self._release.folder):
            name = self._release.files.get(path.relative_to(self._release.folder).as_posix(), "")
            if (content := self._store.waiting(name)) is not None:
                return content.decode()
        return super()._load(path)


@dataclass(frozen=True)
class Number:
    """The scheme of a number, and who pays."""

    scheme: str
    caller_pays: bool


@dataclass
class Side:
    """A compiled release, the current one of ``root``."""

    release: Release
    root: Path
    store: LazyStore

    def __post_init__(self) -> None:
        self.root = self.root.resolve()
        self.published = PublishedRelease(self.root)
        self.watched = Watched(self.root, self.release, self.store)
        self.published.files = self.watched

    @cached_property
    def schemes(self) -> Mapping[str, SchemeRecord]:
        """Schemes by id."""
        return {record.scheme: record for record in self.release.records}

    @cached_property
    def numbers(self) -> Mapping[str, Number]:
        """Every number that leads to a scheme."""
        return {
            number: Number(record.scheme, pays) for record in self.release.records for number, pays, _ in record.numbers
        }

    @cached_property
    def files(self) -> Mapping[str, str]:
        """Path in the release -> name of its content, without files that contain the release's name."""
        return {path: content for path, content in self.release.files.items() if path not in OWN}

    def text(self, path: str) -> str:
        """A file of the release; empty for a missing one."""
        return self.watched.read(f"{self.release.folder}/{path}") or ""

    def refers(self, path: str) -> frozenset[str]:
        """The files of the release to which a file refers."""
        return referred(self.text(path)) if path.endswith(".xml") else frozenset()

    def inputs_of(self, path: str) -> DialplanInputs:
        """The facts of a call that a file of the release reads."""
        text = self.text(path)
        return inputs_of(text) if text else NO_INPUTS

    def relative(self, paths: set[str]) -> set[str]:
        """Paths relative to the release."""
        places = (f"{self.release.folder}/", f"{self.root}/current/")
        return {path.removeprefix(places[0]).removeprefix(places[1]) for path in paths}
