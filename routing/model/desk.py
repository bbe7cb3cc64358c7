"""The project's setting ``desk``: who may sign in to the desk, the web page of calls, and with which role.

The roles and what each of them may do. `routing.desk` serves the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from routing.model.addresses import Email
from routing.model.fields import Fields, Id, Name, NotEmpty, OneOrMany, Text, parsed_by, refuse, safe_text, shown
from routing.model.sound_fields import Sound
from routing.model.web import is_sent_unencrypted


class Role(StrEnum):
    """What somebody is at the desk."""

    PERSON = "person"
    HEAD = "head"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Right(StrEnum):
    """What can be done at the desk. `ALLOWED` says by whom."""

    CALLS = "calls"
    NUMBERS = "numbers"
    RECORDINGS = "recordings"
    TRACES = "traces"
    EXPORT = "export"
    REPORTS = "reports"
    LIVE = "live"
    LISTEN = "listen"
    WHISPER = "whisper"
    TAKE_OVER = "take over"
    OWN = "own"
    CALLBACKS = "callbacks"
    DIRECTORY = "directory"
    SCHEMES = "schemes"
    OVERRIDE = "override"
    ROLLBACK = "rollback"
    AUDIT = "audit"
    FORGET = "forget"
    ACCOUNTS = "accounts"


_EVERYBODY = frozenset(Role)
_HEADS = frozenset({Role.HEAD, Role.MANAGER, Role.ADMIN})
_MANAGERS = frozenset({Role.MANAGER, Role.ADMIN})
_ADMINS = frozenset({Role.ADMIN})
#: Who may do what. Which calls and people a role sees is `Role`'s own: a person theirs, a head those of their groups,
#: the others all.
ALLOWED: Mapping[Right, frozenset[Role]] = {
    Right.CALLS: _EVERYBODY,
    Right.NUMBERS: _EVERYBODY - {Role.AUDITOR},
    Right.RECORDINGS: _EVERYBODY - {Role.AUDITOR},
    Right.TRACES: _MANAGERS | {Role.AUDITOR},
    Right.EXPORT: _HEADS | {Role.AUDITOR},
    Right.REPORTS: _HEADS | {Role.AUDITOR},
    Right.LIVE: _HEADS,
    Right.LISTEN: _HEADS,
    Right.WHISPER: _HEADS,
    Right.TAKE_OVER: _HEADS,
    Right.OWN: _EVERYBODY - {Role.AUDITOR},
    Right.CALLBACKS: _HEADS,
    Right.DIRECTORY: _EVERYBODY,
    Right.SCHEMES: _HEADS | {Role.AUDITOR},
    Right.OVERRIDE: _MANAGERS,
    Right.ROLLBACK: _ADMINS,
    Right.AUDIT: _ADMINS | {Role.AUDITOR},
    Right.FORGET: _ADMINS,
    Right.ACCOUNTS: _ADMINS,
}

#: Of `joining: announced`: a tone that every release has.
ANNOUNCING_TONE = "routing/beep.wav"
Language = Literal["uk", "ru", "pl", "en"]


class DeskUser(Fields):
    """Somebody with another role than `person`, or who is no person of the schemes."""

    role: Role = Field(description="person, head, manager, auditor or admin.")
    groups: Annotated[list[Id], OneOrMany] = Field(
        default_factory=list, description="A head sees the calls of the people in these groups."
    )
    name: Text | None = Field(None, description="Shown at the desk; default: the person's name.")
    email: Email | None = Field(None, description="For reports, and to be known by; default: the person's.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"role": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _of_a_head(self) -> DeskUser:
        if self.role is Role.HEAD and not self.groups:
            raise refuse("a head needs `groups`", "write `{role: head, groups: [sales]}`")
        if self.groups and self.role is not Role.HEAD:
            raise refuse(f"`groups` is for heads, this is a {self.role}", "remove `groups`, or write `role: head`")
        return self


class ProxyHeader(Fields):
    """Sign-in by a proxy in front, which has authenticated the user and names them in a header."""

    header: Text = Field(description="The header, `X-Forwarded-Email`, which the proxy removes from clients' requests.")
    address: Annotated[list[Text], OneOrMany] = Field(
        default_factory=lambda: ["127.0.0.1", "::1"], description="The proxy's own addresses; nobody else is believed."
    )


def _issuer(value: Any) -> str:
    text = safe_text(value)
    parts = urlsplit(text)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise refuse(f"{shown(value)} is not an issuer: write its address as the provider does, `https://host`")
    if is_sent_unencrypted(text):
        raise refuse("who signs in would be sent unencrypted: write `https://`")
    return text


class OpenIdConnect(Fields):
    """Sign-in by an OpenID Connect provider: Google, Microsoft Entra, Keycloak, Okta."""

    issuer: Annotated[str, BeforeValidator(parsed_by(_issuer)), WithJsonSchema({"type": "string", "format": "uri"})] = (
        Field(description="The provider, as it names itself: `https://accounts.google.com`.")
    )
    client_id: Text = Field(description="The desk's id at the provider.")
    secret: Name = Field(description="Name of the secret that the provider gave the desk.")
    claim: Text = Field(
        "email",
        description="The claim that names the user: `email`, if the provider has verified it; of another one the "
        "value is the user's name in `users` or `people`.",
    )
    label: Text | None = Field(None, description="What the button says: `Google`; default: the provider's host.")


class DeskJoining(Fields):
    """Whether heads may join live calls, and what the two who talk hear before somebody listens or whispers."""

    allowed: bool = Field(True, description="Whether anybody listens, whispers or takes over.")
    announce: Sound | None = Field(None, description="Played to both before somebody listens or whispers.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if value in ("announced",):
            return {"announce": ANNOUNCING_TONE}
        if value in ("yes", "no") or isinstance(value, bool):
            return {"allowed": value in ("yes", True)}
        if isinstance(value, str):
            raise refuse(
                f"{shown(value)} is not `yes`, `no` or `announced`", "a sound of yours: `{announce: listened.wav}`"
            )
        return value

    @model_validator(mode="after")
    def _of_what_is_allowed(self) -> DeskJoining:
        if self.announce and not self.allowed:
            raise refuse("nobody joins calls, so nothing is announced", "remove `announce`, or `allowed: no`")
        return self


def _time_of_day(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        return value
    raise ValueError(f"{shown(value)} is not a time of day: write `08:00`, in quotes")


class DeskReport(Fields):
    """A report by e-mail: of the day before, or on Mondays of the week before."""

    to: Annotated[list[Id], OneOrMany, NotEmpty] = Field(description="Who gets it: users of the desk, by name.")
    every: Literal["day", "week"] = Field(description="`day`, or `week`: on Mondays.")
    at: Annotated[str, BeforeValidator(parsed_by(_time_of_day)), WithJsonSchema({"type": "string"})] = Field(
        "08:00", description="When it is sent, in the project's time zone."
    )
    schemes: Annotated[list[Id], OneOrMany] = Field(
        default_factory=list, description="Only calls that passed through these schemes."
    )
    groups: Annotated[list[Id], OneOrMany] = Field(
        default_factory=list, description="Only calls that rang or were taken by the people of these groups."
    )


class WebDesk(Fields):
    """The desk: the web page of calls for people, heads and managers."""

    users: Annotated[dict[Id, DeskUser], NotEmpty] = Field(
        default_factory=dict,
        description="Name -> role: a person of `people` or somebody else. People who are not named here have the role "
        "`person`.",
    )
    language: Language = Field("en", description="The page's language where the browser asks for none that it has.")
    password: bool = Field(True, description="Whether people sign in with a password.")
    proxy: ProxyHeader | None = Field(None, description="A trusted proxy signs people in.")
    joining: DeskJoining = Field(
        default_factory=lambda: DeskJoining(allowed=True, announce=None),
        description="`yes`, `no`, or `announced`: a tone, or a sound of yours, before somebody listens or whispers.",
    )
    openid: OpenIdConnect | None = Field(None, description="An OpenID Connect provider signs people in.")
    reports: list[DeskReport] = Field(default_factory=list, description="Reports by e-mail, daily or weekly.")
