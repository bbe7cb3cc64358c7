"""Numbering plans of all country codes as regexes, from libphonenumber's metadata.

Each regex is one group without anchors and captures, for Python and PCRE.
"""

from __future__ import annotations

import functools
import re

import phonenumbers
from phonenumbers import PhoneMetadata

#: Kinds of number of a plan, by libphonenumber's names.
KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan",
    "voicemail",
)  # fmt: skip


#: A token of a plan's regex that matches a digit; a capture is a token that does not.
_SIGN = re.compile(r"(\{[^}]*\})|\\d|\[[^\]]*\]|\d")


@functools.lru_cache(maxsize=256)
def plan(code: str) -> str:
    """A regex of the possible national numbers of a country code, new ranges included, as one group."""
    patterns: list[str] = []
    for metadata in map(metadata_of, _regions(code)):
        examples = [desc.example_number for kind in KINDS if (desc := getattr(metadata, kind)) and desc.example_number]
        if not all(any(re.fullmatch(each, example) for each in patterns) for example in examples):
            assert metadata.general_desc and metadata.general_desc.national_number_pattern
            patterns.append(metadata.general_desc.national_number_pattern)
    return f"(?:{'|'.join(patterns)})"


@functools.lru_cache(maxsize=256)
def strict_plan(code: str) -> str:
    """A regex of the assigned national numbers, as one group."""
    patterns: dict[str, None] = {}
    for metadata in map(metadata_of, _regions(code)):
        found = (desc.national_number_pattern for kind in KINDS if (desc := getattr(metadata, kind)))
        patterns |= dict.fromkeys(pattern for pattern in found if pattern)
    return f"(?:{'|'.join(patterns)})"


@functools.lru_cache(maxsize=256)
def world(without: str = "") -> str:
    """A regex of all countries' numbers with their codes, except those of one code, as one group."""
    codes = sorted(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    return f"(?:{'|'.join(code + plan(code) for code in codes if code != without and _regions(code))})"


def longest_beginning(digits: str) -> str:
    """The longest prefix of the digits (country code first) with which a number can start."""
    for end in range(len(digits), 0, -1):
        if _can_begin(digits[:end]):
            return digits[:end]
    return ""


def _can_begin(digits: str) -> bool:
    codes = [code for code in _codes() if code.startswith(digits) or digits.startswith(code)]
    return any(code.startswith(digits) or re.fullmatch(_beginnings(code), digits[len(code) :]) for code in codes)


@functools.cache
def _codes() -> tuple[str, ...]:
    return tuple(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@functools.lru_cache(maxsize=256)
def _beginnings(code: str) -> str:
    """A regex of prefixes of a code's national numbers: the plan, with tokens optional from the end.

    For codes without a country (satellites, +800): any digits.
    """
    return _SIGN.sub(lambda sign: sign[1] or f"(?:{sign[0]}|$)", plan(code)) if is_country_code(code) else r"\d{0,12}"


def is_country_code(code: str) -> bool:
    """Whether a country has this calling code."""
    return bool(_regions(code))


def _regions(code: str) -> tuple[str, ...]:
    """The regions of a country code, the main one first; none for codes without a country (satellites, +800)."""
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ())
    return tuple(region for region in regions if region in phonenumbers.SUPPORTED_REGIONS)


@functools.lru_cache(maxsize=512)
def metadata_of(country: str) -> PhoneMetadata:
    """libphonenumber's metadata of a country. Raises ValueError for no country."""
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None:
        raise ValueError(f"`{country}` is not a country code such as UA or PL")
    return metadata


def code_of(country: str) -> str:
    """A country's calling code: ``380`` for UA."""
    return str(metadata_of(country).country_code)
