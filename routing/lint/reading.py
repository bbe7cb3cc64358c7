"""From the files of a scheme folder to the input of lints; facts of unchanged schemes come from the cache."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from routing.compile import schemes as compiling
from routing.compile.build import common_key
from routing.compile.cache import Cache
from routing.compile.lists import RememberedLists
from routing.compile.sources import opened
from routing.compile.version import code_version
from routing.lint.facts import facts_of
from routing.lint.findings import SchemeFacts
from routing.lint.whole import WholeFolder
from routing.load import files
from routing.load.folder import shared
from routing.load.lists import read_lists
from routing.load.nodes import read
from routing.model.folder import Folder
from routing.model.problem import Problems


def read_whole(schemes: Path, root: Path, today: date, *, complete: bool) -> WholeFolder | None:
    """A folder as far as it can be read; None without a project. The compiler reports its problems.

    ``root`` holds the cache; ``complete``: the compiler found no problem. Raises Problems without a folder.
    """
    cache = Cache(root, "lints")
    cached = cache.load(code_version())
    found = opened(schemes, cached)
    folder, _ = shared(found.documents, found.lengths, "")
    if folder is None:
        return None
    known = RememberedLists(Cache(root, "lists"), folder)
    lists, _ = read_lists(schemes, folder.project.country, known)
    # a scheme that uses a name with a faulty definition has no facts
    folder = replace(folder, lists=lists, broken=frozenset())
    common = common_key(folder, found, "")
    entries = _entries(found.schemes, folder, common, cached, complete)
    if entries != cached:
        cache.save(code_version(), entries)
    facts = [SchemeFacts(**entry["facts"]) for entry in entries.values()]
    channels = {name: sound.channels for name, sound in found.sounds.items()}
    return WholeFolder(folder, found.documents, {each.scheme: each for each in facts}, today, complete, channels)


def _entries(
    sources: Sequence[files.Source], folder: Folder, common: str, cached: dict[str, Any], compiles: bool
) -> dict[str, Any]:
    """Facts by file name, with the stamps of their sources."""

    def is_known(source: files.Source) -> bool:
        entry = cached.get(source.name)
        return entry is not None and (entry["stamp"], entry["common"]) == (source.stamp, common)

    todo = [source for source in sources if not is_known(source)]
    fresh = {
        source.name: {"stamp": source.stamp, "common": common, "facts": facts.as_json()}
        for source, facts in zip(todo, _all_facts(todo, folder, compiles), strict=True)
        if facts
    }
    known = {source.name: cached[source.name] for source in sources if is_known(source)}
    return dict(sorted((known | fresh).items()))


def _all_facts(sources: Sequence[files.Source], folder: Folder, compiles: bool) -> Iterator[SchemeFacts | None]:
    global _inherited
    _inherited = (folder, compiles)
    if len(sources) < compiling.WORTH_PROCESSES or (os.cpu_count() or 1) < 2:
        yield from map(_facts, sources)
        return
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        yield from pool.imap(_facts, sources, chunksize=compiling.CHUNK)


#: The shared folder, and whether all schemes compile: forked workers inherit both, so they are not pickled.
_inherited: tuple[Folder, bool]


def _facts(source: files.Source) -> SchemeFacts | None:
    folder, compiles = _inherited
    try:
        return facts_of(read(source.name, files.text_of(source)), folder, compiles=compiles)
    except Problems:
        return None
