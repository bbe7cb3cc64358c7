"""Regular expressions as FreeSWITCH uses PCRE, over Python's re.

Kept from FreeSWITCH: ``/.../i`` with options; at most nine capturing groups may take part (its table of
captures has ten places and a fuller match counts as no match); ``$1`` and ``${1}`` in an action's data,
in a buffer that can cut the result short. Knows nothing of channels.
"""

from __future__ import annotations

import re
from functools import lru_cache

CAPTURES = 10
_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z",
    "space": r"\s", "xdigit": "0-9a-fA-F", "punct": r"!-/:-@\[-`{-~", "word": r"\w",
}  # fmt: skip
_CLASS = re.compile(r"\[:(\w+):\]")
_REFERENCE = re.compile(r"\$(?:(\d{1,9})|\{(\d{1,9})\})")


class BadPattern(ValueError):
    """FreeSWITCH would log COMPILE ERROR and treat the condition as not matching."""


@lru_cache(maxsize=16384)
def compiled(expression: str) -> re.Pattern[str]:
    """The expression, compiled once. Raises BadPattern."""
    flags = re.ASCII
    if expression.startswith("/"):
        body, slash, options = expression[1:].rpartition("/")
        if not slash:
            raise BadPattern(f"{expression!r} has no ending '/'")
        flags |= re.IGNORECASE if "i" in options else 0
        flags |= re.DOTALL if "s" in options else 0
        expression = body
    try:
        return re.compile(_CLASS.sub(lambda name: _CLASSES.get(name[1], ""), expression), flags)
    except re.error as error:
        raise BadPattern(f"{expression!r}: {error}") from error


class Match:
    """A match: how many captures FreeSWITCH counts, and its substitution into an action's data."""

    def __init__(self, found: re.Match[str]) -> None:
        self._found = found
        self.count = 1 + max((index for index, text in enumerate(found.groups(), 1) if text is not None), default=0)

    def substitute(self, data: str) -> str:
        """``data`` with its references replaced; references beyond the captures vanish."""
        room = (len(data.encode()) + len(self._found.string.encode()) + 10) * self.count - 1
        whole = _REFERENCE.sub(lambda reference: self._capture(int(reference[1] or reference[2])), data)
        return whole if len(whole) <= room // 4 else whole.encode()[:room].decode(errors="ignore")

    def _capture(self, number: int) -> str:
        return (self._found[number] or "") if number < self.count else ""


def perform(subject: str, expression: str) -> Match | None:
    """Search as ``switch_regex_perform`` does. Raises BadPattern."""
    found = compiled(expression).search(subject)
    if found is None:
        return None
    match = Match(found)
    return match if match.count <= CAPTURES else None
