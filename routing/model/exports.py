"""The project's setting ``exports``: finished calls as events of Google Analytics 4 and as signed webhooks."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, WithJsonSchema

from routing.model.addresses import HOOK
from routing.model.export_names import MEASUREMENT, name_fault
from routing.model.fields import Fields, Id, Name, NotEmpty, OneOrMany, refuse, shown
from routing.model.problem import did_you_mean
from routing.model.url_secrets import secret_in
from routing.model.web import is_sent_unencrypted

GOOGLE = "https://www.google-analytics.com"
#: Every status of a call, and kinds of `answered` that depend on earlier calls (`routing.journal.status`).
ANSWERED, MISSED = "answered", "missed"
KINDS_OF_ANSWERED = ("repeat call", "proper")
STATUSES = (
    "unfinished", ANSWERED, "voicemail", "feature code", "no answer from a customer", "forbidden destination",
    "refused as a flood", "rejected", "scheme did not work", "self-service", "wrong extension", "no extension", "busy",
    "failed", "no answer",
)  # fmt: skip
CHOICES = (ANSWERED, *KINDS_OF_ANSWERED, MISSED, *(name for name in STATUSES if name != ANSWERED))
EVENTS = {ANSWERED: "phone_call", MISSED: "phone_call_missed"}


def _status(value: Any) -> str:
    if not isinstance(value, str) or value not in CHOICES:
        hint = did_you_mean(str(value), CHOICES) or f"one of {', '.join(CHOICES)}"
        raise refuse(f"no call ends as {shown(value)}", hint)
    return value


def _event(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse(f"{shown(value)} is not the name of an event", "write `phone_call`")
    if fault := name_fault(value):
        raise refuse(f"{shown(value)} {fault}", "write `phone_call`")
    return value


def _measurement(value: Any) -> str:
    if not isinstance(value, str) or not MEASUREMENT.fullmatch(value):
        is_other = (isinstance(value, str) and value.startswith(("UA-", "GTM-", "AW-", "GT-"))) or str(value).isdigit()
        hint = "Admin > Data streams > the site's stream: `G-` with capital letters and digits"
        what = "is an id of another kind" if is_other else "is not the measurement id of a data stream"
        raise refuse(f"{shown(value)} {what}", hint)
    return value


def _address(value: Any, what: str) -> str:
    if not isinstance(value, str) or not HOOK.fullmatch(value):
        raise refuse(f"{shown(value)} is not a web address", "write `https://host/path`, without a password")
    if secret := secret_in(value):
        raise refuse(f"the address must not contain {secret}: git and logs would show it", "name it under its own key")
    if is_sent_unencrypted(value):
        raise refuse(f"http would send {what} unencrypted", "write https://")
    return value


def _url(value: Any) -> str:
    return _address(value, "calls and their numbers")


def _endpoint(value: Any) -> str:
    url = _address(value, "the API secret").rstrip("/")
    if urlsplit(url).path or urlsplit(url).query:
        raise refuse(f"{shown(url)} has a path, and the protocol has its own", f"write `{GOOGLE}`")
    return url


_URI = WithJsonSchema({"type": "string", "format": "uri"})
_STATUS = WithJsonSchema({"type": "string", "enum": list(CHOICES)})
Status = Annotated[str, BeforeValidator(_status), _STATUS]
EventName = Annotated[str, BeforeValidator(_event), WithJsonSchema({"type": "string", "examples": ["phone_call"]})]
Measurement = Annotated[
    str, BeforeValidator(_measurement), WithJsonSchema({"type": "string", "pattern": f"^{MEASUREMENT.pattern}$"})
]
Direction = Literal["in", "out", "callback", "internal"]
DIRECTIONS: tuple[Direction, ...] = ("in", "callback")


class ExportedCalls(Fields):
    """Which calls are exported."""

    directions: Annotated[list[Direction], NotEmpty, OneOrMany] = Field(
        default_factory=lambda: list(DIRECTIONS), description="Directions of calls."
    )
    schemes: Annotated[list[Id], OneOrMany] = Field(
        default_factory=list, description="Only calls that passed through one of these schemes; default: all."
    )


class Ga4Export(ExportedCalls):
    """Calls of a site's visitors as events of a data stream of Google Analytics 4; numbers of phones are never sent."""

    measurement_id: Measurement = Field(description="The stream's measurement id: `G-ABC1234567`.")
    api_secret: Name = Field(description="Name of the secret: an API secret of the Measurement Protocol.")
    events: Annotated[dict[Status, EventName], NotEmpty] = Field(
        default_factory=lambda: dict(EVENTS),
        description="Names of events by the call's status; others are not sent. `missed` stands for each such status.",
    )
    consent: Literal["not_denied", "granted"] = Field(
        "not_denied", description="Visitors whose calls are sent: all but those who refused, or those who agreed."
    )
    endpoint: Annotated[str, BeforeValidator(_endpoint), _URI] = Field(
        GOOGLE, description="Google's server; `https://region1.google-analytics.com` collects in the EU."
    )


class WebhookExport(ExportedCalls):
    """Calls as signed requests to a web server of yours, each with an id, at least once."""

    url: Annotated[str, BeforeValidator(_url), _URI] = Field(description="The server: `https://host/path`.")
    secret: Name = Field(description="Name of the secret that signs the requests.")
    statuses: Annotated[list[Status], OneOrMany] = Field(
        default_factory=list, description="Only calls that ended so; default: all."
    )


class Exports(Fields):
    """What is told of finished calls to other systems, from a durable outbox."""

    ga4: dict[Id, Ga4Export] = Field(default_factory=dict, description="Data streams of Google Analytics 4 by name.")
    webhooks: dict[Id, WebhookExport] = Field(default_factory=dict, description="Web servers of yours by name.")
