"""What holds of every phrase: words only, single blanks, one phrase for one value, ValueError out of range."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from routing.words.cardinal import LARGEST, cardinal
from routing.words.clock import at_hour, at_hour_and, at_time, hour_and, minutes_after, minutes_of, time_of_day
from routing.words.counted import CURRENCIES, UNIT_NAMES, counted, money
from routing.words.dates import day_and_month, full_date, next_weekday, on_weekday
from routing.words.grammar import LANGUAGES, Case, Gender
from routing.words.groups import order_number, phone_number
from routing.words.opening import Opening, Seen, phrase, seen_from
from routing.words.places import place, wait

LANGUAGE = st.sampled_from(LANGUAGES)
NUMBER = st.integers(0, LARGEST) | st.integers(0, 3000)
CASE = st.sampled_from(Case)
DAY = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MINUTE = st.integers(0, 1439)
LETTERS = {"uk": "а-яіїєґ", "ru": "а-яё", "pl": "a-ząćęłńóśźż", "en": "a-zA-Z"}


def is_spoken(phrase: str, language: str) -> None:
    """Letters of the language, apostrophes and hyphens; single blanks; commas and one period between and after."""
    word = f"[{LETTERS[language]}'-]+"
    assert re.fullmatch(rf"(?i){word}(?:[,:]? (?:{word}|[ap]\.m\.))*\.?", phrase), phrase


@given(NUMBER, LANGUAGE, CASE, st.sampled_from(Gender))
def test_a_number_is_spoken_in_letters(number: int, language: str, case: Case, gender: Gender) -> None:
    is_spoken(cardinal(number, language, case, gender), language)


@given(NUMBER, NUMBER, LANGUAGE, CASE, st.sampled_from(UNIT_NAMES), st.sampled_from(CURRENCIES))
def test_two_numbers_are_two_phrases(one: int, other: int, language: str, case: Case, unit: str, currency: str) -> None:
    assume(one != other)
    assert cardinal(one, language, case) != cardinal(other, language, case)
    phrases = [counted(number, unit, language, case) for number in (one, other)]
    sums = [money(number, currency, language) for number in (one, other)]
    assert phrases[0] != phrases[1]
    assert sums[0] != sums[1]
    for each in phrases + sums:
        is_spoken(each, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_up_to_ten_thousand_has_its_own_phrase_in_every_case(language: str) -> None:
    for case in Case:
        assert len({cardinal(number, language, case) for number in range(10_001)}) == 10_001


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("speak", [at_time, time_of_day])
def test_every_minute_of_a_day_has_its_own_phrase(speak: Callable[[int, int, str], str], language: str) -> None:
    phrases = {speak(*divmod(minute, 60), language) for minute in range(1440)}
    assert len(phrases) == 1440
    for each in phrases:
        is_spoken(each, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_time_in_two_parts_is_the_time(language: str) -> None:
    for hour in range(24):
        is_spoken(at_hour(hour, language), language)
        for minute in range(1, 60):
            parts = at_hour_and(hour, language), minutes_after(minute, language, hour >= 12)
            assert " ".join(parts) == at_time(hour, minute, language)
            alone = hour_and(hour, language), minutes_of(minute, language, hour >= 12)
            assert " ".join(alone) == time_of_day(hour, minute, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_day_of_a_century_has_its_own_phrase(language: str) -> None:
    first = date(2000, 1, 1)
    century = [first + timedelta(days=days) for days in range((date(2100, 1, 1) - first).days)]
    assert len({full_date(day, language) for day in century}) == len(century)
    assert len({day_and_month(day, language) for day in century}) == 366
    assert len({on_weekday(weekday, language) for weekday in range(7)}) == 7
    for day in century[:366]:
        is_spoken(full_date(day, language), language)
        is_spoken(day_and_month(day, language), language)


@given(DAY, st.integers(0, 700), st.integers(0, 700), MINUTE, MINUTE, LANGUAGE)
def test_two_openings_of_a_year_are_two_phrases(
    today: date, days: int, others: int, minute: int, other: int, language: str
) -> None:
    assume((days, minute) != (others, other))
    first = phrase(seen_from(today, today + timedelta(days=days), minute), language)
    assert first != phrase(seen_from(today, today + timedelta(days=others), other), language)
    is_spoken(first, language)


DIGITS = st.text("0123456789", min_size=1, max_size=12)


@given(DIGITS, DIGITS, LANGUAGE)
def test_who_hears_no_pauses_still_writes_down_the_same_order_number(one: str, other: str, language: str) -> None:
    first, second = order_number(one, language), order_number(other, language)
    assert (first.replace(",", "") == second.replace(",", "")) == (one == other)
    is_spoken(first, language)


def test_order_numbers_of_up_to_four_digits_differ_without_pauses() -> None:
    numbers = [f"{number:0{length}}" for length in range(1, 5) for number in range(10**length)]
    for language in LANGUAGES:
        assert len({order_number(number, language).replace(",", "") for number in numbers}) == len(numbers)


@given(DIGITS, st.booleans(), LANGUAGE)
def test_a_telephone_number_is_spoken_in_letters(digits: str, plus: bool, language: str) -> None:
    is_spoken(phone_number(f"{'+' * plus}{digits}", language), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_place_and_wait_has_its_own_sentence(language: str) -> None:
    assert len({place(number, language) for number in range(1, 1000)}) == 999
    assert len({wait(minutes, language) for minutes in range(1, 1000)}) == 999
    for number in range(1, 1000):
        is_spoken(place(number, language), language)
        is_spoken(wait(number, language), language)


TODAY = date(2026, 11, 30)
REFUSED: list[Callable[[], str]] = [
    lambda: cardinal(-1, "uk"),
    lambda: cardinal(LARGEST + 1, "uk"),
    lambda: cardinal(1, "de"),
    lambda: counted(-1, "minute", "uk"),
    lambda: counted(1, "week", "uk"),
    lambda: money(-1, "UAH", "uk"),
    lambda: money(LARGEST * 100 + 100, "UAH", "uk"),
    lambda: money(1, "RUB", "ru"),
    lambda: on_weekday(7, "uk"),
    lambda: full_date(date(1999, 12, 31), "uk"),
    lambda: full_date(date(2100, 1, 1), "uk"),
    lambda: at_time(24, 0, "uk"),
    lambda: at_time(0, 60, "uk"),
    lambda: time_of_day(-1, 0, "uk"),
    lambda: phrase(seen_from(TODAY, TODAY - timedelta(days=1), 0), "uk"),
    lambda: phrase(Opening(Seen.TODAY, 1440), "uk"),
    lambda: phrase(Opening(Seen.TODAY, -1), "uk"),
    lambda: phrase(Opening(Seen.WEEKDAY, 0, 7), "uk"),
    lambda: phrase(Opening(Seen.NOW), "de"),
    lambda: at_hour(24, "uk"),
    lambda: at_hour_and(24, "uk"),
    lambda: minutes_after(0, "uk"),
    lambda: minutes_after(60, "uk"),
    lambda: next_weekday(7, "uk"),
    lambda: order_number("", "uk"),
    lambda: order_number("12a", "uk"),
    lambda: order_number("١٢", "uk"),
    lambda: order_number("1" * 33, "uk"),
    lambda: phone_number("++1", "uk"),
    lambda: place(0, "uk"),
    lambda: place(1000, "uk"),
    lambda: wait(0, "uk"),
]


@pytest.mark.parametrize("speak", REFUSED)
def test_what_has_no_words_is_refused(speak: Callable[[], str]) -> None:
    with pytest.raises(ValueError):
        speak()
