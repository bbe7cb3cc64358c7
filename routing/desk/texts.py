"""The desk's texts in four languages, and dates, numbers and plurals as each of them writes them (Babel).

A text stands in ``wording/<page>.json`` under its key, in every language (a test compares them). ``{name}`` in it is
replaced by what the page gives. A text of numbers is a mapping of plural forms: one, few, many, other.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Literal

from babel import Locale, dates, numbers
from werkzeug.datastructures import LanguageAccept

LANGUAGES = ("uk", "ru", "pl", "en")
Width = Literal["abbreviated", "narrow", "wide"]


@functools.cache
def texts_of(language: str) -> dict[str, Any]:
    """Key -> text, or the plural forms of one."""
    files = sorted((Path(__file__).parent / "wording").glob("*.json"))
    found = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {key: text[language] for each in found for key, text in each.items()}


def chosen(next_page: str, accepted: LanguageAccept, default: str) -> str:
    """The language of a request: what was chosen, else what the browser asks for, else the project's."""
    if next_page in LANGUAGES:
        return next_page
    return accepted.best_match(LANGUAGES) or default


@functools.lru_cache(maxsize=20_000)
def _decimal(value: float, language: str) -> str:
    """Reports write thousands of numbers, many of them twice; the library takes longer than all else of a cell."""
    return str(numbers.format_decimal(value, locale=language))


@functools.lru_cache(maxsize=20_000)
def _percent(share: float, language: str) -> str:
    return str(numbers.format_percent(share, locale=language))


@functools.lru_cache(maxsize=20_000)
def _day(day: date, form: str, language: str) -> str:
    return str(dates.format_date(day, form, locale=language))


class Texts:
    """The texts of one language, with times of one zone."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language, self.zone = language, zone
        self._locale = Locale.parse(language)
        self._texts = texts_of(language)

    def __call__(self, key: str, /, **facts: Any) -> str:
        """The text of a key. Raises KeyError for an unknown one: a page with a hole is a fault."""
        text = self._texts[key]
        return text.format(**facts) if facts else str(text)

    def or_plain(self, key: str, plain: str) -> str:
        """The text of a key, ``plain`` without one: for names that come from the journal."""
        return str(self._texts.get(key, plain))

    def below(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The texts whose keys begin so: the rest of the key, the text."""
        return ((key.removeprefix(prefix), str(text)) for key, text in self._texts.items() if key.startswith(prefix))

    def count(self, key: str, number: int) -> str:
        """The text of a key for a number of things: ``3 дзвінки``."""
        forms = self._texts[key]
        form = forms.get(self._locale.plural_form(number)) or forms["other"]
        return str(form).format(n=self.number(number))

    def number(self, value: float) -> str:
        """A number: ``12 345``."""
        if 0 <= value < 1000 and value == int(value):  # alike in every language
            return str(int(value))
        return _decimal(value, self.language)

    def percent(self, share: float) -> str:
        """A share, 0..1, as a percentage without decimals."""
        return _percent(share, self.language)

    def when(self, at_s: float, form: str = "d MMM, HH:mm") -> str:
        """A time in seconds since the epoch, in the zone; "" for 0."""
        if not at_s:
            return ""
        moment = datetime.fromtimestamp(at_s, self.zone)
        return str(dates.format_datetime(moment, form, tzinfo=self.zone, locale=self._locale))

    def day(self, day: date, form: str = "EEE d MMM") -> str:
        """A day."""
        return _day(day, form, self.language)

    def weekday(self, number: int, width: Width = "abbreviated") -> str:
        """The name of a weekday, 0 for Monday."""
        return str(dates.get_day_names(width, "stand-alone", self._locale)[number])

    def span(self, seconds: float) -> str:
        """A duration as a clock shows it: ``0:07``, ``12:30``, ``1:02:05``."""
        whole = round(max(seconds, 0))
        hours, rest = divmod(whole, 3600)
        minutes, left = divmod(rest, 60)
        return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"

    def ago(self, seconds: float) -> str:
        """How long something lasts or is over, in its largest unit: ``5 min``."""
        return str(
            dates.format_timedelta(timedelta(seconds=seconds), threshold=1.5, format="short", locale=self._locale)
        )
