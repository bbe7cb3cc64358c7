"""The fields of calendars: opening hours by days, single dates, public holidays."""

from __future__ import annotations

import functools
import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator, model_validator

from routing.model import meant
from routing.model.allow import ALLOW, Allow
from routing.model.calendar import DAYS, HOLIDAY_YEARS, Calendar, Period, parse_days
from routing.model.fields import Fields, Periods, Text, refuse, shown
from routing.model.zones import Zone


def _date(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise refuse(f"there is no day {shown(value)}") from None
    raise refuse(f"{shown(value)} is not a date: write `{meant.day(value) or '2026-12-25'}`")


def _day_names(value: Any) -> str:
    try:
        parse_days(value)
    except ValueError as error:
        raise refuse(str(error)) from None
    return str(value)


Day = Annotated[date, BeforeValidator(_date)]
DayNames = Annotated[str, BeforeValidator(_day_names)]


class Holidays(Fields):
    """Public holidays of a country or a part of it, from the holidays library."""

    country: Text = Field(description="A country, `UA`, or a part of one, `DE-BY`.")
    extra: list[Day] = Field(default_factory=list, description="More days that count as holidays.")
    except_: list[Day] = Field(default_factory=list, alias="except", description="Holidays that are working days here.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"country": value} if isinstance(value, str) else value

    @field_validator("country")
    @classmethod
    def _known(cls, value: str) -> str:
        _national(value)
        return value

    def dates(self) -> frozenset[date]:
        """Every holiday of the compiled years."""
        return (_national(self.country) | frozenset(self.extra)) - frozenset(self.except_)


@functools.lru_cache(maxsize=64)
def _national(code: str) -> frozenset[date]:
    import holidays  # a second of import time that most runs do not need

    country, _, region = code.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=HOLIDAY_YEARS))
    except (NotImplementedError, KeyError):
        raise refuse(
            f"no holidays are known for {shown(code)}", "write a country, `UA`, or country-region, `DE-BY`"
        ) from None


def _day_periods(value: Any) -> Any:
    if value in ("no", "off", "free", "holiday", False, ""):
        raise refuse(f"{shown(value)} is not an opening time", "write `closed`")
    return () if value == "closed" else value


class CalendarFields(Fields):
    """Opening hours."""

    timezone: Zone | None = Field(None, description="Time zone of its hours; default: the project's.")
    open: dict[DayNames, Periods] = Field(description='Periods by days: `mon-fri: ["09:00-13:00", "14:00-18:00"]`.')
    holidays: Holidays | None = Field(None, description="Country whose public holidays it observes.")
    days: dict[Day, Annotated[Periods, BeforeValidator(_day_periods)]] = Field(
        default_factory=dict, description="Single dates: periods, or `closed`."
    )
    allow: Allow = Field(default_factory=dict, description=ALLOW)

    def calendar(self, name: str, default_zone: str) -> Calendar:
        """The calendar of these fields."""
        weekly: list[list[Period]] = [[] for _ in DAYS]
        for days, periods in self.open.items():
            for day in parse_days(days):
                weekly[day] += periods
        dates = self.holidays.dates() if self.holidays else frozenset()
        return Calendar(
            name,
            self.timezone or default_zone,
            tuple(tuple(sorted(day)) for day in weekly),
            self.days,
            dates,
            self.holidays.country if self.holidays else "",
        )
