"""Dates and days of the week: "двадцять п'ятого грудня", "w sobotę", "on the first of May"."""

from __future__ import annotations

from datetime import date

from routing.words.cardinal import cardinal
from routing.words.grammar import Language, in_range, language_of
from routing.words.ordinals import OrdinalForm, ordinal

_MONTHS: dict[Language, list[str]] = {
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня".split(),
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_ON_DAYS: dict[Language, list[str]] = {
    "uk": [f"у {day}" for day in "понеділок вівторок середу четвер п'ятницю суботу неділю".split()],
    "ru": "в понедельник|во вторник|в среду|в четверг|в пятницу|в субботу|в воскресенье".split("|"),
    "pl": "w poniedziałek|we wtorek|w środę|w czwartek|w piątek|w sobotę|w niedzielę".split("|"),
    "en": [f"on {day}" for day in "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()],
}
_NEXT_DAYS: dict[Language, list[str]] = {
    "uk": "наступного понеділка|наступного вівторка|наступної середи|наступного четверга|наступної п'ятниці|"
    "наступної суботи|наступної неділі".split("|"),
    "ru": "в следующий понедельник|в следующий вторник|в следующую среду|в следующий четверг|в следующую пятницу|"
    "в следующую субботу|в следующее воскресенье".split("|"),
    "pl": "w następny poniedziałek|w następny wtorek|w następną środę|w następny czwartek|w następny piątek|"
    "w następną sobotę|w następną niedzielę".split("|"),
    "en": [f"next {day}" for day in "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()],
}
#: The word after the ordinal of a year: "двадцять восьмого року".
_OF_YEAR: dict[Language, str] = {"uk": "року", "ru": "года", "pl": "roku", "en": ""}
_ROUND_YEAR: dict[Language, str] = {"uk": "двотисячного", "ru": "двухтысячного", "pl": "dwutysięcznego", "en": ""}
FIRST_YEAR, LAST_YEAR = 2000, 2099


def on_weekday(weekday: int, language: str) -> str:
    """The day of the week with its preposition; 0 is Monday. Raises ValueError."""
    return _ON_DAYS[language_of(language)][in_range(weekday, 0, 6, "weekday")]


def next_weekday(weekday: int, language: str) -> str:
    """The same day of the next week, spoken on that day: "next Monday". Raises ValueError."""
    return _NEXT_DAYS[language_of(language)][in_range(weekday, 0, 6, "weekday")]


def day_and_month(day: date, language: str) -> str:
    """A date without its year, as it stands in a sentence and alone. Raises ValueError."""
    spoken = language_of(language)
    number, month = ordinal(day.day, spoken, OrdinalForm.DAY), _MONTHS[spoken][day.month - 1]
    return f"the {number} of {month}" if spoken == "en" else f"{number} {month}"


def full_date(day: date, language: str) -> str:
    """A date of the years 2000 to 2099 with its year. Raises ValueError."""
    spoken = language_of(language)
    in_range(day.year, FIRST_YEAR, LAST_YEAR, "year")
    return f"{day_and_month(day, spoken)} {_year(day.year, spoken)}".strip()


def _year(year: int, language: Language) -> str:
    rest = year % 100
    if language == "en":
        if rest < 10:
            return cardinal(year, language)
        return f"twenty {cardinal(rest, language)}"
    if not rest:
        return f"{_ROUND_YEAR[language]} {_OF_YEAR[language]}"
    return f"{cardinal(2000, language)} {ordinal(rest, language, OrdinalForm.DAY)} {_OF_YEAR[language]}"
