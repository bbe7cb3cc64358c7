"""Compiles changed scheme files, on all cores if there are many, and takes the rest from the cache."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from routing.compile.scheme import Compiled, compile_scheme
from routing.compile.store import Store, digest
from routing.load import files
from routing.load.files import Source
from routing.model.folder import Folder
from routing.model.problem import Problem, Problems

#: Fewer schemes than this compile faster in this process than in new ones.
WORTH_PROCESSES = 200
CHUNK = 40


class CachedScheme(TypedDict):
    """One scheme in the cache: stamps of its sources, its record, and the names of its texts in the store."""

    stamp: str
    text: str
    common: str
    record: dict[str, Any]
    xml: str
    table: str


@dataclass
class Jobs:
    """The input for compiling the schemes of a folder."""

    folder: Folder
    store: Store
    common: str
    sources: Sequence[Source]
    texts: Mapping[str, bytes]
    cached: Mapping[str, Any]
    compiled: int = field(default=0)
    #: Ids of schemes that did not compile; ``*`` for a file with unknown content.
    broken: set[str] = field(default_factory=set)

    def known(self, source: Source) -> CachedScheme | None:
        """The cached entry of an unchanged source; in a copy of the folder only the stamp differs."""
        entry: CachedScheme | None = self.cached.get(source.name)
        if entry is None or entry["common"] != self.common:
            return None
        if entry["stamp"] != source.stamp and entry["text"] != digest(self.texts[source.name]):
            return None
        kept = self.store.has(entry["xml"]) and self.store.has(entry["table"])
        return {**entry, "stamp": source.stamp} if kept else None

    def claimed(self, source: Source) -> set[str]:
        """The ids that a source claims, even if it is invalid."""
        if source.name in self.texts:
            return files.claimed_ids(self.texts[source.name])
        return {self.cached[source.name]["record"]["scheme"]}


def compile_all(
    jobs: Jobs, progress: Callable[[int, int], None] | None
) -> tuple[dict[str, CachedScheme], list[Problem]]:
    """Entries by file name, and every problem of every scheme."""
    entries: dict[str, CachedScheme] = {}
    todo = []
    for source in jobs.sources:
        if (entry := jobs.known(source)) is not None:
            entries[source.name] = entry
        else:
            todo.append(source)
    problems: list[Problem] = []
    jobs.compiled = len(todo)
    for done, (source, result) in enumerate(_results(jobs, todo), 1):
        if isinstance(result, list):
            problems += result
            jobs.broken |= jobs.claimed(source)
        else:
            entries[source.name] = result
        if progress:
            progress(done, len(todo))
    return dict(sorted(entries.items())), problems


def _results(jobs: Jobs, todo: Sequence[Source]) -> Iterator[tuple[Source, CachedScheme | list[Problem]]]:
    if len(todo) < WORTH_PROCESSES or (os.cpu_count() or 1) < 2:
        yield from ((source, _compile(jobs, source)) for source in todo)
        return
    global _shared_jobs
    _shared_jobs = jobs
    try:
        with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
            yield from zip(todo, pool.imap(_compile_shared, todo, chunksize=CHUNK), strict=True)
    finally:
        _shared_jobs = None


#: Forked workers inherit it, so it is not pickled.
_shared_jobs: Jobs | None = None


def _compile_shared(source: Source) -> CachedScheme | list[Problem]:
    assert _shared_jobs is not None
    return _compile(_shared_jobs, source)


def _compile(jobs: Jobs, source: Source) -> CachedScheme | list[Problem]:
    try:
        text = jobs.texts.get(source.name) or files.text_of(source)
        compiled: Compiled = compile_scheme(source.name, text, jobs.folder)
    except Problems as error:
        return error.problems
    return {
        "stamp": source.stamp,
        "text": digest(text),
        "common": jobs.common,
        "record": compiled.record.as_json(),
        "xml": jobs.store.put(compiled.xml.encode()),
        "table": jobs.store.put(compiled.table.encode()),
    }
