"""Every phrase of phrases.tsv, written by hand, is what the code speaks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from routing.words import cardinal, clock, counted, dates, groups, opening, places
from routing.words.grammar import Case, Gender

LINES = (Path(__file__).parent / "phrases.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(line.split("\t")) for line in LINES if not line.startswith("#")]


def _cardinal(language: str, number: str, case: str = "nominative", gender: str = "masculine") -> str:
    return cardinal.cardinal(int(number), language, Case(case), Gender(gender))


def _counted(language: str, number: str, unit: str, case: str = "nominative") -> str:
    return counted.counted(int(number), unit, language, Case(case))


def _opening(language: str, today: str, opens: str) -> str:
    at = datetime.fromisoformat(opens)
    seen = opening.seen_from(date.fromisoformat(today), at.date(), at.hour * 60 + at.minute)
    return opening.phrase(seen, language)


def _clock(speak: Callable[[int, int, str], str]) -> Callable[[str, str], str]:
    def speak_time(language: str, written: str) -> str:
        hour, minute = written.split(":")
        return speak(int(hour), int(minute), language)

    return speak_time


SPOKEN: dict[str, Callable[..., str]] = {
    "cardinal": _cardinal,
    "counted": _counted,
    "money": lambda language, sum_, currency: counted.money(int(sum_), currency, language),
    "day_and_month": lambda language, day: dates.day_and_month(date.fromisoformat(day), language),
    "full_date": lambda language, day: dates.full_date(date.fromisoformat(day), language),
    "on_weekday": lambda language, weekday: dates.on_weekday(int(weekday), language),
    "next_weekday": lambda language, weekday: dates.next_weekday(int(weekday), language),
    "time_of_day": _clock(clock.time_of_day),
    "at_time": _clock(clock.at_time),
    "opening": _opening,
    "now": lambda language: opening.phrase(opening.NOW, language),
    "later": lambda language: opening.phrase(opening.LATER, language),
    "phone_number": lambda language, digits: groups.phone_number(digits, language),
    "order_number": lambda language, digits: groups.order_number(digits, language),
    "place": lambda language, number: places.place(int(number), language),
    "later place": lambda language: places.later(language),
    "wait": lambda language, minutes: places.wait(int(minutes), language),
}


@pytest.mark.parametrize(("name", "language", "given", "phrase"), ROWS)
def test_a_phrase_written_by_hand(name: str, language: str, given: str, phrase: str) -> None:
    assert SPOKEN[name](language, *given.split()) == phrase


def test_there_are_enough_phrases_and_none_twice() -> None:
    assert len({row[:3] for row in ROWS}) == len(ROWS) >= 400
    assert {row[1] for row in ROWS} == {"uk", "ru", "pl", "en"}
