"""The project's setting ``callbacks``: how clients are called back, and who may order that over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from routing.model.addresses import HOOK
from routing.model.calendar import DAY_MINUTES, Period, parse_period
from routing.model.durations import PATTERN
from routing.model.fields import Fields, Id, Key, Name, OneOrMany, Seconds, Whole, parsed_by, refuse, shown
from routing.model.sites import Origins
from routing.model.sound_fields import Sound
from routing.model.url_secrets import secret_in

#: No order waits longer: who ordered it has found another way.
LONGEST_KEEP_SECONDS = 30 * 86400
#: Attempts of one order that may ring the client.
MOST_TRIES = 10
#: The key of a client who wants no more calls back, unless the project chooses another.
WITHDRAW = "9"
#: The value of `quiet` without quiet hours.
NEVER_QUIET = "no"
#: The key of a client who takes the call.
ACCEPT = "1"
RungFirst = Literal["person", "client"]


def _quiet(value: Any) -> str:
    text = str(value)
    if text != NEVER_QUIET and (period := parse_period(text)).end - period.start == DAY_MINUTES:
        raise ValueError(f"`{text}` is the whole day: nobody would ever be called back")
    return text


def _hook(value: Any) -> str:
    if not isinstance(value, str) or not HOOK.fullmatch(value):
        raise ValueError(f"{shown(value)} is not a webhook address: write `https://host/path`, without a password")
    if secret := secret_in(value):
        raise ValueError(f"a webhook address must not contain {secret}: ROUTING_NOTICE_SECRET signs it instead")
    return value


def _other_key(key: str) -> str:
    if key == ACCEPT:
        raise refuse(f"{ACCEPT} is the key that takes the call", "write another one")
    return key


def _keep(seconds: int) -> int:
    if seconds > LONGEST_KEEP_SECONDS:
        raise refuse("an order waits 30 days at most", "write `30d`")
    return seconds


Quiet = Annotated[
    str,
    BeforeValidator(parsed_by(_quiet)),
    WithJsonSchema({"type": "string", "examples": ["21:00-09:00", "no"]}),
]
Keep = Annotated[
    Seconds, AfterValidator(_keep), WithJsonSchema({"type": "string", "pattern": PATTERN, "examples": ["24h", "3d"]})
]
Hook = Annotated[str, BeforeValidator(parsed_by(_hook)), WithJsonSchema({"type": "string", "format": "uri"})]


class CallbackLimits(Fields):
    """The most orders over HTTP in an hour."""

    ip: Whole = Field(5, ge=1, le=10_000, description="From one IP address (an IPv6 network of /64 is one).")
    visitor: Whole = Field(3, ge=1, le=10_000, description="Of one visitor of the site.")
    number: Whole = Field(3, ge=1, le=10_000, description="For one client's number.")
    project: Whole = Field(60, ge=1, le=100_000, description="In all.")


class Callbacks(Fields):
    """Calling clients back. The steps `callback` and `callback: missed` of schemes need it, be it empty."""

    tries: Whole = Field(3, ge=1, le=MOST_TRIES, description="Attempts that may ring the client.")
    keep: Keep = Field(86400, description="How long an order waits from its first possible moment on.")
    first: RungFirst = Field("person", description="Who is rung first: somebody of the scheme, or the client.")
    prompt: Sound | None = Field(
        None, description="Asks a client who is rung first to press 1, which no machine does; default: tones."
    )
    withdraw: Annotated[Key, AfterValidator(_other_key)] | None = Field(
        None, description="Key with which that client asks for no more calls back, named in `prompt`; default: 9."
    )
    whisper: Sound | None = Field(
        None, description="Played to the person who picks up; with 2 they refuse the callback; default: tones."
    )
    calendar: Id | None = Field(None, description="Clients are called while it is open; default: the scheme's `hours`.")
    quiet: Quiet = Field(
        "21:00-09:00",
        description="When nobody calls clients, by the clock of their number's region; `no`: at any time.",
    )
    at_once: Whole = Field(2, ge=1, le=1000, description="The most callbacks that are dialled at the same time.")
    minutes_a_day: Whole = Field(120, ge=1, le=1_000_000, description="The most minutes of their talks in 24 hours.")
    exclude: Annotated[list[Id], OneOrMany] = Field(
        default_factory=list, description="Lists of numbers (`robots` is lists/robots.txt) that are never called back."
    )
    webhook: Hook | None = Field(
        None, description="Is told of each order: ordered, dialling, talked, given up, cancelled, expired, withdrawn."
    )
    scheme: Id | None = Field(None, description="Scheme of orders over HTTP that name none.")
    key: Name | None = Field(None, description="Name of the secret with which programs order over HTTP.")
    origins: Origins | None = Field(None, description="Sites whose pages may order: `https://www.example.com`.")
    limits: CallbackLimits = Field(default_factory=CallbackLimits, description="Of orders over HTTP.")

    @property
    def withdraw_key(self) -> str:
        """The key of `withdraw`."""
        return self.withdraw or WITHDRAW

    @property
    def quiet_hours(self) -> Period | None:
        """The period of `quiet`; None where nothing is quiet."""
        return None if self.quiet == NEVER_QUIET else parse_period(self.quiet)
