"""The files of a scheme folder to what lints look at; facts of schemes that did not change come from the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from routing.compile import schemes as compiling
from routing.compile.build import common_key, split
from routing.compile.lists import RememberedLists
from routing.compile.store import Cache
from routing.compile.version import code_version
from routing.lint.base import Facts
from routing.lint.facts import facts_of
from routing.lint.whole import Whole
from routing.load import files
from routing.load.folder import shared
from routing.load.lists import read_lists
from routing.load.nodes import read
from routing.model.folder import Folder
from routing.model.problem import Problems


def read_whole(schemes: Path, root: Path, today: date, *, complete: bool) -> Whole | None:
    """A folder as far as it can be read; None without a project. What is wrong with it is the compiler's to say.

    ``root`` is where the cache is; ``complete``: the compiler found nothing wrong. Raises Problems without a folder.
    """
    cache = Cache(root, "lints")
    sources = files.sources(schemes)
    cached = cache.load(code_version())
    texts = compiling.changed_texts(sources, cached)
    documents, scheme_files, _ = split(sources, texts, cached)
    lengths = {name: seconds for name, (_, seconds) in files.sounds(schemes).items()}
    folder, _ = shared(documents, lengths, "")
    if folder is None:
        return None
    known = RememberedLists(Cache(root, "lists"), folder)
    lists, _ = read_lists(schemes, folder.project.country, known)
    # names that are wrong where they are defined excuse nothing here: a scheme that uses them has no facts
    folder = replace(folder, lists=lists, broken=frozenset())
    common = common_key(folder, documents, texts, sources, "")
    entries = _entries(scheme_files, folder, common, cached)
    if entries != cached:
        cache.save(code_version(), entries)
    facts = [Facts(**entry["facts"]) for entry in entries.values()]
    return Whole(folder, documents, {each.scheme: each for each in facts}, today, complete)


def _entries(sources: Sequence[files.Source], folder: Folder, common: str, cached: dict[str, Any]) -> dict[str, Any]:
    """Facts by file name, with what they were made of."""
    entries = {}
    for source in sources:
        entry = cached.get(source.name)
        if entry is None or (entry["stamp"], entry["common"]) != (source.stamp, common):
            facts = _facts(source, folder)
            entry = facts and {"stamp": source.stamp, "common": common, "facts": facts.as_json()}
        if entry:
            entries[source.name] = entry
    return entries


def _facts(source: files.Source, folder: Folder) -> Facts | None:
    try:
        return facts_of(read(source.name, files.text_of(source)), folder)
    except Problems:
        return None
