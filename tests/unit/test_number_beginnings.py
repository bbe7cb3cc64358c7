"""What numbers of the world can begin with: every beginning of every example, and nothing that no plan has."""

import phonenumbers
import pytest

from routing.model.plans import KINDS, longest_beginning, metadata_of


def examples(country):
    """Digits of the plan's examples, country code first."""
    metadata = metadata_of(country)
    kinds = (getattr(metadata, kind) for kind in KINDS)
    return [f"{metadata.country_code}{kind.example_number}" for kind in kinds if kind and kind.example_number]


def test_every_beginning_of_an_example_is_one():
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        for number in examples(country):
            assert all(longest_beginning(number[:end]) == number[:end] for end in range(1, len(number) + 1)), number


def test_no_number_is_much_longer_than_the_longest():
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        number = examples(country)[0]
        assert longest_beginning(number + "1" * 12) != number + "1" * 12


@pytest.mark.parametrize(
    ("digits", "possible"),
    [
        ("3", "3"),
        ("38", "38"),
        ("380", "380"),
        ("380057", "380"),
        ("38010", "380"),
        ("3806712345678", "380671234567"),
        ("486012345678", "48601234567"),
        ("44020", "44"),
        ("39061", "39061"),
        ("1012", "1"),
        ("999", "99"),
        ("0571", ""),
        ("88213", "88213"),
        ("", ""),
    ],
)
def test_as_far_as_a_number_can_go(digits, possible):
    assert longest_beginning(digits) == possible
