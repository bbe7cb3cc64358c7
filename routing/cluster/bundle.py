"""A release as a list of its files by the hash of their content: what one machine sends and another one writes.

Dialplans name their own folder, which each machine has elsewhere: hashes are those of the text without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from routing.compile.shared_folders import files_of, write_release
from routing.compile.store import PUBLIC, Store, digest_of_tree, write_tree
from routing.model.problem import UserFailure
from routing.release import sources

#: Stands for the path of the release's own folder.
_HERE = b"@THIS-RELEASE-FOLDER@"


class BundleFault(UserFailure):
    """A release that cannot be written or run on this machine; the text says why."""


@dataclass(frozen=True)
class BundledFile:
    """``sha``: of the content without the release's own path; ``secret``: others may not read it."""

    sha: str
    secret: bool


@dataclass(frozen=True)
class Bundle:
    """Relative path -> file, of a release and of the schemes' sources that are kept beside it."""

    release: str
    files: Mapping[str, BundledFile]
    sources: Mapping[str, BundledFile] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """One hash of every path and content of the release."""
        return digest_of_tree({path: each.sha for path, each in self.files.items()})

    @cached_property
    def places(self) -> Mapping[str, tuple[str, str]]:
        """Hash -> the tree below the root, and the path in it."""
        found = {each.sha: (f"{sources.FOLDER}/{self.release}", path) for path, each in self.sources.items()}
        return found | {each.sha: (f"releases/{self.release}", path) for path, each in self.files.items()}

    def to_json(self) -> str:
        """The form that `from_json` reads."""
        trees = {"files": self.files, "sources": self.sources}
        return json.dumps(
            {name: {path: [each.sha, each.secret] for path, each in tree.items()} for name, tree in trees.items()}
        )

    @classmethod
    def from_json(cls, release: str, text: bytes) -> Bundle:
        """Raises BundleFault for what no publisher sends, paths that lead elsewhere among it."""
        try:
            trees = json.loads(text)
            files, kept = (
                {_inside(path): BundledFile(str(sha), bool(secret)) for path, (sha, secret) in trees[name].items()}
                for name in ("files", "sources")
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BundleFault("the list of files cannot be read") from None
        return cls(release, files, kept)


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path:
        raise BundleFault(f"`{path}` is no file of a release")
    return path


def folder_of(root: Path, release: str) -> Path:
    """A release's folder, as its dialplans name it."""
    return root.resolve() / "releases" / release


def bundle_of(root: Path, release: str) -> Bundle:
    """The bundle of a release on this machine. Raises OSError."""
    folder = folder_of(root, release)
    return Bundle(release, dict(_listed(folder, os.fsencode(folder))), _schemes(root, release))


def _schemes(root: Path, release: str) -> dict[str, BundledFile]:
    kept = sources.source_of(root, release)
    listed = _listed(kept, b"") if kept else ()
    return {path: each for path, each in listed if not path.startswith("sounds/")}  # links to the release's own


def schemes_digest(root: Path, release: str) -> str:
    """One hash of the schemes that a release was compiled from: the same for nodes whose engines are at different
    addresses, which have releases of their own; "" where they are not kept. Raises OSError."""
    found = _schemes(root, release)
    return Bundle("", found).digest if found else ""


def _listed(folder: Path, own_path: bytes) -> Iterator[tuple[str, BundledFile]]:
    for path in files_of(folder):
        secret = not path.stat().st_mode & stat.S_IROTH
        content = path.read_bytes()
        text = content.replace(own_path, _HERE) if own_path else content
        yield str(path.relative_to(folder)), BundledFile(hashlib.sha256(text).hexdigest(), secret)


def content_of(root: Path, bundle: Bundle, sha: str) -> bytes:
    """The content behind a hash, without the release's own path. Raises OSError, KeyError."""
    tree, path = bundle.places[sha]
    content = (root / tree / path).read_bytes()
    is_compiled = tree.startswith("releases/")
    return content.replace(os.fsencode(folder_of(root, bundle.release)), _HERE) if is_compiled else content


class BundleWriter:
    """Writes a bundle below a root: what is there already is linked, the rest is put by hash."""

    def __init__(self, root: Path, bundle: Bundle, known: Bundle | None) -> None:
        self._root, self._bundle, self._store = root, bundle, Store(root)
        self._folder = folder_of(root, bundle.release)
        files = (*bundle.files.values(), *bundle.sources.values())
        self._secret = frozenset(each.sha for each in files if each.secret)
        self._names: dict[str, str] = {}
        self._known = known

    def missing(self) -> list[str]:
        """The hashes that must be sent; contents of the release that is live are taken from it. Raises OSError."""
        if known := self._known:
            for sha in known.places.keys() & self._bundle.places.keys():
                self.put(sha, content_of(self._root, known, sha))
        return [sha for sha in self._bundle.places if sha not in self._names]

    def put(self, sha: str, content: bytes) -> None:
        """Store a content. Raises BundleFault when it is not what its hash says, OSError."""
        if hashlib.sha256(content).hexdigest() != sha:
            raise BundleFault("a file has arrived damaged")
        mode = self._store.secret if sha in self._secret else PUBLIC
        self._names[sha] = self._store.put(content.replace(_HERE, os.fsencode(self._folder)), mode)

    def write(self) -> None:
        """Link everything into the release's folder, which appears whole. Raises OSError, KeyError."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        write_release(self._store, self._folder, self._named(self._bundle.files))
        target = self._root / sources.FOLDER / self._bundle.release
        if self._bundle.sources and not target.is_dir():
            write_tree(self._store, target, self._named(self._bundle.sources))
            if (sounds := self._folder / "sounds").is_dir():
                shutil.copytree(sounds, target / "sounds", copy_function=os.link, dirs_exist_ok=True)

    def _named(self, tree: Mapping[str, BundledFile]) -> dict[str, str]:
        """Path -> name in the store."""
        return {path: self._names[each.sha] for path, each in tree.items()}
