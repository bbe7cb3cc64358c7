"""Time zones in schemes: those of the tz database that FreeSWITCH can represent."""

from __future__ import annotations

import functools
import re
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import BeforeValidator

from routing.model.calendar import INEXPRESSIBLE_ZONES
from routing.model.fields import refuse, shown
from routing.model.problem import did_you_mean


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - INEXPRESSIBLE_ZONES


def _zone(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse(f"{shown(value)} is not a time zone of the tz database", "write `Europe/Kyiv`")
    if value in INEXPRESSIBLE_ZONES:
        raise refuse(f"`{value}` has clock changes that FreeSWITCH cannot represent: use another zone")
    if value not in _zones():
        city = next((zone for zone in sorted(_zones()) if zone.lower().endswith(f"/{value.lower()}")), "")
        hint = f"did you mean `{city}`?" if city else did_you_mean(str(value), _zones())
        if re.fullmatch(r"(UTC|GMT)?\s*[-+]\s*[0-9:]+", value, re.IGNORECASE):
            hint = "an offset has no summer time: write a city's zone, `Europe/Kyiv`"
        raise refuse(f"{shown(value)} is not a time zone of the tz database", hint)
    return str(value)


Zone = Annotated[str, BeforeValidator(_zone)]
