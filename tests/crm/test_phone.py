"""Which stored numbers are the caller's, and what is searched for."""

from __future__ import annotations

import pytest

from routing.crm.phone import CallerNumber

UA, US, DE, RU, DK = "+380671234567", "+12125551234", "+4930123456", "+79161234567", "+4520123456"


@pytest.mark.parametrize(
    ("caller", "stored"),
    [
        (UA, "+380671234567"),
        (UA, "+380 (67) 123-45-67"),
        (UA, "380671234567"),
        (UA, "00380671234567"),
        (UA, "067 123 45 67"),
        (UA, "67-123-45-67"),
        (UA, "80671234567"),
        (UA, "+380671234567;101"),
        (US, "(212) 555-1234"),
        (US, "12125551234"),
        (US, "+1 212 555 1234"),
        (DE, "030 123456"),
        (RU, "8 (916) 123-45-67"),
        (RU, "79161234567"),
        (DK, "20 12 34 56"),
        (DK, "+45 20123456"),
    ],
)
def test_the_same_number(caller, stored):
    assert CallerNumber.of(caller).same(stored)


@pytest.mark.parametrize(
    ("caller", "stored"),
    [
        (UA, "+48671234567"),
        (UA, "48671234567"),
        (UA, "0048671234567"),
        (UA, "067 123 45 68"),
        (UA, "1234567"),
        (UA, ""),
        (UA, None),
        (UA, "client"),
        (US, "+7 212 555 1234"),
        (RU, "+380161234567"),
        (DK, "+46 20123456"),
        (DK, "0123456"),
    ],
)
def test_another_number(caller, stored):
    assert not CallerNumber.of(caller).same(stored)


def test_forms_that_are_searched_for():
    assert CallerNumber.of(UA).variants == ("+380671234567", "380671234567", "0671234567", "671234567")
    assert CallerNumber.of(UA).tail == "671234567"
    assert CallerNumber.of(US).tail == "125551234"
    assert CallerNumber.of(DK).tail == "20123456"


@pytest.mark.parametrize("caller", ["anonymous", "", "+", "0671234567", "+38067123456789012"])
def test_what_is_no_number_is_not_searched_for(caller):
    assert CallerNumber.of(caller) is None
