"""The scripts that pages load: the site script, filled in with the project's entities, and the callback form."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from routing.track.small import small_script, small_style

PLACE = "__SITE__"
#: Where the part for projects with Google Analytics goes; pages of others do not load it.
GOOGLE_PLACE = "  /* __GOOGLE__ */\n"
#: What pages in Ukrainian often call their language.
MISTAKEN = {"ua": "uk"}
_FORM = ("callback.js", "callback.css", "callback.json")


@functools.cache
def source(name: str = "site.js") -> str:
    """A file of this folder."""
    return (Path(__file__).parent / name).read_text("utf-8")


def script(
    entities: Mapping[str, Mapping[str, Any]],
    moves: bool,
    callbacks: bool = False,
    lends: bool = True,
    streams: Sequence[str] = (),
) -> str:
    """The site script for a project: ``[path, level]`` of each entity; path 0 for one that the page sets itself.

    ``moves``: another page of a visit may need a number of another pool. ``callbacks``: visitors may order a call; the
    script then knows the version of the form, so that browsers keep the form until it changes. ``lends``: there are
    numbers to ask for. ``streams``: ids of Google Analytics whose visitors are told apart.
    """
    entity_paths = {name: [of.get("expression") or 0, int(of.get("level") == "view")] for name, of in entities.items()}
    text = json.dumps(entity_paths, separators=(",", ":")).replace("<", "\\u003c")
    version = json.dumps(form_version()) if callbacks else "0"
    ids = json.dumps(list(streams), separators=(",", ":")) if streams else "0"
    return _site(bool(streams)).replace(PLACE, f"{text},{int(moves)},{version},{int(lends)},{ids}", 1)


def form(language: str) -> str:
    """The script of the callback form with its style sheet and the texts of a language (``uk`` or ``uk-UA``); English
    where there are none."""
    written = language[:2].lower()
    known = MISTAKEN.get(written, written)
    return _form(known if known in texts() else "en")


@functools.cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """The texts of the form by their names, in each language."""
    known: Mapping[str, Mapping[str, str]] = json.loads(source("callback.json"))
    return known


@functools.cache
def form_version() -> str:
    """Changes with the form."""
    return hashlib.sha256("".join(map(source, _FORM)).encode()).hexdigest()[:8]


@functools.cache
def _form(language: str) -> str:
    fillings = {
        "__TEXTS__": json.dumps(texts()[language], ensure_ascii=False, separators=(",", ":")),
        "__LANGUAGE__": language,
        "__STYLE__": json.dumps(small_style(source("callback.css")), ensure_ascii=False),
    }
    filled = _small("callback.js")
    for place, text in fillings.items():
        filled = filled.replace(place, text, 1)
    return filled


@functools.cache
def _site(has_google: bool) -> str:
    return small_script(source("site.js").replace(GOOGLE_PLACE, source("google.js") if has_google else ""))


@functools.cache
def _small(name: str) -> str:
    return small_script(source(name))
