"""What the user says of an import."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import date

from routing.model.calendar import INEXPRESSIBLE_ZONES
from routing.model.country_zones import main_zone


@dataclass(frozen=True)
class ImportOptions:
    """The options of `routing import`; ``today``: dates before it are left out."""

    country: str
    today: date
    timezone: str = ""
    name: str = ""
    domain: str = ""
    encoding: str = "utf-8"
    #: Whether passwords of phones and trunks are carried over.
    passwords: bool = False

    def zone(self, found: str) -> str:
        """The project's time zone: as the user says, as the dump says, as the country has."""
        known = found if found in zoneinfo.available_timezones() and found not in INEXPRESSIBLE_ZONES else ""
        return self.timezone or known or main_zone(self.country) or "UTC"
