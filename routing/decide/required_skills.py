"""The skills that a call requires of the person who takes it, by a ring step's ``skills``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import phonenumbers

from routing.model.call import Call
from routing.model.decision import E164
from routing.model.languages import of_country

#: Country code -> the countries that share it.
_COUNTRIES = {str(code): countries for code, countries in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()}


def required_skills(sources: Mapping[str, Any], call: Call, known: bool = False) -> dict[str, str | int | bool]:
    """Skill -> the required value; without the skills for which this call gives no value.

    ``sources``: skill -> ``country``, ``language``, ``known``, ``entities.NAME``, ``{"value": ...}`` or ``{"regions":
    {name: regex of numbers}}``. ``known``: whether talks with this caller are remembered.
    """
    found = {skill: _value(source, call, known) for skill, source in sources.items()}
    return {skill: value for skill, value in found.items() if value not in ("", False)}


def _value(source: Any, call: Call, known: bool) -> str | int | bool:
    if isinstance(source, Mapping):
        if "regions" in source:
            return _region(source["regions"], call)
        value: str | int | bool = source["value"]
        return value
    if source == "known":
        return known
    if source == "country":
        return country(call.caller)
    if source == "language":
        return call.language or call.entities.get("language") or of_country(country(call.caller))
    return call.entities.get(str(source).removeprefix("entities."), "")


def _region(regions: Mapping[str, str], call: Call) -> str:
    """The visitor's region if known, else the region of the caller's number."""
    if chosen := call.entities.get("region"):
        return chosen
    return next((name for name, pattern in regions.items() if re.search(pattern, call.caller)), "")


def country(caller: str) -> str:
    """ISO code of the country of a number (``+`` E.164), or "".

    Only a shared country code (+1, +7, +44) needs the whole number.
    """
    if not E164.fullmatch(caller):
        return ""
    sharing = next((_COUNTRIES[code] for end in (4, 3, 2) if (code := caller[1:end]) in _COUNTRIES), ())
    if len(sharing) < 2:
        return sharing[0] if sharing else ""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(caller)) or ""
    except phonenumbers.NumberParseException:
        return ""
