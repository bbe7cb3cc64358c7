"""Times of the day: "десята тридцять", "о десятій тридцять", "o zero pięć", "at nine oh five a.m."."""

from __future__ import annotations

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


#: The same without the date: as close to it as English comes.
HOUR_ZERO_ALONE: dict[Language, str] = HOUR_ZERO | {"en": "at twelve a.m."}
_AT: dict[Language, str] = {"uk": "о", "ru": "в", "pl": "o", "en": "at"}
_ZERO: dict[Language, str] = {"uk": "нуль", "ru": "ноль", "pl": "zero", "en": "oh"}


def time_of_day(hour: int, minute: int, language: str) -> str:
    """A time alone, as the answer to "what time is it?". Raises ValueError."""
    return _time(hour, minute, language, at=False)


def at_time(hour: int, minute: int, language: str) -> str:
    """A time with its preposition, as the answer to "when?". Raises ValueError."""
    return _time(hour, minute, language, at=True)


def at_hour(hour: int, language: str) -> str:
    """A full hour of a day that is named before it. Raises ValueError."""
    return at_time(hour, 0, language) if hour else HOUR_ZERO_ALONE[language_of(language)]


def at_hour_and(hour: int, language: str) -> str:
    """The hour before `minutes_after`: together they are `at_time`. Raises ValueError."""
    spoken = language_of(language)
    in_range(hour, 0, 23, "hour")
    return f"{_AT[spoken]} {_hour(hour, spoken, at=True)}" if (hour, spoken) != (11, "uk") else "об одинадцятій"


def hour_and(hour: int, language: str) -> str:
    """The hour before `minutes_of`: together they are `time_of_day`. Raises ValueError."""
    return _hour(in_range(hour, 0, 23, "hour"), language_of(language), at=False)


def minutes_of(minute: int, language: str, is_afternoon: bool = False) -> str:
    """1 to 59 minutes after `hour_and`; only English asks for the half of the day. Raises ValueError."""
    spoken = language_of(language)
    return _minutes(in_range(minute, 1, 59, "minute"), spoken, at=False) + _half(spoken, is_afternoon)


def minutes_after(minute: int, language: str, is_afternoon: bool = False) -> str:
    """1 to 59 minutes after `at_hour_and`; only English asks for the half of the day. Raises ValueError."""
    spoken = language_of(language)
    return _minutes(in_range(minute, 1, 59, "minute"), spoken, at=True) + _half(spoken, is_afternoon)


def _time(hour: int, minute: int, language: str, at: bool) -> str:
    spoken = language_of(language)
    in_range(hour, 0, 23, "hour")
    in_range(minute, 0, 59, "minute")
    if not minute:
        return _full_hour(hour, spoken, at)
    name, minutes = (at_hour_and, minutes_after) if at else (hour_and, minutes_of)
    return f"{name(hour, spoken)} {minutes(minute, spoken, hour >= 12)}"


def _full_hour(hour: int, language: Language, at: bool) -> str:
    if not hour:
        return _MIDNIGHT[language][at]
    if language == "en" and hour == 12:
        return "at noon" if at else "noon"
    if language == "ru":
        return f"{'в ' if at else ''}{'час ночи' if hour == 1 else counted(hour, 'hour', 'ru')}"
    if at:
        return at_hour_and(hour, language) + _half(language, hour >= 12)
    name = _hour(hour, language, at)
    return {"uk": f"{name} година", "pl": f"godzina {name}"}.get(language, name + _half(language, hour >= 12))


def _hour(hour: int, language: Language, at: bool) -> str:
    """The name of an hour before its minutes."""
    if language == "en":
        return cardinal(hour % 12 or 12, language)
    if language == "ru":
        return "час" if hour == 1 else cardinal(hour, language)
    if not hour:
        return "zero" if language == "pl" else "нульовій" if at else "нульова"
    return ordinal(hour, language, OrdinalForm.AT_HOUR if at else OrdinalForm.HOUR)


def _minutes(minute: int, language: Language, at: bool) -> str:
    """Two digits: "нуль п'ять", "двадцять одна", as minutes are counted."""
    case = Case.ACCUSATIVE if at and language == "ru" else Case.NOMINATIVE
    number = cardinal(minute, language, case, Gender.FEMININE)
    if (minute, language) == (1, "pl"):
        number = "jeden"  # dziesiąta zero jeden
    return f"{_ZERO[language]} {number}" if minute < 10 else number


def _half(language: Language, is_afternoon: bool) -> str:
    return "" if language != "en" else " p.m." if is_afternoon else " a.m."
