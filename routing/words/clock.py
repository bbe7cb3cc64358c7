"""Times of the day: "десята тридцять", "о десятій тридцять", "o zero pięć", "at nine oh five a.m."."""

from __future__ import annotations

from collections.abc import Callable

from routing.words.cardinal import cardinal
from routing.words.counted import counted
from routing.words.grammar import Case, Gender, Language, in_range, language_of
from routing.words.ordinals import OrdinalForm, ordinal

#: The whole day has 24 hours in Ukrainian, Russian and Polish; midnight, and English noon, have names.
_MIDNIGHT: dict[Language, tuple[str, str]] = {
    "uk": ("північ", "опівночі"),
    "ru": ("полночь", "в полночь"),
    "pl": ("północ", "o północy"),
    "en": ("midnight", "at midnight"),
}
#: Midnight by its number, where a date before it would leave open at which end of the day it is.
HOUR_ZERO: dict[Language, str] = {
    "uk": "о нульовій годині",
    "ru": "в ноль часов",
    "pl": "o godzinie zerowej",
    "en": "at midnight",
}


def time_of_day(hour: int, minute: int, language: str) -> str:
    """A time alone, as the answer to "what time is it?". Raises ValueError."""
    return _time(hour, minute, language, at=False)


def at_time(hour: int, minute: int, language: str) -> str:
    """A time with its preposition, as the answer to "when?". Raises ValueError."""
    return _time(hour, minute, language, at=True)


def _time(hour: int, minute: int, language: str, at: bool) -> str:
    spoken = language_of(language)
    in_range(hour, 0, 23, "hour")
    in_range(minute, 0, 59, "minute")
    return _MIDNIGHT[spoken][at] if (hour, minute) == (0, 0) else _SPOKEN[spoken](hour, minute, at)


def _ukrainian(hour: int, minute: int, at: bool) -> str:
    form = OrdinalForm.AT_HOUR if at else OrdinalForm.HOUR
    name = ordinal(hour, "uk", form) if hour else ("нульовій" if at else "нульова")
    before = ("об " if hour == 11 else "о ") if at else ""  # об одинадцятій: two vowels do not meet
    after = _minutes(minute, "uk", "нуль", Case.NOMINATIVE) if minute else "" if at else "година"
    return f"{before}{name} {after}".strip()


def _russian(hour: int, minute: int, at: bool) -> str:
    before = "в " if at else ""
    if not minute:
        return before + ("час ночи" if hour == 1 else counted(hour, "hour", "ru"))
    name = "час" if hour == 1 else cardinal(hour, "ru")
    return f"{before}{name} {_minutes(minute, 'ru', 'ноль', Case.ACCUSATIVE if at else Case.NOMINATIVE)}"


def _polish(hour: int, minute: int, at: bool) -> str:
    name = ordinal(hour, "pl", OrdinalForm.AT_HOUR if at else OrdinalForm.HOUR) if hour else "zero"
    before = "o " if at else "" if minute else "godzina "
    after = "zero jeden" if minute == 1 else _minutes(minute, "pl", "zero", Case.NOMINATIVE) if minute else ""
    return f"{before}{name} {after}".strip()


def _english(hour: int, minute: int, at: bool) -> str:
    before = "at " if at else ""
    if (hour, minute) == (12, 0):
        return f"{before}noon"
    half = "a.m." if hour < 12 else "p.m."
    return " ".join(
        part for part in (f"{before}{cardinal(hour % 12 or 12, 'en')}", _minutes(minute, "en", "oh"), half) if part
    )


def _minutes(minute: int, language: Language, zero: str, case: Case = Case.NOMINATIVE) -> str:
    """Two digits: "нуль п'ять", "двадцять одна"; nothing for a full hour."""
    if not minute:
        return ""
    number = cardinal(minute, language, case, Gender.FEMININE)
    return f"{zero} {number}" if minute < 10 else number


_SPOKEN: dict[Language, Callable[[int, int, bool], str]] = {
    "uk": _ukrainian,
    "ru": _russian,
    "pl": _polish,
    "en": _english,
}
