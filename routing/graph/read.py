"""Reads a scheme for its diagram: fields, the file as written, and the folder's shared part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from routing.compile.build import load_shared
from routing.compile.sources import Opened, opened
from routing.compile.waits import longest_waits
from routing.graph.flow import Flow, flow
from routing.load import files
from routing.load.lists import read_lists
from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.folder import Folder
from routing.model.problem import Problems, did_you_mean
from routing.steps.scheme_file import SchemeFields, check, seconds, summarise


class NoScheme(ValueError):
    """No file of the folder defines the scheme; the message suggests a similar name."""


def read_flow(schemes: Path, scheme: str) -> Flow:
    """The flow of one scheme. Raises NoScheme, and Problems of the scheme or the folder's shared part."""
    found = opened(schemes, {})
    names = _names(found)
    if scheme not in names:
        if found.problems:
            raise Problems(found.problems)
        hint = did_you_mean(scheme, names) or f"known: {', '.join(sorted(names))}"
        raise NoScheme(f"no scheme is called {scheme} ({hint})")
    shared = load_shared(schemes)
    lists, wrong_lists = read_lists(schemes, shared.project.country)
    if wrong_lists:
        raise Problems(wrong_lists)
    folder = replace(shared, lists=lists)
    document = read(names[scheme], found.texts[names[scheme]])
    fields = _checked(document, folder)
    return flow(fields, document.data, folder, _longest(fields, names, found, folder))


def _names(found: Opened) -> dict[str, str]:
    """Scheme -> file, the first one if several files claim the scheme."""
    names: dict[str, str] = {}
    for source in found.schemes:
        for claimed in files.claimed_ids(found.texts[source.name]):
            names.setdefault(claimed, source.name)
    return names


def _checked(document: Document, folder: Folder) -> SchemeFields:
    fields = validate(SchemeFields, document, (), document.data, folder.project.country)
    if isinstance(fields, Wrong):
        raise Problems(list(fields))
    wrong = [document.problem(*complaint) for complaint in check(fields, folder)]
    if wrong:
        raise Problems(wrong)
    return fields


class _Times(NamedTuple):
    scheme: str
    longest: float
    otherwise: float
    jumps: list[tuple[str, float, None]]


def _longest(first: SchemeFields, names: Mapping[str, str], found: Opened, folder: Folder) -> float | None:
    """The longest wait in seconds, jumps included; None if one of the schemes is invalid or missing."""
    known, queue = {first.scheme: _times(first, folder)}, [first.scheme]
    while queue:
        for target in {to for to, _, _ in known[queue.pop()].jumps} - {"*"} - known.keys():
            try:
                fields = _checked(read(names[target], found.texts[names[target]]), folder)
            except (KeyError, Problems):
                return None
            known[target] = _times(fields, folder)
            queue.append(target)
    return longest_waits(known.values())[first.scheme]


def _times(fields: SchemeFields, folder: Folder) -> _Times:
    summary = summarise(fields, folder)
    jumps = [(jump.scheme, jump.seconds, None) for jump in summary.jumps]
    return _Times(fields.scheme, summary.longest, seconds(fields.otherwise, folder), jumps)
