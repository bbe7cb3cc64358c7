"""One caller for every way in which the tests of a dialplan can tell callers apart.

Examples are made from the expressions themselves. An example that only a deeper reading of an expression could give is
not found; `Callers.untried` names such expressions.
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
#: A caller of a usual length: a prefix is filled up to so many characters, ``+`` included.
LENGTH = 13
MOST_EXAMPLES = 200
MOST_CALLERS = 60
PLAIN = "+999000000001"
_PREFIX = re.compile(r"\^\\\+(\d+)")


@dataclass(frozen=True)
class Callers:
    """``usual`` fits as few tests as can be; the others, with words for them, each fit a set of tests of their own."""

    usual: str
    others: Mapping[str, str]
    untried: tuple[str, ...]


def callers(expressions: Iterable[str], country: str | None) -> Callers:
    """Callers that differ in what these expressions say of them."""
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
    """A mobile of the project's country that no test knows, else whoever fits fewest tests."""
    code = dialling(country)[0] if country else ""
    tries = [f"+{code}{tail}"[:LENGTH].ljust(LENGTH, "1") for tail in ("67", "99", "50", "93", "7")] if code else []
    return min([*tries, PLAIN, "+15005550001"], key=lambda text: sum(_fits(text, tests)))


def _is_caller(text: str) -> bool:
    return text == "anonymous" or (text.startswith("+") and text[1:].isdigit() and 8 <= len(text) <= 16)


@lru_cache(maxsize=100_000)
def fits(text: str, expression: str) -> bool:
    """Whether a dialplan's expression finds something in a text."""
    try:
        return compiled(expression).search(to_bytes(text)) is not None
    except BadPattern:
        return False


def _fits(text: str, tests: Sequence[str]) -> tuple[bool, ...]:
    return tuple(fits(text, test) for test in tests)


def examples(expression: str) -> Iterator[str]:
    """Texts that an expression finds, each branch of its alternatives once or more; numbers at a number's length."""
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
    """The texts of one element; what only looks ahead or marks a place is no text, `examples` judges it."""
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
