"""Emergency numbers by country, from libphonenumber's tables of short numbers. They are dialled unchanged."""

from __future__ import annotations

import functools
import re

from phonenumbers import PhoneMetadata

#: Works in every GSM network of the world.
EVERYWHERE = "112"
#: Longer toll-free numbers are no services.
_SHORT = r"\d{2,6}"
#: Common extensions, where 112 works too.
_OFTEN_EXTENSIONS = re.compile(r"10\d")


@functools.lru_cache(maxsize=512)
def pattern(country: str | None) -> str:
    """A regex with one group of the numbers that may always be dialled: emergency and free service numbers (116xxx)."""
    metadata = PhoneMetadata.short_metadata_for_region(country) if country else None
    found = dict.fromkeys([_emergency(country)])
    if metadata and metadata.toll_free and metadata.toll_free.national_number_pattern:
        found[metadata.toll_free.national_number_pattern] = None
    return f"(?={_SHORT}$)(?:{'|'.join(found)})"


def is_emergency(number: str, country: str | None) -> bool:
    """Whether an extension or account with this number would block an emergency number: 112, 911, 999.

    101 to 109 may be extensions where 112 works too.
    """
    if not re.fullmatch(_emergency(country), number, re.ASCII):
        return False
    return not (_OFTEN_EXTENSIONS.fullmatch(number) and re.fullmatch(_emergency(country), EVERYWHERE))


@functools.lru_cache(maxsize=512)
def _emergency(country: str | None) -> str:
    metadata = PhoneMetadata.short_metadata_for_region(country) if country else None
    found = metadata.emergency.national_number_pattern if metadata and metadata.emergency else None
    return found or EVERYWHERE
