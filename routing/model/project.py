"""Settings of a whole scheme folder: the project, its calendars and gateways."""

from __future__ import annotations

import functools
import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from routing.model import meant
from routing.model.addresses import Addressee
from routing.model.allow import ALLOW, Allow
from routing.model.calendar import DAYS, HOLIDAY_YEARS, Calendar, Period, parse_days
from routing.model.callback_settings import Callbacks
from routing.model.desk import WebDesk
from routing.model.exports import Exports
from routing.model.fields import (
    Fields,
    Flag,
    Id,
    NotEmpty,
    OneOrMany,
    Periods,
    Region,
    Seconds,
    Text,
    refuse,
    shown,
)
from routing.model.gateway import EarlyMedia
from routing.model.pools import Tracking
from routing.model.screens import Screens
from routing.model.speech_fields import Language, VoiceCommand
from routing.model.srtp import Srtp
from routing.model.zones import Zone


class ProjectSticky(Fields):
    """Project-wide stickiness: after an outgoing call, the same person rings first."""

    within: Seconds = Field(14 * 86400, description="How long an outgoing talk counts.")
    talked: Seconds = Field(10, description="Shortest talk that counts.")
    ring: Seconds = Field(20, le=300, description="Ring time of the person.")


_SECRETS_FILE = {
    "type": "object",
    "properties": {"file": {"type": "string", "description": "Path of the file, outside git, mode 0600."}},
    "required": ["file"],
}
_SECRETS_SCHEMA = {"anyOf": [{"const": "env"}, {**_SECRETS_FILE, "additionalProperties": False}]}


class Project(Fields):
    """Settings that apply to every scheme."""

    name: Id = Field(description="The project's name in Redis keys and in the journal.")
    timezone: Zone = Field(description="Default time zone of calendars.")
    country: Region | None = Field(None, description="For numbers written without +, holidays and destinations.")
    secrets: Annotated[Text, WithJsonSchema(_SECRETS_SCHEMA)] = Field(
        "env", description="`env`, or `file: path` of a 0600 file outside git."
    )
    destinations: list[Region] = Field(
        default_factory=list, description="Countries that people, webhooks and callbacks may dial."
    )
    longest_wait: Seconds = Field(180, description="Lint limit for a caller's wait.")
    early_media: EarlyMedia = Field(
        "ring",
        description="What a caller hears before an outside phone answers: ringing, or the carrier's sound (`pass`).",
    )
    srtp: Srtp | None = Field(
        None,
        description="SRTP of SIP phones: `required`, `optional` both ways, or `never`; default: accepted when a phone "
        "offers it, but not offered to ringing phones.",
    )
    sticky: ProjectSticky | None = Field(
        None, description="The person who called a client rings first when the client calls back, in every scheme."
    )
    record: Literal["both", "caller", "no"] = Field(
        "no",
        description="Record people's outgoing calls; `record` of a scheme is for incoming calls.",
    )
    speech: Annotated[dict[Language, VoiceCommand], NotEmpty] = Field(
        default_factory=dict,
        description="Language -> the command that speaks its texts while compiling: it reads the text and writes a WAV "
        "file. The first language is that of texts and calls without another.",
        examples=[{"uk": "espeak-ng -v uk --stdin --stdout"}],
    )
    languages: Annotated[list[Language], OneOrMany] = Field(
        default_factory=list,
        description="Languages of calls, the first where nothing chooses another; default: those of `speech`.",
    )
    announce_recording: Flag = Field(False, description="Lint: recorded calls need an announcement first.")
    talk_keys: Flag = Field(False, description="People ask colleagues and send callers on by keys during a talk.")
    tracking: Tracking | None = Field(None, description="Sites whose visitors are tracked.")
    callbacks: Callbacks | None = Field(None, description="Clients are called back: `{}`, or how.")
    exports: Exports | None = Field(None, description="Where finished calls go: Google Analytics, web servers.")
    desk: WebDesk | None = Field(None, description="Roles at the desk, the web page of calls.")
    pops: Screens | None = Field(None, description="Pages that show the caller while a person's phone rings.")
    notify: Annotated[list[Addressee], OneOrMany] = Field(
        default_factory=list,
        description="Recipients of missed-call notices for schemes without `notify`: e-mail, or webhook (`https://...`).",
    )
    keep: Seconds | None = Field(
        None, description="How long the journal keeps a call and its recording: `365d`; default: for ever."
    )

    allow: Allow = Field(default_factory=dict, description=f"{ALLOW} Applies to the whole folder.")

    @property
    def call_languages(self) -> tuple[str, ...]:
        """The languages of calls; the first is that of calls for which nothing chooses another."""
        return tuple(dict.fromkeys((*self.languages, *self.speech)))

    @field_validator("secrets", mode="before")
    @classmethod
    def _secrets(cls, value: Any) -> Any:
        if isinstance(value, dict) and list(value) == ["file"] and isinstance(value["file"], str):
            return f"file:{value['file']}"
        if value != "env":
            raise refuse(f"{shown(value)} is not a place for secrets", "write `env` or `{file: path}`")
        return value

    @property
    def regions(self) -> tuple[str, ...]:
        """Countries that may be dialled: `destinations`, or the project's own country."""
        return tuple(self.destinations) or ((self.country,) if self.country else ())


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


__all__ = ["CalendarFields", "Holidays", "Id", "Project", "ProjectSticky"]
