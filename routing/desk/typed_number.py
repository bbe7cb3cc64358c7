"""A number, or the beginning of one, as people type it into a filter: ``067 123``, ``+38067``, ``8 (916)``. Pure."""

from __future__ import annotations

import re

from phonenumbers import PhoneMetadata, country_code_for_region

from routing.model.numbers import called

#: Longer text is no number.
LONGEST = 24
#: How many last digits people remember.
_ENDING = range(3, 8)


def beginning(text: str, country: str) -> str:
    """The E.164 number that is meant, or its beginning; "" for what has no digits."""
    digits = re.sub(r"\D", "", text[:LONGEST], flags=re.ASCII)
    if not digits:
        return ""
    if text.strip().startswith("+"):
        return f"+{digits}"
    try:
        return called(digits, country or None)
    except ValueError:
        return f"+{_in_full(digits, country)}"


def ending(text: str, country: str) -> str:
    """The digits, if they may be the last ones of a number: several, fewer than a number has, and not written as the
    beginning of one."""
    digits = re.sub(r"\D", "", text[:LONGEST], flags=re.ASCII)
    metadata = PhoneMetadata.metadata_for_region(country) if country else None
    national = (metadata.national_prefix if metadata else None) or "00"
    is_beginning = text.strip().startswith("+") or digits.startswith(("00", national))
    return digits if len(digits) in _ENDING and not is_beginning else ""


def _in_full(digits: str, country: str) -> str:
    """The digits after the plus: those of an international prefix go, a national prefix becomes the country's code."""
    if digits.startswith("00"):
        return digits[2:]
    metadata = PhoneMetadata.metadata_for_region(country) if country else None
    if metadata is None:
        return digits
    code = str(country_code_for_region(country))
    prefix = metadata.national_prefix or ""
    if prefix and digits.startswith(prefix):
        return code + digits[len(prefix) :]
    return digits if digits.startswith(code) else code + digits
