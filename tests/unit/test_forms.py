"""Forms of numbers: Python and the compiled front doors read the same number, or both none, in every country."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from re import _parser as sre_parse  # type: ignore[attr-defined]
from typing import Any

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from routing.compile.entry import entry_dialplans
from routing.compile.numbers import NumberRoute, number_extension, numbers_xml
from routing.model import forms
from routing.model.digits import LONGEST_COMPILED, compiled_bytes
from routing.model.plans import KINDS, code_of, metadata_of
from routing.offline.events import ended
from routing.offline.switch import OfflineCall, run
from routing.steps.dialplan import Context

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
COUNTRIES = sorted(phonenumbers.SUPPORTED_REGIONS)
NUMBER = "+380800330521"


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("UA", "0671234567", "+380671234567"),
        ("UA", "380671234567", "+380671234567"),
        ("UA", "48501112233", "+48501112233"),
        ("PL", "501112233", "+48501112233"),
        ("PL", "48221234567", "+48221234567"),
        ("RU", "9161234567", "+79161234567"),
        ("RU", "89161234567", "+79161234567"),
        ("RU", "810380671234567", "+380671234567"),
        ("KZ", "87012345678", "+77012345678"),
        ("IT", "3331234567", "+393331234567"),
        ("IT", "0612345678", "+390612345678"),
        ("IT", "390612345678", "+390612345678"),
        ("US", "2125551234", "+12125551234"),
        ("US", "12125551234", "+12125551234"),
        ("US", "011442071234567", "+442071234567"),
        ("CA", "6135550123", "+16135550123"),
        ("AG", "4641234", "+12684641234"),
        ("HU", "06201234567", "+36201234567"),
        ("LT", "861234567", "+37061234567"),
        ("BR", "01411987654321", "+5511987654321"),
        ("BR", "011987654321", "+5511987654321"),
        ("AR", "01115" + "23456789", "+5491123456789"),
        ("AR", "5491123456789", "+5491123456789"),
        ("MX", "5215512345678", "+525512345678"),
        ("MX", "5512345678", "+525512345678"),
        ("CN", "13912345678", "+8613912345678"),
        ("GB", "07911123456", "+447911123456"),
        ("DE", "015123456789", "+4915123456789"),
        # a number of Croatia and of Schwerin; too short; of no plan
        ("DE", "385981234567", ""),
        ("UA", "3700", ""),
        ("PL", "12345", ""),
        ("PL", "00000000000", ""),
    ],
)
def test_what_networks_write(country: str, written: str, number: str) -> None:
    assert forms.read(written, country) == number


@pytest.mark.parametrize(
    ("country", "dialled", "number"),
    [
        ("PL", "601234567", "+48601234567"),
        ("PL", "0048601234567", "+48601234567"),
        ("US", "2125551234", "+12125551234"),
        ("US", "011380671234567", "+380671234567"),
        ("RU", "84951234567", "+74951234567"),
        ("RU", "810380671234567", "+380671234567"),
        ("AU", "0011380671234567", "+380671234567"),
        ("HK", "00144207123456", "+44207123456"),
        ("IT", "0612345678", "+390612345678"),
        ("UA", "0671234567", "+380671234567"),
        ("UA", "671234567", ""),
        (None, "00380671234567", "+380671234567"),
    ],
)
def test_what_people_dial(country: str | None, dialled: str, number: str) -> None:
    assert forms.dialled(dialled, country) == number


def samples(country: str, count: int) -> Iterator[str]:
    """E.164 numbers of a country: libphonenumber's example of each kind and ``count`` by the kind's pattern."""
    chance, metadata = random.Random(country), metadata_of(country)
    for kind in KINDS:
        desc = getattr(metadata, kind)
        if desc and desc.example_number:
            parsed = sre_parse.parse(desc.national_number_pattern)
            made = ("".join(_made(parsed, chance)) for _ in range(count))
            for national in (desc.example_number, *made):
                number = phonenumbers.parse(f"+{code_of(country)}{national}")
                digits = len(phonenumbers.format_number(number, PhoneNumberFormat.E164)) - 1
                if phonenumbers.is_valid_number_for_region(number, country) and 7 <= digits <= 15:
                    yield phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _made(parsed: Any, chance: random.Random) -> Iterator[str]:
    for op, argument in parsed:
        match str(op):
            case "LITERAL":
                yield chr(argument)
            case "IN":
                yield chance.choice([*_members(argument)])
            case "SUBPATTERN":
                yield from _made(argument[-1], chance)
            case "BRANCH":
                yield from _made(chance.choice(argument[1]), chance)
            case _:
                least, most, inner = argument
                for _ in range(chance.randint(least, min(int(most), least + 5))):
                    yield from _made(inner, chance)


def _members(members: Any) -> Iterator[str]:
    for op, argument in members:
        match str(op):
            case "LITERAL":
                yield chr(argument)
            case "RANGE":
                yield from map(chr, range(argument[0], argument[1] + 1))
            case _:
                yield from "0123456789"


def written(number: str) -> dict[str, str]:
    """The usual ways to write a number, by a word for each."""
    parsed = phonenumbers.parse(number)
    national = re.sub(r"\D", "", phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    bare = phonenumbers.national_significant_number(parsed)
    return {"plus": number, "code": number[1:], "00": f"00{number[1:]}", "national": national, "bare": bare}


class Doors:
    """The front doors of a country, and a number that leads somewhere; `routing.offline.files.Files`."""

    def __init__(self, country: str) -> None:
        self.texts = entry_dialplans("/r", country)
        scheme = Context("s")
        scheme.extension("start")
        scheme.extension("start").do("hangup", "USER_BUSY")
        self.texts["numbers/0521.xml"] = numbers_xml(
            [NumberRoute(NUMBER, "s", True)], country, {"s": number_extension(scheme, country)}
        )

    def read(self, path: str) -> str | None:
        return self.texts.get(path.removeprefix("/r/"))

    def caller(self, text: str, door: str) -> str:
        """Who calls, as the doors say."""
        chain = {"unlimited": "XML:/r/unlimited.xml,XML:/r/entry.xml", "entry": "XML:/r/entry.xml"}[door]
        events = run(OfflineCall(NUMBER, text, NOON, dialplan=chain), self, "")
        assert ended(events).subject == "USER_BUSY", text
        assert not [event for event in events if event.kind == "error"]
        said = [event.subject for event in events if event.kind == "variable"]
        return next(each for each in said if each.startswith("routing_caller=")).partition("=")[2]


@lru_cache(maxsize=1)
def doors_of(country: str) -> Doors:
    return Doors(country)


def _may_be(country: str, number: str, text: str) -> set[str]:
    """What a text may be read as: its number, nobody, and what libphonenumber's own plan has two readings for."""
    code = code_of(country)
    # +48 305 39 04 and the national 48 305 39 04: numbers without prefix are national where that is usual
    both = f"+{text}" if text.startswith(code) else ""
    return {number, "", both, f"+{code}{text}" if text == number[1:] or country == "GA" else ""}


def _is_read(country: str, how: str, number: str) -> bool:
    """Whether a form must be read, not only not misread: E.164, and the national form where it is not an exception."""
    if country in ("GA", "IL") and how == "national":  # libphonenumber writes an old zero, and a star code, there
        return False
    return how in ("plus", "national") or (how == "code" and bool(metadata_of(country).national_prefix))


def _readings(country: str, number: str) -> Iterator[tuple[str, str]]:
    for how, text in written(number).items():
        if how != "00" and text.startswith(("00", "810")):  # a free number that begins like a call abroad
            continue
        found = forms.read(text, country)
        assert found in (_may_be(country, number, text) - ({""} if _is_read(country, how, number) else set())), how
        yield text, found


def _same(country: str, number: str) -> None:
    for text, found in _readings(country, number):
        for door in ("unlimited", "entry"):
            assert doors_of(country).caller(text, door) == (found or text), (country, text, door)


@pytest.mark.parametrize("country", ["AR", "BR", "DE", "IT", "KZ", "PL", "TH", "UA", "US"])
def test_both_sides_read_the_examples_alike(country: str) -> None:
    for number in samples(country, 0):
        _same(country, number)


@pytest.mark.thorough
@pytest.mark.parametrize("country", COUNTRIES)
def test_both_sides_read_every_country_alike(country: str) -> None:
    for number in samples(country, 3):
        _same(country, number)


@pytest.mark.thorough
@pytest.mark.parametrize("country", COUNTRIES)
def test_nobody_becomes_somebody_else(country: str) -> None:
    """Hundreds of a country's numbers in all forms, and callers from everywhere without a plus."""
    for number in samples(country, 30):
        for _ in _readings(country, number):
            pass
    own = metadata_of(country)
    bare_is_usual = (own.national_prefix or "") in ("", "8", str(own.country_code))
    for other in COUNTRIES[::5]:
        for number in samples(other, 0):
            found = forms.read(number[1:], country)
            here = f"+{own.country_code}{number[1:]}"
            assert found in (number, "") or (bare_is_usual and found == here) or _local(country, found), (other, number)


def _local(country: str, found: str) -> bool:
    """A number without its area, on an island that has one; a prefix that is left out (China's mobiles)."""
    return found.startswith(f"+{code_of(country)}")


def test_no_regex_is_too_long_for_the_switch() -> None:
    every = [form for country in COUNTRIES for form in (*forms.sure_forms(country), *forms.other_forms(country))]
    assert max(compiled_bytes(form.expression) for form in every) < LONGEST_COMPILED
    assert {form.captures for form in every} == {1, 2}
