"""A scheme folder opened: which of its files are schemes, the others read, and everything that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.load import files
from routing.load.nodes import Document, read
from routing.model.folder import ANY, Broken
from routing.model.problem import Problem, Problems


@dataclass(frozen=True)
class Opened:
    """``texts``: of files that the cache does not have as they are. ``documents``: everything that is no scheme."""

    schemes: Sequence[files.Source]
    texts: Mapping[str, bytes]
    documents: Sequence[Document]
    sounds: Mapping[str, files.Sound]
    problems: Sequence[Problem]
    #: What may be in files that could not be read, as `Folder.broken`.
    excused: Broken

    @property
    def lengths(self) -> dict[str, float]:
        """Seconds of every sound."""
        return {name: sound.seconds for name, sound in self.sounds.items()}


def opened(folder: Path, cached: Mapping[str, Any]) -> Opened:
    """Read a folder; ``cached`` has schemes by file with their ``stamp``. Raises Problems when there is no folder."""
    sources, unread = files.sources(folder)
    texts, more = changed_texts(sources, cached)
    documents, schemes, wrong = _split(sources, texts, cached)
    sounds, mute = files.sounds(folder)
    yaml = [*unread, *more, *wrong]
    excused = {(ANY, ANY)} if yaml else set()
    excused |= {("schemes", ANY)} if unread or more else set()
    excused |= {("sounds", ANY)} if any(problem.file not in _places(sounds) for problem in mute) else set()
    return Opened(schemes, texts, documents, sounds, [*yaml, *mute], frozenset(excused))


def _places(sounds: Mapping[str, files.Sound]) -> set[str]:
    return {f"{files.SOUNDS}/{name}" for name in sounds}


def changed_texts(sources: Sequence[files.Source], cached: Mapping[str, Any]) -> tuple[dict[str, bytes], list[Problem]]:
    """Texts of the files that the cache does not have as they are now: changed schemes, and everything else."""
    texts: dict[str, bytes] = {}
    problems: list[Problem] = []
    for source in sources:
        if _is_known(source, cached):
            continue
        try:
            texts[source.name] = files.text_of(source)
        except Problems as error:
            problems += error.problems
    return texts, problems


def _is_known(source: files.Source, cached: Mapping[str, Any]) -> bool:
    return source.name in cached and cached[source.name]["stamp"] == source.stamp


def _split(
    sources: Sequence[files.Source], texts: Mapping[str, bytes], cached: Mapping[str, Any]
) -> tuple[list[Document], list[files.Source], list[Problem]]:
    """Shared documents, and the sources that are schemes; a file that could not be read is neither."""
    documents, schemes, problems = [], [], []
    for source in sources:
        if source.name not in texts:
            schemes += [source] if _is_known(source, cached) else []
            continue
        if files.SCHEME_KEY.search(texts[source.name]):
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
