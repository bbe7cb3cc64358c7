"""Languages of callers by the country of their number.

Countries that share a calling code (+1, +7, +44) differ: +1 787 is Puerto Rico's, +358 18 the Aland Islands'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import phonenumbers

from routing.model.numbers import country_pattern

#: Language -> the countries where most callers speak it, for countries with one such language.
COUNTRIES = {
    language: countries.split()
    for language, countries in {
        "uk": "UA", "pl": "PL", "ru": "RU BY", "de": "DE AT LI", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO MD",
        "bg": "BG", "tr": "TR", "it": "IT SM VA", "fr": "FR MC GP BL MF MQ GF RE PM NC PF WF",
        "es": "ES MX AR CO CL PE VE EC UY BO CR CU DO GT HN NI PA PR SV GQ",
        "en": "GB GG JE IM GI IE US CA AU CC CX NZ NF FK SH AC TA IO AG AI AS BB BM BS DM GD GU GY JM KN KY LC MP MS "
        "SX TC TT VC VG VI", "pt": "PT BR AO ST", "nl": "NL SR", "lt": "LT", "lv": "LV", "et": "EE", "fi": "FI",
        "sv": "SE AX", "da": "DK", "nb": "NO SJ", "is": "IS", "el": "GR CY", "sr": "RS ME", "hr": "HR", "bs": "BA",
        "sl": "SI", "mk": "MK", "sq": "AL XK", "ka": "GE", "hy": "AM", "az": "AZ", "uz": "UZ", "tk": "TM", "tg": "TJ",
        "mn": "MN", "he": "IL", "ar": "AE BH DZ EG EH IQ JO KW LB LY MA OM PS QA SA SD SY TN YE", "fa": "IR",
        "zh": "CN TW HK MO", "ja": "JP", "ko": "KR KP", "vi": "VN", "th": "TH", "id": "ID", "ms": "MY BN",
        "bn": "BD", "ur": "PK", "km": "KH", "my": "MM",
    }.items()
}  # fmt: skip
_BY_COUNTRY = {country: language for language, countries in COUNTRIES.items() for country in countries}
#: Calling code -> its countries, the main one first; codes without a country (satellites, +800) have none.
_CODES = {
    code: countries for code, countries in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if countries != ("001",)
}


def of_country(country: str) -> str:
    """The language of a country's callers, "" where there is no single one."""
    return _BY_COUNTRY.get(country, "")


def by_number(languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(a regex of numbers, ``+`` E.164, their callers' language), the first that fits counts.

    ``languages``: those that calls have; ``""`` for callers who speak another one.
    """
    codes: dict[str, list[int]] = {}
    for code, (main, *others) in _CODES.items():
        spoken = _one_of(languages, main)
        codes.setdefault(spoken, []).append(code)
        for country in others:
            if (theirs := _one_of(languages, country)) != spoken:
                yield country_pattern(country), theirs
    for language in languages:
        if language in codes:
            yield rf"^\+(?:{'|'.join(map(str, sorted(codes[language])))})", language


def _one_of(languages: Sequence[str], country: str) -> str:
    spoken = of_country(country)
    return spoken if spoken in languages else ""
