"""The lines of steps and branches in the schemes' files. Reads the folder as the compiler does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from routing.load import files
from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.problem import Loc
from routing.steps.scheme_file import SchemeFields, walk

#: First and last line, from 1.
Lines = tuple[int, int]


@dataclass(frozen=True)
class Places:
    """One scheme's file: its text, the kind of each step by path, the lines of steps and branches by path."""

    file: str
    text: str
    kinds: Mapping[str, str]
    lines: Mapping[str, Lines]


def places(folder: Path, country: str | None) -> dict[str, Places]:
    """The schemes of a folder that compiles, by id."""
    found = {}
    for source in files.sources(folder)[0]:
        text = files.text_of(source)
        if not files.has_key(text, files.SCHEME_KEY, "scheme"):
            continue
        document = read(str(folder / source.name), text)
        fields = validate(SchemeFields, document, (), document.data, country)
        if not isinstance(fields, Wrong):
            found[fields.scheme] = _places(document, fields, text.decode("utf-8-sig"))
    return found


def _places(document: Document, fields: SchemeFields, text: str) -> Places:
    kinds: dict[str, str] = {}
    lines: dict[str, Lines] = {}
    for path, kind, loc in _parts(fields):
        kinds[path] = kind
        lines[path] = document.lines(loc)
    return Places(document.file, text, kinds, lines)


def _parts(fields: SchemeFields) -> Iterator[tuple[str, str, Loc]]:
    """Steps with their kinds, branches without one; a case of `match` is one branch."""
    for top, prefix in (("steps", ""), ("otherwise", "otherwise.")):
        for step, loc, path in walk(getattr(fields, top), (top,), prefix):
            yield path, step.kind, loc[:-1]
            for below, part, _ in step.branches():
                yield f"{path}.{part}", "", (*loc, *(below[:-1] if below[-1] == "steps" else below))
