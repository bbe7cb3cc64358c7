"""How FreeSWITCH splits an application's argument, with quotes and escapes, and reads names of hangup causes. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from routing.model.causes import CAUSES

_TEXTS = 4_096
_INTEGER = re.compile(r"\s*([+-]?[0-9]+)")
_EXPANSION = re.compile(r"\$(?=\\*\{)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "s": " "}


def cause_named(word: str) -> str:
    """A cause by its name in any case, as FreeSWITCH reads it: any other word is NORMAL_CLEARING, and the only number
    that it reads is 17, USER_BUSY."""
    if atoi(word) == 17:
        return "USER_BUSY"
    return word.upper() if word.upper() in CAUSES else "NORMAL_CLEARING"


def atoi(text: str | None) -> int:
    """C's atoi: the leading integer, else 0."""
    found = _INTEGER.match(text or "")
    return int(found[1]) if found else 0


def separate(text: str, delimiter: str, limit: int = 256) -> list[str]:
    """Split as ``switch_separate_string`` does: quotes group, the last piece holds the rest."""
    quoted = "'" in text or "\\" in text
    return list(_quoted(text, delimiter, limit)) if quoted else _plain(text, delimiter, limit)


@lru_cache(maxsize=_TEXTS)
def _quoted(text: str, delimiter: str, limit: int) -> tuple[str, ...]:
    pieces: list[str] = []
    at = 0
    while at < len(text):
        if len(pieces) == limit - 1:
            pieces.append(text[at:])
            break
        end = _piece_end(text, at, delimiter)
        pieces.append(text[at:end])
        at = end + 1
        while delimiter == " " and text[at : at + 1] == " ":
            at += 1
    return tuple(_clean(piece, delimiter) for piece in pieces)


def _plain(text: str, delimiter: str, limit: int) -> list[str]:
    if delimiter == " ":
        return [piece.strip(" ") for piece in text.strip(" ").split(None, limit - 1)] if text.strip(" ") else []
    pieces = [piece.strip(" ") for piece in text.split(delimiter, limit - 1)] if text else []
    return pieces[:-1] if pieces and not pieces[-1] and text.endswith(delimiter) else pieces


def _piece_end(text: str, at: int, delimiter: str) -> int:
    quoted = False
    while delimiter == " " and text[at : at + 1] == " ":
        at += 1
    while at < len(text):
        letter = text[at]
        if letter == "\\":
            at += 1
        elif letter == "'" and (quoted or delimiter == " " or "'" in text[at + 1 :]):
            quoted = not quoted
        elif letter == delimiter and not quoted:
            return at
        at += 1
    return len(text)


def _clean(piece: str, delimiter: str) -> str:
    if "'" not in piece and "\\" not in piece:
        return piece.strip(" ")
    piece = piece.lstrip(" ")
    out: list[str] = []
    end = at = 0
    quoted = False
    while at < len(piece):
        letter = piece[at]
        following = piece[at + 1 : at + 2]
        escaped = following if following in ("'", '"', delimiter, "\\") else _ESCAPES.get(following, "")
        if letter == "\\" and following and escaped and (delimiter != " " or following != " "):
            out.append(escaped)
            end, at = len(out), at + 2
            continue
        if letter == "'" and (quoted or "'" in piece[at + 1 :]):
            quoted = not quoted
            end = len(out) if quoted else end
        else:
            out.append(letter)
            end = len(out) if letter != " " or quoted else end
        at += 1
    return "".join(out[:end])


def harmless(text: str) -> str:
    """A caller profile field as FreeSWITCH stores it: ``${`` becomes ``%{``, so that it is never expanded."""
    return _EXPANSION.sub("%", text)
