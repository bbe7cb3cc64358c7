"""Telephone numbers: written forms, E.164, the national form, and numbers that may be dialled.

Numbering plans come from the phonenumbers library (Google's libphonenumber metadata).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat

from routing.model import forms, plans

_WRITTEN = re.compile(r"\+?[\d\s()./-]+")
#: Valid callers that are no numbers; `ivan.desk` would be a phone.
_SENT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,31}|\*?\d{1,15}|\+\d{1,15}", re.ASCII)
_SEPARATORS = re.compile(r"[\s()./-]")
#: libphonenumber's kinds of normal numbers, without premium rate.
_DIALLED = ("fixed_line", "mobile", "toll_free", "uan", "voip", "shared_cost")


@functools.lru_cache(maxsize=200_000)
def normalise(text: str, country: str | None) -> str:
    """The E.164 form, ``+`` and digits, of a number written with spaces, dashes or brackets.

    ``country`` (ISO 3166 alpha-2) is used for numbers without ``+``. Raises ValueError with a message.
    """
    if not _WRITTEN.fullmatch(text.strip()):
        raise ValueError(f"`{text}` is not a phone number: digits, spaces, dashes and brackets only")
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise ValueError(f"`{text}` is not a phone number: write it like `+380501112233`") from None
    national = phonenumbers.national_significant_number(number)
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(f"`{text}` has the wrong number of digits for its country")
    if not re.fullmatch(_plan(number.country_code or 0), national):
        raise ValueError(f"`{text}` does not fit its country's numbering plan: a digit is wrong, missing or extra")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@functools.lru_cache(maxsize=256)
def _plan(code: int) -> str:
    """A regex of a code's numbering plan; any digits for codes without a country (satellites, +800)."""
    return plans.plan(str(code)) if plans.is_country_code(str(code)) else r"\d+"


def called(text: str, country: str | None) -> str:
    """The E.164 number of a text from a network of a country. Raises ValueError with a message."""
    number = forms.read(_SEPARATORS.sub("", text), country) if _WRITTEN.fullmatch(text.strip()) else ""
    return number or normalise(text, country)


def caller(text: str, country: str | None) -> str:
    """`called`, or a text that is shown as sent: a short number, a sender's name, ``anonymous``. Raises ValueError."""
    plain = _SEPARATORS.sub("", text)
    number = forms.read(plain, country)
    if number or _SENT.fullmatch(text.strip()):
        return number or text.strip()
    return plain if _SENT.fullmatch(plain) and _WRITTEN.fullmatch(text.strip()) else normalise(text, country)


@functools.lru_cache(maxsize=200_000)
def national_digits(e164: str) -> str:
    """The number as dialled inside its own country: ``+380800330521`` is ``0800330521``."""
    number = phonenumbers.parse(e164, None)
    return re.sub(r"\D", "", phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))


@functools.lru_cache(maxsize=200_000)
def shown(e164: str, country: str | None) -> str:
    """A number as printed in a country: ``0800 330 521`` for its own, ``+48 50 111 22 33`` for a foreign one."""
    number = phonenumbers.parse(e164, None)
    at_home = country is not None and dialling(country)[0] == str(number.country_code)
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def is_region(code: str) -> bool:
    """Whether the code is a country with a numbering plan."""
    return code in phonenumbers.SUPPORTED_REGIONS


@functools.lru_cache(maxsize=512)
def destination_pattern(region: str) -> str:
    """A regex (PCRE and Python) of the numbers of a country that may be dialled: ``+`` E.164, without premium rate.

    Countries with a shared code (+1, +7, +44) are distinguished by their leading digits.
    """
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        raise ValueError(f"`{region}` is not a country code such as UA or PL")
    allowed = "|".join(_patterns(metadata, _DIALLED))
    denied = "|".join(_patterns(metadata, ("premium_rate",)))
    never = f"(?!(?:{denied})$)" if denied else ""
    return rf"^\+{metadata.country_code}{never}(?:{allowed})$"


def may_be_dialled(e164: str, regions: Iterable[str]) -> bool:
    """Whether a number may be dialled in one of these countries."""
    return any(re.match(destination_pattern(region), e164) for region in regions)


@functools.lru_cache(maxsize=200_000)
def is_mobile(e164: str) -> bool:
    """Whether the number is certainly a mobile's; false in plans that do not distinguish them (+1)."""
    return bool(phonenumbers.number_type(phonenumbers.parse(e164, None)) == phonenumbers.PhoneNumberType.MOBILE)


@functools.lru_cache(maxsize=512)
def dialling(region: str) -> tuple[str, str]:
    """Country code and trunk prefix: ``("380", "0")`` for UA; the prefix may be empty."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        raise ValueError(f"`{region}` is not a country code such as UA or PL")
    return str(metadata.country_code), metadata.national_prefix or ""


@functools.lru_cache(maxsize=512)
def abroad_prefix(region: str) -> str:
    """The international prefix of a country: ``00`` for UA, ``011`` for US."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        raise ValueError(f"`{region}` is not a country code such as UA or PL")
    prefix = metadata.preferred_international_prefix or metadata.international_prefix or ""
    prefix = prefix.replace("~", "")  # 8~10: callers once waited for a second dial tone
    return prefix if prefix.isdigit() else "00"


def same_code(region: str) -> tuple[str, ...]:
    """The countries that share a country's calling code, itself included."""
    code = phonenumbers.country_code_for_region(region)
    return tuple(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, (region,)))


@functools.lru_cache(maxsize=512)
def country_pattern(region: str) -> str:
    """A regex of every number, ``+`` E.164, of a country's plan.

    Of several countries with one code, the plans have numbers in common (+1 800, mobiles of +358): they are
    those of the first of these countries, as in libphonenumber.
    """
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        raise ValueError(f"`{region}` is not a country code such as UA or PL")
    sharing, begins = same_code(region), metadata.leading_digits
    # beginnings of their own are no other country's
    before = () if begins or region not in sharing else sharing[: sharing.index(region)]
    never = "".join(f"(?!{_own_numbers(each)})" for each in before)
    own = f"(?={begins})" if begins and len(sharing) > 1 else ""
    return rf"^\+{metadata.country_code}{never}{own}(?:{_plan_of(metadata)})$"


def _own_numbers(region: str) -> str:
    """A regex of the numbers of a country whose code others share."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert metadata is not None
    return metadata.leading_digits or f"(?:{_plan_of(metadata)})$"


def _plan_of(metadata: phonenumbers.PhoneMetadata) -> str:
    return "|".join(_patterns(metadata, (*_DIALLED, "premium_rate", "pager", "personal_number", "voicemail")))


@dataclass(frozen=True)
class National:
    """The form in which carriers may send a caller of the node's own country."""

    code: int
    expression: str


def national(country: str) -> National | None:
    """The form of national callers in ``country`` (ISO code), if its numbering plan makes it unambiguous."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country.upper(), None)
    if metadata is None or metadata.general_desc is None or metadata.country_code is None:
        raise ValueError(f"country {country!r} is not an ISO code of a country with a numbering plan")
    lengths = sorted(metadata.general_desc.possible_length)
    trunk = metadata.national_prefix or ""
    if not trunk and len(lengths) > 1:
        return None
    optional = "?" if trunk == str(metadata.country_code) else ""
    span = f"{{{lengths[0] - 1},{lengths[-1] - 1}}}"
    return National(metadata.country_code, rf"^{trunk}{optional}([1-9]\d{span})$")


def _patterns(metadata: phonenumbers.PhoneMetadata, kinds: tuple[str, ...]) -> list[str]:
    """The distinct national patterns of a country's kinds, in order."""
    found: dict[str, None] = {}
    for kind in kinds:
        desc = getattr(metadata, kind)
        if desc is not None and desc.national_number_pattern:
            found[desc.national_number_pattern] = None
    return list(found)
