r"""Regular expressions as FreeSWITCH uses PCRE, over Python's re.

As in FreeSWITCH: subjects are bytes, so ``.`` is one byte and ``\d`` is ASCII; ``/.../i`` with options; a match with
more than nine capturing groups counts as no match (the table of captures has ten places); ``$1`` and ``${1}`` in an
action's data, in a buffer that can truncate the result. Knows nothing of channels.
"""

from __future__ import annotations

import re
from functools import lru_cache

CAPTURES = 10
_CLASSES = {
    b"alpha": b"a-zA-Z", b"digit": b"0-9", b"alnum": b"a-zA-Z0-9", b"upper": b"A-Z", b"lower": b"a-z",
    b"space": rb"\s", b"xdigit": b"0-9a-fA-F", b"punct": rb"!-/:-@\[-`{-~", b"word": rb"\w",
}  # fmt: skip
_CLASS = re.compile(rb"\[:(\w+):\]")
_REFERENCE = re.compile(r"\$(?:(\d{1,9})|\{(\d{1,9})\})")


class BadPattern(ValueError):
    """FreeSWITCH logs COMPILE ERROR for such an expression; the condition does not match."""


@lru_cache(maxsize=16384)
def compiled(expression: str) -> re.Pattern[bytes]:
    """The expression, compiled once. Raises BadPattern."""
    flags = 0
    if expression.startswith("_"):
        raise BadPattern(f"{expression!r}: Asterisk's patterns are not supported")
    if expression.startswith("/"):
        body, slash, options = expression[1:].rpartition("/")
        if not slash:
            raise BadPattern(f"{expression!r} has no ending '/'")
        flags |= re.IGNORECASE if "i" in options else 0
        flags |= re.DOTALL if "s" in options else 0
        expression = body
    try:
        return re.compile(_CLASS.sub(lambda name: _CLASSES.get(name[1], b""), to_bytes(expression)), flags)
    except re.error as error:
        raise BadPattern(f"{expression!r}: {error}") from error


def to_bytes(text: str) -> bytes:
    """The bytes of a variable's value; that of a SIP header may not be UTF-8."""
    return text.encode("utf-8", "surrogateescape")


class Match:
    """A match: FreeSWITCH's count of captures, and their substitution into an action's data."""

    def __init__(self, found: re.Match[bytes]) -> None:
        self._found = found
        self.count = 1
        for index, part in enumerate(found.groups(), 1):
            if part is not None:
                self.count = 1 + index

    def substitute(self, data: str) -> str:
        """``data`` with its references replaced; references beyond the captures become empty."""
        if "$" not in data:
            return data
        whole = _REFERENCE.sub(lambda reference: self._capture(int(reference[1] or reference[2])), data)
        room = (len(to_bytes(data)) + len(self._found.string) + 10) * self.count - 1
        return to_bytes(whole)[:room].decode("utf-8", "surrogateescape")

    def array(self) -> str:
        """The match and its captures as the value of a variable such as ``DP_REGEX_MATCH_1``."""
        return "ARRAY::" + "|:".join(self._capture(number) for number in range(self.count))

    def _capture(self, number: int) -> str:
        part = self._found[number] if number < self.count else None
        return (part or b"").decode("utf-8", "surrogateescape")


def perform(subject: str, expression: str) -> Match | None:
    """Search as ``switch_regex_perform`` does. Raises BadPattern."""
    found = compiled(expression).search(to_bytes(subject))
    if found is None:
        return None
    match = Match(found)
    return match if match.count <= CAPTURES else None
