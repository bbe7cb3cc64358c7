"""The zone of most people of every country: a new table of zones asks for a new look at the countries it divides."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from routing.cli.init import COUNTRIES
from routing.model.country_zones import MAIN_ZONES, main_zone, other_clocks

#: Every country that has several zones or none in the table.
MAIN = {
    "AC": "Atlantic/St_Helena", "AR": "America/Argentina/Buenos_Aires", "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo", "CA": "America/Toronto", "CD": "Africa/Kinshasa", "CL": "America/Santiago",
    "CN": "Asia/Shanghai", "CY": "Asia/Nicosia", "DE": "Europe/Berlin", "EC": "America/Guayaquil",
    "ES": "Europe/Madrid", "FM": "Pacific/Chuuk", "GL": "America/Nuuk", "ID": "Asia/Jakarta", "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty", "MA": "", "EH": "", "MH": "Pacific/Majuro", "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City", "MY": "Asia/Kuala_Lumpur", "NZ": "Pacific/Auckland", "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby", "PS": "Asia/Hebron", "PT": "Europe/Lisbon", "RU": "Europe/Moscow",
    "TA": "Atlantic/St_Helena", "UA": "Europe/Kyiv", "US": "America/New_York", "UZ": "Asia/Tashkent",
    "XK": "Europe/Belgrade",
}  # fmt: skip


@pytest.mark.parametrize("country", MAIN)
def test_the_main_zone_is_that_of_most_people(country: str) -> None:
    assert main_zone(country) == MAIN[country]


def test_every_other_country_has_one_zone() -> None:
    assert [country for country in COUNTRIES if country not in MAIN and other_clocks(country, 2026)] == []
    assert [country for country in COUNTRIES if country not in MAIN and not main_zone(country)] == []


def test_the_main_zones_are_zones() -> None:
    assert set(MAIN_ZONES.values()) <= available_timezones()


@pytest.mark.parametrize(
    ("country", "others"),
    [
        ("UA", ["Europe/Simferopol"]),
        ("AU", ["Australia/Lord_Howe", "Australia/Broken_Hill", "Australia/Brisbane", "Australia/Darwin",
                "Australia/Perth", "Australia/Eucla"]),
        ("DE", []), ("PL", []), ("MA", []),
    ],
)  # fmt: skip
def test_zones_that_show_the_same_clock_are_not_told(country: str, others: list[str]) -> None:
    assert other_clocks(country, 2026) == others
