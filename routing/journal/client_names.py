"""The words of a client's name, by which calls are found. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

#: What a site may call its visitor's name among its facts.
NAMES_OF_CLIENTS = ("name", "client", "client_name", "customer", "company")
#: Most words of a name.
MOST = 8
#: Digits of a word that are kept.
_LONGEST = 160


def name_parts(text: str) -> list[str]:
    """The words of a text in small letters, each once. Of an apostrophe within a word its kind does not matter."""
    plain = re.sub(r"(?<=\w)['\u2019\u02bc`](?=\w)", "'", unicodedata.normalize("NFKC", text).casefold())
    return list(dict.fromkeys(re.findall(r"[\w']*\w", plain)))[:MOST]


def part_mark(word: str) -> str:
    """A word as `marks` has it: UTF-8 in hexadecimal. Languages sort letters differently, these signs alike: so what
    begins alike stands together in every database."""
    return word.encode("utf-8", "replace").hex()[:_LONGEST]


def site_name(entities: Mapping[str, str]) -> str:
    """The client's name, where the site knows its visitor."""
    return next((entities[name] for name in NAMES_OF_CLIENTS if entities.get(name)), "")
