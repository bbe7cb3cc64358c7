"""Finds a scheme in a folder and reads what a picture needs: its fields, its file as written, the shared part."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from routing.compile.build import load_shared
from routing.graph.flow import Flow, flow
from routing.load import files
from routing.load.lists import read_lists
from routing.load.nodes import Document, read
from routing.load.validate import Wrong, validate
from routing.model.problem import Problems, did_you_mean
from routing.steps.scheme import SchemeFields, check


class NoScheme(ValueError):
    """No file of the folder holds the scheme; the message names one that is near."""


def read_flow(schemes: Path, scheme: str) -> Flow:
    """The flow of one scheme. Raises NoScheme, and Problems when it or the folder's shared part is wrong."""
    document = _document(schemes, scheme)
    sounds = {name: seconds for name, (_, seconds) in files.sounds(schemes).items()}
    shared = load_shared(schemes)
    lists, wrong_lists = read_lists(schemes, shared.project.country)
    if wrong_lists:
        raise Problems(wrong_lists)
    folder = replace(shared, sounds=sounds, lists=lists)
    fields = validate(SchemeFields, document, (), document.data, folder.project.country)
    if isinstance(fields, Wrong):
        raise Problems(list(fields))
    wrong = [document.problem(*complaint) for complaint in check(fields, folder)]
    if wrong:
        raise Problems(wrong)
    return flow(fields, document.data, folder)


def _document(schemes: Path, scheme: str) -> Document:
    known = []
    for source in files.sources(schemes):
        text = files.text_of(source)
        if not files.SCHEME_KEY.search(text):
            continue
        document = read(source.name, text)
        if document.data.get("scheme") == scheme:
            return document
        known.append(str(document.data.get("scheme")))
    raise NoScheme(
        f"no scheme is called {scheme} ({did_you_mean(scheme, known) or 'known: ' + ', '.join(sorted(known))})"
    )
