"""A scheme folder to a release folder: reads, compiles what changed, links, writes beside and renames.

The release is named by the hash of its content and never changes afterwards.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from routing.compile import schemes as compiling
from routing.compile.link import link, longest_times
from routing.compile.lists import RememberedLists
from routing.compile.numbers import FRONT_DOORS, front_doors
from routing.compile.pools import pool_entries, pool_problems
from routing.compile.scheme import Record
from routing.compile.secrets import Need, needs, passwords, signing_keys
from routing.compile.store import Cache, Store, digest, is_whole, write_tree
from routing.compile.tree import release_files
from routing.compile.version import code_version
from routing.load import files
from routing.load.folder import shared
from routing.load.lists import read_lists
from routing.load.nodes import Document, read
from routing.model.calendar import Calendar
from routing.model.folder import Folder
from routing.model.problem import Problem, Problems

#: Called with (done, total) while schemes compile.
Progress = Callable[[int, int], None]
#: The secrets by name, for the project's own word on where they are: ``env`` or ``file:PATH``.
Secrets = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Release:
    """A release on disk. ``longest`` has the seconds to a person or an end, by scheme."""

    name: str
    folder: Path
    records: Sequence[Record]
    longest: Mapping[str, float]
    compiled: int
    files: Mapping[str, str] = field(repr=False)
    calendars: Sequence[Calendar] = field(default=(), repr=False)

    @property
    def number_count(self) -> int:
        """How many numbers lead somewhere."""
        return sum(len(record.numbers) for record in self.records)


def build(
    schemes: Path,
    root: Path,
    secrets: Secrets,
    engine: str = "127.0.0.1:8084",
    progress: Progress | None = None,
    store: Store | None = None,  # the root's own
) -> Release:
    """Compile a folder into ``root/releases/<name>``. Raises Problems with all that is wrong; no release then."""
    root = _made(root)
    store, cache = store or Store(root), Cache(root, "schemes")
    sources = files.sources(schemes)
    cached = cache.load(code_version())
    texts = compiling.changed_texts(sources, cached)
    documents, scheme_files, problems = split(sources, texts, cached)
    sounds = files.sounds(schemes)
    lengths = {name: seconds for name, (_, seconds) in sounds.items()}
    folder, wrong = shared(documents, lengths, engine, len({problem.file for problem in problems}))
    problems += wrong
    if folder is None:
        raise Problems(problems)
    lists, wrong = read_lists(schemes, folder.project.country, RememberedLists(Cache(root, "lists"), folder))
    problems += wrong
    folder = replace(folder, lists=lists)
    common = common_key(folder, documents, texts, sources, engine)
    jobs = compiling.Jobs(folder, store, common, scheme_files, texts, cached)
    entries, wrong = compiling.compile_all(jobs, progress)
    problems += wrong
    records = [Record.from_json(entry["record"]) for entry in entries.values()]
    problems += pool_problems(folder, documents, records, jobs.broken)
    pools = {} if problems else pool_entries(folder, documents, store)
    records += [Record.from_json(entry["record"]) for entry in pools.values()]
    problems += link(records, jobs.broken)
    known, missing = passwords([*needs(folder, documents, records)], secrets(folder.project.secrets))
    if problems + missing:
        raise Problems(problems + missing)
    tree = release_files(folder, store, entries | pools, records, known, sounds, root, common)
    cache.save(code_version(), entries)
    return _write(root, store, tree, records, jobs.compiled, folder)


def _made(root: Path) -> Path:
    """The root's own folder; its path stands in dialplans, where spaces, commas, brackets and ``$`` mean something."""
    root = root.resolve()
    if not re.fullmatch(r"/[\w/.+@~-]*", str(root)):
        message = "a release root's path may hold letters, digits and / . _ + @ ~ - only"
        raise Problems([Problem(str(root), 1, 1, "", message, "choose another with --out")])
    root.mkdir(parents=True, exist_ok=True)
    return root


def load_shared(schemes: Path, engine: str = "127.0.0.1:8084") -> Folder:
    """The shared part of a folder, schemes not looked at. Raises Problems."""
    return _shared(schemes, engine)[0]


def needed(schemes: Path) -> list[Need]:
    """Every secret that a folder names; its schemes are read, not checked. Raises Problems."""
    folder, documents, scheme_files = _shared(schemes, "")
    found = [*needs(folder, documents)]
    for source in scheme_files:
        text = files.text_of(source)
        if b"secret" in text:
            found += signing_keys(read(source.name, text))
    return found


def _shared(schemes: Path, engine: str) -> tuple[Folder, list[Document], list[files.Source]]:
    sources = files.sources(schemes)
    documents, scheme_files, problems = split(sources, compiling.changed_texts(sources, {}), {})
    folder, wrong = shared(documents, dict.fromkeys(files.sounds(schemes), 0.0), engine, len(problems))
    if folder is None or problems + wrong:
        raise Problems(problems + wrong)
    return folder, documents, scheme_files


def split(
    sources: Sequence[files.Source], texts: Mapping[str, bytes], cached: Mapping[str, object]
) -> tuple[list[Document], list[files.Source], list[Problem]]:
    """Shared documents, and the sources that are schemes."""
    documents, schemes, problems = [], [], []
    for source in sources:
        if source.name not in texts or files.SCHEME_KEY.search(texts[source.name]):
            schemes.append(source)
            continue
        try:
            document = read(source.name, texts[source.name])
        except Problems as error:
            problems += error.problems
            continue
        if isinstance(document.data, dict) and "scheme" in document.data:
            schemes.append(source)
        else:
            documents.append(document)
    return documents, schemes, problems


def common_key(
    folder: Folder,
    documents: Sequence[Document],
    texts: Mapping[str, bytes],
    sources: Sequence[files.Source],
    engine: str,
) -> str:
    """A hash of everything besides its own text that a scheme's dialplan depends on."""
    hashed = hashlib.sha256(f"{code_version()} {engine}".encode())
    for document in documents:
        hashed.update(os.fsencode(document.file) + texts[document.file])
    hashed.update(json.dumps([sorted(folder.sounds.items()), sorted(folder.lists)]).encode())
    return hashed.hexdigest()


def _write(
    root: Path, store: Store, tree: dict[str, str], records: Sequence[Record], compiled: int, folder: Folder
) -> Release:
    name = digest("".join(f"{path} {content}\n" for path, content in sorted(tree.items())).encode())[:12]
    target = root / "releases" / name
    longest = longest_times(records)
    manifest = {
        "release": name,
        "project": folder.project.name,
        "files": len(tree) + len(FRONT_DOORS) + 1,
        "schemes": len(records),
        "longest_seconds": dict(sorted(longest.items())),
        "reload": digest("".join(f"{path} {tree[path]}\n" for path in sorted(tree) if _needs_reload(path)).encode()),
    }
    for door, text in front_doors(str(target), folder.project.country).items():
        tree[door] = store.put(text.encode())
    tree["release.json"] = store.put((json.dumps(manifest, indent=1) + "\n").encode())
    if not is_whole(target, tree):
        target.parent.mkdir(exist_ok=True)
        write_tree(store, target, tree)
    return Release(name, target, records, longest, compiled, tree, [*folder.calendars.values()])


def _needs_reload(path: str) -> bool:
    """Files that FreeSWITCH reads at start and on reloadxml only."""
    return path == "directory.xml" or path.startswith("gateways/")
