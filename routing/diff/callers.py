"""One caller for every combination of a dialplan's conditions on callers.

Examples are generated from the regexes. Regexes without an example are listed in `Callers.untried`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from routing.model.numbers import dialling
from routing.offline.pattern import BadPattern, compiled, to_bytes

CALLER = "${routing_caller}"
#: A typical length of a number: prefixes are padded to this many characters, ``+`` included.
LENGTH = 13
MOST_EXAMPLES = 200
MOST_CALLERS = 60
PLAIN = "+999000000001"
_PREFIX = re.compile(r"\^\\\+(\d+)")


@dataclass(frozen=True)
class Callers:
    """``usual`` matches as few conditions as possible; each of the others, with its label, a different set."""

    usual: str
    others: Mapping[str, str]
    untried: tuple[str, ...]


def callers(expressions: Iterable[str], country: str | None) -> Callers:
    """Callers that match different sets of these regexes."""
    tests = sorted(set(expressions))
    usual = _usual(tests, country)
    known: dict[tuple[bool, ...], str] = {_fits(usual, tests): usual}
    untried, labels = [], {"anonymous": "a withheld number"}
    for test in tests:
        made = [text for text in itertools.islice(examples(test), MOST_EXAMPLES) if _is_caller(text)]
        if not made:
            untried.append(test)
        prefix = _PREFIX.fullmatch(test)
        for text in made:
            labels.setdefault(text, _label(text, prefix))
            known.setdefault(_fits(text, tests), text)
    if tests:
        known.setdefault(_fits("anonymous", tests), "anonymous")
    found = [text for text in known.values() if text != usual]
    return Callers(usual, {text: labels[text] for text in found[:MOST_CALLERS]}, tuple(untried))


def _label(text: str, prefix: re.Match[str] | None) -> str:
    if prefix is None:
        return f"callers like {text}"
    return f"+{prefix[1]}..." if len(prefix[1]) < LENGTH - 1 else text


def _usual(tests: Sequence[str], country: str | None) -> str:
    """The candidate, preferably a mobile of the project's country, that matches the fewest conditions."""
    code = dialling(country)[0] if country else ""
    tries = [f"+{code}{tail}"[:LENGTH].ljust(LENGTH, "1") for tail in ("67", "99", "50", "93", "7")] if code else []
    return min([*tries, PLAIN, "+15005550001"], key=lambda text: sum(_fits(text, tests)))


def _is_caller(text: str) -> bool:
    return text == "anonymous" or (text.startswith("+") and text[1:].isdigit() and 8 <= len(text) <= 16)


@lru_cache(maxsize=100_000)
def fits(text: str, expression: str) -> bool:
    """Whether a dialplan's regex matches a text."""
    try:
        return compiled(expression).search(to_bytes(text)) is not None
    except BadPattern:
        return False


def _fits(text: str, tests: Sequence[str]) -> tuple[bool, ...]:
    return tuple(fits(text, test) for test in tests)


def examples(expression: str) -> Iterator[str]:
    """Texts that a regex matches, at least one per alternative; numbers are padded to a typical length."""
    try:
        parsed = parser.parse(expression)
    except (ValueError, RecursionError):
        return
    open_ended = expression.startswith(r"^\+") and not expression.endswith("$")
    for text in _sequence(list(parsed)):
        filled = text.ljust(LENGTH, "1") if open_ended or text.startswith("+") else text
        for each in dict.fromkeys((text, filled) if not open_ended else (filled,)):
            if fits(each, expression):
                yield each


def _sequence(items: list[Any]) -> Iterator[str]:
    if not items:
        yield ""
        return
    for head in _item(*items[0]):
        for tail in _sequence(items[1:]):
            yield head + tail


def _item(kind: Any, argument: Any) -> Iterator[str]:
    """The texts of one element; lookarounds and anchors give no text, `examples` checks them."""
    if kind is op.LITERAL:
        yield chr(argument)
    elif kind is op.IN:
        yield from _members(argument)
    elif kind is op.ANY:
        yield "1"
    elif kind is op.BRANCH:
        for branch in argument[1]:
            yield from _sequence(list(branch))
    elif kind is op.SUBPATTERN:
        yield from _sequence(list(argument[-1]))
    elif kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        least, most, inner = argument
        for count in dict.fromkeys((max(least, min(1, int(most))), int(least))):
            for one in _sequence(list(inner)):
                yield one * count
    else:
        yield ""


def _members(members: list[Any]) -> Iterator[str]:
    if members and members[0][0] is op.NEGATE:
        yield from (sign for sign in "1a" if not any(sign == chr(value) for _, value in members[1:]))
        return
    for kind, value in members:
        if kind is op.LITERAL:
            yield chr(value)
        elif kind is op.RANGE:
            yield from (chr(value[0]), chr(value[1]))
        elif kind is op.CATEGORY:
            yield "1"
