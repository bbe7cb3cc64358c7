"""Corrections of values in forms from elsewhere: the same value as this language writes it.

Every function takes the written value and returns the correct form, or the empty string. It is only a hint; the value
stays invalid.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

_QUOTES = "“”„‟«»‘’‚‹›"
_CLOCK = r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap]m)?"
_PERIOD = re.compile(rf"{_CLOCK}\s*(?:-|–|—|to|до|bis)\s*{_CLOCK}", re.IGNORECASE)
_DAY = re.compile(r"[^\W\d_]+")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH = re.compile(
    r"(\d{1,6}(?:[.,]\d{1,3})?)\s*(ms|msec|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\.?"
)
_MINUTES = re.compile(r"(\d{1,2}):([0-5]\d)")
_DATES = (r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})", r"(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})")
_FLAGS = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}


def unquoted(value: object) -> str:
    """Text in typographic quotes, which YAML treats as letters."""
    text = value.strip() if isinstance(value, str) else ""
    return text.strip(_QUOTES) if text[:1] in _QUOTES or text[-1:] in _QUOTES else ""


def flag(value: object) -> str:
    """``no`` is text in this language, ``True`` is YAML 1.1's."""
    word = str(value).lower() if isinstance(value, str) else ""
    return word if word in ("true", "false") else _FLAGS.get(word, "")


def name(value: object) -> str:
    """``Olena Koval`` and ``olena-k`` as names; other alphabets are not converted."""
    word = (
        re.sub(r"[^a-z0-9]+", "_", str(value).lower()).strip("_") if isinstance(value, str) and value.isascii() else ""
    )
    return word if re.fullmatch(r"[a-z][a-z0-9_]{0,63}", word) else ""


def period(text: object) -> str:
    """``9.00–18``, ``9am-5pm``."""
    found = _PERIOD.fullmatch(unquoted(text) or str(text).strip())
    if not found:
        return ""
    clocks = [_clock(*found.groups()[at : at + 3]) for at in (0, 3)]
    return "-".join(clocks) if all(clocks) and clocks[0] != clocks[1] else ""


def _clock(hour: str, minute: str | None, half: str | None) -> str:
    hours = int(hour) % 12 + (12 if half.lower() == "pm" else 0) if half else int(hour)
    return f"{hours:02}:{minute or '00'}" if hours < 24 and int(minute or 0) < 60 else ""


def days(text: object) -> str:
    """``Monday – Friday``, ``Sat``."""
    word = str(text).strip()
    short = _DAY.sub(lambda day: day[0].lower()[:3], word.replace(" ", "")).translate({0x2013: "-", 0x2014: "-"})
    whole = re.fullmatch(r"[a-z]{3}(-[a-z]{3})?(,[a-z]{3}(-[a-z]{3})?)*", short)
    return short if whole and set(_DAY.findall(short)) <= {*_DAYS} else ""


def day(text: object) -> str:
    """``24.12.2026`` and ``2026-2-3``; ``10/12/2026`` is ambiguous."""
    for form in _DATES:
        if found := re.fullmatch(form, str(text).strip()):
            year, month, number = (int(found[part]) for part in "ymd")
            if "/" in str(text) and max(month, number) <= 12 and month != number:
                return ""
            for month_, number_ in ((month, number), (number, month)):
                try:
                    return date(year, month_, number_).isoformat()
                except ValueError:
                    continue
    return ""


def length(text: str) -> str:
    """``20 sec``, ``1.5m``, ``2000ms``, ``0:20``."""
    if found := _MINUTES.fullmatch(text):
        minutes, seconds = int(found[1]), int(found[2])
        return f"{minutes * 60 + seconds}s" if minutes or seconds else ""
    if not (found := _LENGTH.fullmatch(text.lower())):
        return ""
    unit = "ms" if found[2].startswith("ms") else found[2][0]
    amount = float(found[1].replace(",", "."))
    if unit != "ms" and amount == int(amount):
        return f"{int(amount)}{unit}" if amount else ""
    lasts = amount * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    return f"{max(1, round(lasts))}s" if lasts else ""


def key(word: str, known: Iterable[str]) -> str:
    """``to:ivan.desk``, a key without the space after its colon."""
    before, colon, value = word.partition(":")
    return f"{before}: {value}" if colon and value and before in known else ""


#: Characters that look like spaces and are not spaces to YAML.
ODD_SPACES = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u202f\u205f\u2060\u3000"


def odd_space(word: str) -> str:
    """A note on the first character that only looks like a space."""
    odd = next((letter for letter in word if letter in ODD_SPACES), "")
    name = unicodedata.name(odd, "another space").lower() if odd else ""
    return f"it holds a {name} (U+{ord(odd):04X}): indent with ordinary spaces" if odd else ""


def odd_letters(word: str) -> str:
    """A note on the first lookalike character: a Cyrillic letter among Latin ones, a no-break space."""
    odd = next((letter for letter in word if not letter.isascii()), "")
    return f"`{odd}` in it is {unicodedata.name(odd, 'an unknown letter')}" if odd else ""
