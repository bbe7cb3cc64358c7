"""What the journal tells of steps and phones, in the desk's language. Pure.

The journal keeps English sentences, as `routing journal` prints them. Each of them is the English text of a key
``sentence.…`` in ``wording/sentences.json``. Its values (``{key}``) are words that are kept, but for ``{sentence}``,
another such sentence, and ``{span}``, a time: ``2 h``. What no key fits, as a server's own words, stays English.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from babel import units

from routing.desk.texts import Texts, texts_of

PREFIX = "sentence."
#: The journal's own sentences are shorter, and hold others not so deep. Servers and callers can add to them: without
#: bounds, words that fit many patterns would be tried in exponentially many ways.
_LONGEST, _DEEPEST = 500, 3
#: The journal joins its sentences with these.
_BETWEEN = re.compile(r"(; | / |, )")
_PLACE = re.compile(r"\\\{(\w+)\\\}")
#: Values of more than one word.
_LONG = re.compile(r"sentence|span|labels|people|sounds")
_SPAN = re.compile(r"\d+ ?(?:d|h|min|s)\b(?: \d+ ?(?:h|min|s)\b)*")
_PART = re.compile(r"(\d+) ?(d|h|min|s)\b")
_UNITS = {"d": "duration-day", "h": "duration-hour", "min": "duration-minute", "s": "duration-second"}


class Sentence(NamedTuple):
    """A sentence. ``is_english``: part of it has no translation."""

    text: str
    is_english: bool


def translated(t: Texts, text: str) -> Sentence:
    """What the journal tells, in the language of ``t``."""
    if t.language == "en" or not text:
        return Sentence(text, is_english=False)
    if (whole := _sentence(t.language, text, _DEEPEST)) is not None:
        return Sentence(whole, is_english=False)
    pieces = [*_pieces(t.language, text)]
    return Sentence("".join(each.text for each in pieces), any(each.is_english for each in pieces))


def _pieces(language: str, text: str) -> Iterator[Sentence]:
    for piece in _BETWEEN.split(text):
        found = _sentence(language, piece, _DEEPEST)
        is_name = _BETWEEN.fullmatch(piece) is not None or " " not in piece or piece[0] in "\"'"
        yield Sentence(piece if found is None else found, is_english=found is None and not is_name)


@functools.lru_cache(maxsize=20_000)
def _sentence(language: str, text: str, deepest: int) -> str | None:
    """The translation of one sentence, which holds others at most ``deepest`` deep; None for an unknown one."""
    for pattern, key in _patterns() if len(text) <= _LONGEST else ():
        if (found := pattern.fullmatch(text)) is None:
            continue
        values = {name: _value(language, name, value, deepest) for name, value in found.groupdict().items()}
        if None not in values.values():
            return str(texts_of(language)[key]).format(**values)
    return None


def _value(language: str, name: str, value: str, deepest: int) -> str | None:
    if name.startswith("sentence"):
        return _sentence(language, value, deepest - 1) if deepest else None
    if name.startswith("span"):
        return _span(language, value)
    return value


def _span(language: str, text: str) -> str | None:
    if _SPAN.fullmatch(text) is None:
        return None
    parts = _PART.findall(text)
    return " ".join(units.format_unit(int(number), _UNITS[unit], "short", locale=language) for number, unit in parts)


@functools.cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The English sentences, those with most words of their own first."""
    english = {key: text for key, text in texts_of("en").items() if key.startswith(PREFIX)}
    longest_first = sorted(english.items(), key=lambda each: -len(re.sub(r"\{\w+\}", "", each[1])))
    return tuple((re.compile(_PLACE.sub(_group, re.escape(text))), key) for key, text in longest_first)


def _group(found: re.Match[str]) -> str:
    value = ".+?" if _LONG.match(found[1]) else r"[^\s,;/]+"
    return f"(?P<{found[1]}>{value})"
