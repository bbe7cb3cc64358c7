"""Values as SQL dumps write them: strings of both dialects, numbers, NULL, bytes in hex; fields of COPY."""

from __future__ import annotations

import re

_QUOTED = re.compile(rb"(?:_\w+\s*)?([A-Za-z]?)'(.*)'(?:::.*)?", re.DOTALL)
_ESCAPE = re.compile(rb"\\(x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_MYSQL = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"Z": b"\x1a", b"%": b"\\%", b"_": b"\\_"}
_COPY = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


def literal(text: bytes, *, backslashes: bool) -> bytes | None:
    """A value of INSERT; None is NULL. ``backslashes``: whether they escape in every string (MySQL)."""
    if found := _QUOTED.fullmatch(text):
        return _string(found[1].lower(), found[2], backslashes)
    word = text.split(b"::")[0].strip()
    if word.upper() in (b"NULL", b"DEFAULT"):
        return None
    if word[:2].lower() == b"0x":
        return _hex(word[2:])
    return word


def _string(prefix: bytes, inside: bytes, backslashes: bool) -> bytes:
    if prefix == b"x":
        return _hex(inside)
    if b"\\" not in inside or not (backslashes or prefix == b"e"):
        return inside.replace(b"''", b"'")
    # an escaped quote is no pair of quotes: escapes first, each piece between them by itself
    pieces = re.split(rb"(\\.)", inside, flags=re.DOTALL)
    return b"".join(_unescaped(piece) if at % 2 else piece.replace(b"''", b"'") for at, piece in enumerate(pieces))


def _unescaped(pair: bytes) -> bytes:
    if pair[1:] == b"0":
        return b"\0"
    return _MYSQL.get(pair[1:], pair[1:])


def _hex(digits: bytes) -> bytes:
    try:
        return bytes.fromhex((b"0" * (len(digits) % 2) + digits).decode("ascii"))
    except ValueError:
        return digits


def copied(field: bytes) -> bytes | None:
    r"""A field of a COPY block; ``\N`` is NULL."""
    if field == b"\\N":
        return None
    return _ESCAPE.sub(_copied_escape, field) if b"\\" in field else field


def _copied_escape(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if code[:1] == b"x" and len(code) > 1:
        return bytes([int(code[1:], 16)])
    if code.isdigit() and code[0] < ord("8"):
        return bytes([int(code, 8) & 255])
    return _COPY.get(code, code)
