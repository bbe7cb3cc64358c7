"""``${variable}`` expansion as FreeSWITCH does it with ``api-expansion`` off.

Values are expanded again, to a depth of 100: caller-controlled text must never reach a variable. ``${name(args)}`` runs
nothing: FreeSWITCH replaces it by the text DENIED, and an error event is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from routing.offline.argument import atoi

DENIED = "<API Execute Permission Denied>"
DEPTH = 100
_TEXTS = 16_384
_REFERENCE = re.compile(r"\$\\*\{")
_ESCAPED = re.compile(r"\\[\\nst']")
_SPECIAL = re.compile(r"[$\\]")

Lookup = Callable[[str], str | None]
Complain = Callable[[str], None]
#: A piece of a text: (False, literal text) or (True, name of a reference).
_Piece = tuple[bool, str]


def expand(text: str, lookup: Lookup, complain: Complain, depth: int = 0) -> str:
    """``text`` with its references replaced; unknown variables are empty.

    ``lookup`` gives a variable's raw value; ``complain`` is called for every attempt to run an API command.
    """
    if depth > DEPTH or ("$" not in text and "\\" not in text):
        return text
    pieces = _pieces(text)
    if pieces is None:
        return text
    return "".join([_value(literal, lookup, complain, depth) if named else literal for named, literal in pieces])


@lru_cache(maxsize=_TEXTS)
def _pieces(text: str) -> tuple[_Piece, ...] | None:
    """The pieces of a text, cached; None when it holds nothing to expand."""
    if not (_REFERENCE.search(text) or _ESCAPED.search(text)):
        return None
    out: list[_Piece] = []
    at, size = 0, len(text)
    while at < size:
        letter = text[at]
        if letter == "\\" and at + 1 < size and text[at + 1] in "$'\\":
            at, literal = _escape(text, at)
            out.append((False, literal))
        elif letter == "$" and (text.startswith("{", at + 1) or text.startswith("${", at + 1)):
            start = at + (2 if text[at + 1] == "{" else 3)
            end, name = _closing(text, start)
            out.append((True, name))
            at = end
            if at < size and text[at] != "$":
                out.append((False, text[at]))
                at += 1
        else:
            special = _SPECIAL.search(text, at + 1)
            end = special.start() if special else size
            out.append((False, text[at:end]))
            at = end
    return tuple(out)


def _escape(text: str, at: int) -> tuple[int, str]:
    """Where an escape ends, and the text that replaces it."""
    following = text[at + 1]
    if following in "'\\":
        return at + 2, following.strip("'")
    skip = 2 if text.startswith("$$", at + 1) else 1
    return at + skip + 1, text[at + skip]


def _closing(text: str, start: int) -> tuple[int, str]:
    end = text.find("}", start)
    if end >= 0 and text.find("{", start + 1, end) < 0:
        return end + 1, text[start:end]
    depth, at = 1, start
    while at < len(text):
        if depth == 1 and text[at] == "}":
            return at + 1, text[start:at]
        if at != start and text[at] == "{":
            depth += 1
        elif depth > 1 and text[at] == "}":
            depth -= 1
        at += 1
    return at, text[start:]


def _value(name: str, lookup: Lookup, complain: Complain, depth: int) -> str:
    if " " in name or "(" in name:
        complain(f"API expansion is off: ${{{name}}} was refused")
        return DENIED
    name = expand(name, lookup, complain, depth + 1)
    name, colon, rest = name.partition(":")
    index = 0
    if "[" in name and name.endswith("]"):
        name, _, number = name[:-1].partition("[")
        index = atoi(number)
    value = lookup(name)
    if value is None:
        return ""
    if index and value.startswith("ARRAY::"):
        value = (value[7:].split("|:") + [""] * index)[index]
    value = expand(value, lookup, complain, depth + 1)
    return _slice(value, rest) if colon else value


def _slice(value: str, rest: str) -> str:
    start, _, length = rest.partition(":")
    offset, count = atoi(start), atoi(length)
    if offset >= 0 or -offset <= len(value):
        value = value[offset:]
    return value[:count] if 0 < count < len(value) else value
