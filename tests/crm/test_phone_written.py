"""Numbers as people write them into a CRM: thousands of forms of one number are his, and what fits by chance is not."""

from __future__ import annotations

import itertools
import random
import time

import phonenumbers
import pytest

from routing.crm.phone import CallerNumber
from routing.model.written import LONGEST, numbers_in

UA = "+380671234567"
BASES = {
    UA: (
        "+380671234567", "+380 67 123-45-67", "+38 (067) 123 45 67", "+380(0)67 123 45 67", "+380 (0) 67 1234567",
        "+380 (067) 123-45-67", "00380671234567", "380671234567", "380 67 1234567", "0671234567", "(067) 123-45-67",
        "067.123.45.67", "671234567", "8 067 123 45 67", "tel:+380671234567", "+380\u00a067\u00a01234567",
        "".join(chr(ord(sign) + 0xFEE0) for sign in "+380671234567"), "+380\u201167\u20111234567",
        "\u200e+380671234567", "380(0)671234567", "00380(0)671234567",
    ),
    "+442079460958": (
        "+44 (0)20 7946 0958", "020 7946 0958", "(020) 7946 0958", "+44 20 79460958", "0044 20 7946 0958",
        "+44(0)2079460958", "442079460958",
    ),
    "+79161234567": (
        "8 (916) 123-45-67", "+7 916 1234567", "89161234567", "79161234567", "9161234567", "+7(916)123-45-67",
    ),
    "+12125551234": ("(212) 555-1234", "1-212-555-1234", "+1 (212) 555-1234", "212.555.1234", "0012125551234"),
    "+4930123456": ("030 123456", "+49 (0)30 123456", "+49 30 123456", "0049 30 123456", "030-123456"),
    "+48601234567": ("601 234 567", "+48 601-234-567", "0048601234567", "48601234567"),
    "+390612345678": ("06 12345678", "+39 06 12345678", "0039 0612345678"),
}  # fmt: skip
EXTENSIONS = (
    "#4048", " ext. 12", " x12", "x12", " доб. 12", ";ext=12", " (доб 4048)", " вн. 101", ",,101", " #101#", ", ext 5",
    " Ext:7", " extension 44", " EXT12", " внутр.12", " дод. 3", " w101", "p101", "*12",
)  # fmt: skip
LABELS = (
    "{}",
    "моб. {}",
    "тел: {}",
    "{} (раб.)",
    "{} Іван",
    "mobile: {} - call after 6",
    "<{}>",
    "Ivan {}",
    "{} / home",
)
OTHERS = ("+380501112233", "(044) 234-56-78", "0 800 330 521", "101", "")
JOINTS = (", ", "; ", "/", " / ", "\n", "|", " или ")


@pytest.mark.parametrize("caller", BASES)
def test_every_way_to_write_a_number_is_found(caller):
    phone = CallerNumber.of(caller)
    assert [form for form in BASES[caller] if not phone.same(form)] == []


@pytest.mark.thorough
def test_thousands_of_fields_with_extensions_words_and_other_numbers_are_found():
    missed, tried = [], 0
    for caller, forms in BASES.items():
        phone = CallerNumber.of(caller)
        bare = phonenumbers.national_significant_number(phonenumbers.parse(caller, None))
        for form, end, label in itertools.product(forms, ("", *EXTENSIONS), LABELS):
            digits = "".join(filter(str.isdigit, form))
            if label.startswith("Ivan") and digits == bare:
                continue  # digits behind a word that says nothing may be anything
            field = label.format(form + end)
            for other, joint in (("", ""), *itertools.product(OTHERS[:2], JOINTS[:3])):
                tried += 2
                missed += [each for each in (field + joint + other, other + joint + field) if not phone.same(each)]
    assert tried > 10_000 and missed == []


@pytest.mark.parametrize(
    "stored",
    [
        "+380441112233 ext. 671234567",
        "+380441112233#0671234567",
        "+380441112233 доб. 671234567",
        "+380441112233;ext=380671234567",
        "0441112233 x0671234567",
        "id 0671234567",
        "договор 0671234567",
        "client 671234567",
        "5671234567",
        "10671234567",
        "100671234567",
        "+1 067 123 4567",
        "+48671234567",
        "48 671 234 567",
        "+380671234567890",
        "+3806712345678",
        "06712345678",
        "0671234567012",
        "067-123-45, 67",
        "067 123 / 45 67",
        "067 123x4567",
        "12345 671234567",
        "380 067 123 45 68",
        "٠٦٧",
        "x" * 10_000 + UA,
        "1" * 100_000,
    ],
)
def test_what_fits_by_chance_is_not_his(stored):
    assert not CallerNumber.of(UA, "UA").same(stored)


def test_a_shorter_number_is_no_beginning_of_a_longer_one():
    phone = CallerNumber.of("+4930123456", "DE")
    assert phone.same("+49 30 123456") and not phone.same("+49 30 123456 78") and not phone.same("030 123456 78")


@pytest.mark.parametrize("stored", ["+380671234567 101", "067 123 45 67 101", "+380671234567 0501112233",
                                    "0501112233 0671234567"])  # fmt: skip
def test_a_space_is_enough_before_an_extension_or_another_number(stored):
    assert CallerNumber.of(UA, "UA").same(stored)


@pytest.mark.parametrize(
    ("caller", "home", "stored", "his"),
    [
        ("+48671234567", "UA", "0671234567", False),
        ("+48671234567", "UA", "671234567", False),
        ("+48671234567", "PL", "671234567", True),
        (UA, "PL", "671234567", False),
        (UA, "PL", "0671234567", True),
        ("+48671234567", "UA", "+48671234567", True),
        ("+48671234567", "", "671234567", True),
        ("+12125551234", "UA", "(212) 555-1234", True),
    ],
)
def test_a_number_without_a_country_code_is_of_our_own_country_first(caller, home, stored, his):
    assert CallerNumber.of(caller, home).same(stored) is his


@pytest.mark.thorough
def test_one_number_of_each_country_is_found_as_its_people_write_it_and_no_other_is():
    chance = random.Random(5)
    regions = sorted(phonenumbers.SUPPORTED_REGIONS)
    numbers = []
    for region in regions:
        if example := phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE):
            numbers.append(example)
    for number in numbers:
        e164, national, abroad = (
            phonenumbers.format_number(number, form)
            for form in (
                phonenumbers.PhoneNumberFormat.E164,
                phonenumbers.PhoneNumberFormat.NATIONAL,
                phonenumbers.PhoneNumberFormat.INTERNATIONAL,
            )
        )
        phone = CallerNumber.of(e164)
        assert all(map(phone.same, (e164, national, abroad, abroad + " ext. 7", national + "#7"))), e164
        others = [phonenumbers.format_number(each, 0) for each in chance.sample(numbers, 50)]
        assert not any(phone.same(each) for each in others if each != e164)


def test_a_hostile_field_is_read_to_its_bound_only():
    fields = ["+" * 100_000, "1 " * 100_000, "(0)" * 100_000, "x1" * 100_000, ";" * 100_000, "0671234567;" * 10_000]
    began = time.process_time()
    assert all(len(numbers_in(each)) <= LONGEST for each in fields * 20)
    assert time.process_time() - began < 5
