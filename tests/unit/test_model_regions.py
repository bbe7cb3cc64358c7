"""Regions and zones of numbers: the compiled regexes say what libphonenumber says of every number."""

from __future__ import annotations

import random
import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import timezone

from routing.model.digits import LONGEST_COMPILED, compiled_bytes, longest_prefix_pattern, numbers_pattern
from routing.model.regions import (
    UnknownRegion,
    known_zones,
    offset_minutes,
    orders_by_distance,
    region_pattern,
    zones_pattern,
)

KHARKIV, BALAKLIA, KYIV, MOBILE = "+380577280001", "+380574921234", "+380442000000", "+380671234567"
DIGITS = st.text("0123456789", min_size=1, max_size=6)


def fits(pattern: str, number: str) -> bool:
    return re.search(pattern, number) is not None


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("Kharkiv", [KHARKIV, BALAKLIA], [KYIV, MOBILE]),
        ("харків", [KHARKIV], [KYIV]),
        ("Balaklia", [BALAKLIA], [KHARKIV]),
        ("Kyiv", [KYIV, "+380456312345"], [KHARKIV, MOBILE]),
        ("Київ", [KYIV], [KHARKIV]),
        ("PL/Kraków", ["+48121234567"], [KYIV, "+48221234567"]),
    ],
)
def test_a_region_is_every_number_described_so(name: str, inside: list[str], outside: list[str]) -> None:
    pattern = region_pattern(name, "UA")
    assert [number for number in inside if not fits(pattern, number)] == []
    assert [number for number in outside if fits(pattern, number)] == []


@pytest.mark.parametrize("name", ["Kharkiv", "Lviv", "Odesa", "Dnipro", "Zakarpattia"])
def test_regions_agree_with_the_librarys_own_answers(name: str) -> None:
    from phonenumbers import geocoder  # most of a second, for this test alone

    pattern, chance = region_pattern(name, "UA"), random.Random(1)
    for _ in range(300):
        number = f"+380{chance.randrange(30, 70)}{chance.randrange(10**7):07}"
        described = geocoder._prefix_description_for_number(
            geocoder.GEOCODE_DATA, geocoder.GEOCODE_LONGEST_PREFIX, phonenumbers.parse(number), "en"
        )
        parts = {part.strip().removesuffix(" region") for part in re.split("[,/]", described)}
        assert fits(pattern, number) == (name in parts), (number, described)


@pytest.mark.parametrize(
    ("name", "country", "message"),
    [
        ("Kharkov", "UA", "no number in UA is from `Kharkov`"),
        ("PL/Kharkiv", "UA", "no number in PL is from `Kharkiv`"),
        ("XX/Kharkiv", "UA", "`XX` is not a country code"),
        ("Kharkiv", None, "`Kharkiv` needs its country"),
    ],
)
def test_a_region_that_nobody_is_from(name: str, country: str | None, message: str) -> None:
    with pytest.raises(UnknownRegion, match=message):
        region_pattern(name, country)


@pytest.mark.parametrize("zone", ["Asia/Vladivostok", "Europe/Kyiv", "America/Chicago", "Europe/London"])
def test_zones_agree_with_the_librarys_own_answers(zone: str) -> None:
    pattern, chance = zones_pattern(frozenset({zone})), random.Random(2)
    for code in ("380", "7423", "7", "1312", "1", "4420", "44", "49"):
        for _ in range(60):
            number = f"+{code}{chance.randrange(10**9):09}"[:12]
            said = timezone.time_zones_for_geographical_number(phonenumbers.parse(number))
            assert fits(pattern, number) == (said == (zone,)), (number, said)


def test_the_nearest_clock_is_first() -> None:
    branches = ["Europe/Kyiv", "Asia/Vladivostok", "America/New_York"]
    orders = orders_by_distance(branches)

    def order(number: str) -> list[str]:
        chosen = next((order for order, pattern in orders.items() if fits(pattern, number)), (0, 1, 2))
        return [branches[at] for at in chosen]

    assert order(KHARKIV) == ["Europe/Kyiv", "America/New_York", "Asia/Vladivostok"]
    assert order("+74232000000") == ["Asia/Vladivostok", "Europe/Kyiv", "America/New_York"]
    assert order("+12125551234")[0] == "America/New_York"
    assert order("+81312345678")[0] == "Asia/Vladivostok"
    assert order("anonymous") == branches


@pytest.mark.thorough
def test_no_caller_has_two_orders() -> None:
    orders = orders_by_distance(["Europe/Kyiv", "Asia/Vladivostok", "America/New_York", "Europe/Warsaw"])
    chance = random.Random(3)
    for _ in range(400):
        number = f"+{chance.randrange(1, 999)}{chance.randrange(10**8):08}"
        assert sum(fits(pattern, number) for pattern in orders.values()) <= 1


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["US/California", "US/TX", "DE/Berlin", "UA/Kyiv"])
def test_a_regions_pattern_is_one_that_freeswitch_can_compile(name: str) -> None:
    assert compiled_bytes(region_pattern(name, None)) < LONGEST_COMPILED


def test_the_clocks_of_the_world() -> None:
    assert offset_minutes("Europe/Kyiv") == 120
    assert offset_minutes("Asia/Kathmandu") == 345
    assert {"Europe/Kyiv", "Asia/Vladivostok"} <= known_zones()


@given(st.dictionaries(DIGITS, st.booleans(), max_size=8), st.text("0123456789", min_size=7, max_size=9))
def test_the_longest_known_prefix_decides(prefixes: dict[str, bool], number: str) -> None:
    known = [prefix for prefix in prefixes if number.startswith(prefix)]
    expected = bool(known) and prefixes[max(known, key=len)]
    assert fits(longest_prefix_pattern(prefixes), f"+{number}") == expected


@given(st.sets(DIGITS, max_size=8), DIGITS)
def test_exactly_these_numbers(numbers: set[str], number: str) -> None:
    for each in numbers | {number}:
        assert fits(numbers_pattern(numbers), f"+{each}") == (each in numbers)
        assert not fits(numbers_pattern(numbers), f"+{each}x")
