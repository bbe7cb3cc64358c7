"""Sets of telephone numbers as one regex in the form of a digit tree, which a match walks once.

The regexes work in PCRE and Python. Numbers and prefixes are digits without ``+``; the regexes expect the ``+``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: FreeSWITCH's PCRE refuses a regex with a longer compiled form; the condition then never matches. Measured with its
#: libpcre 8: a tree of 4,000 whole numbers compiles, one of 5,000 does not.
LONGEST_COMPILED = 65_000
_DIGITS = "0123456789"
_END = "$"
_CLASS = re.compile(r"\[\d+\]")


def numbers_pattern(numbers: Iterable[str], before: str = r"\+") -> str:
    """A regex of exactly these numbers; without any it matches nothing."""
    tree: dict[str, Any] = {}
    for number in sorted(set(numbers)):
        node = tree
        for digit in number:
            node = node.setdefault(digit, {})
        node[_END] = None
    return f"^{before}{_exactly(tree)}" if tree else "^(?!)"


def _exactly(node: dict[str, Any]) -> str:
    parts = [_END if below is None else digit + _exactly(below) for digit, below in node.items()]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def longest_prefix_pattern(prefixes: Mapping[str, bool]) -> str:
    """A regex of numbers whose longest known prefix is marked True; numbers without a known prefix do not match.

    ``{"38057": True, "380571": False}`` matches everything that starts with 38057, except 380571.
    """
    tree: dict[str, Any] = {}
    for prefix, inside in sorted(prefixes.items()):
        node = tree
        for digit in prefix:
            node = node.setdefault(digit, {})
        node[_END] = inside
    found = _longest(tree, False)
    return "^(?!)" if found is None else rf"^\+{found}"


def _longest(node: dict[str, Any], inherited: bool) -> str | None:
    """A regex of the rest of a number below a node: "" if any rest matches, None if none does."""
    here = bool(node.get(_END, inherited))
    below = {digit: _longest(node[digit], here) for digit in _DIGITS if digit in node}
    if here and all(rest == "" for rest in below.values()):
        return ""
    by_rest: dict[str, str] = {}
    for digit in _DIGITS:
        rest = below.get(digit, "" if here else None)
        if rest is not None:
            by_rest[rest] = by_rest.get(rest, "") + digit
    parts = [_class(digits) + rest for rest, digits in by_rest.items()] + ([_END] if here else [])
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _class(digits: str) -> str:
    """One of these digits."""
    if len(digits) == 1:
        return digits
    return r"\d" if digits == _DIGITS else f"[{digits}]"


def compiled_bytes(pattern: str) -> int:
    """An upper bound of the compiled size of a digit tree in PCRE: a class has 33 bytes, a digit 2, a branch 3."""
    classes = _CLASS.findall(pattern)
    return 33 * len(classes) + 2 * (len(pattern) - sum(map(len, classes))) + pattern.count("|")
