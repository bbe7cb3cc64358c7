"""Who may use the desk of the live release, and the names that its pages show: ``desk.json``. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from routing.desk.masks import NumberView
from routing.journal.figures import EVERYTHING, NUMBER, PERSON, QUEUE, SCHEME, FigureView
from routing.model.calendar import Calendar
from routing.model.callback_plan import calendar_of
from routing.model.desk import ALLOWED, Right, Role

#: The table's file in a release.
TABLE = "desk.json"


@dataclass(frozen=True)
class User:
    """Somebody at the desk. ``people``: whose calls a person or head sees; others see all."""

    name: str
    role: Role
    shown: str
    email: str = ""
    people: frozenset[str] = frozenset()

    def may(self, action: Right) -> bool:
        """Whether the role allows something."""
        return self.role in ALLOWED[action]

    @property
    def sees_all(self) -> bool:
        """Whether they see everybody's calls."""
        return self.role not in (Role.PERSON, Role.HEAD)

    def sees(self, people: Collection[str]) -> bool:
        """Whether they see a call of these people."""
        return self.sees_all or not self.people.isdisjoint(people)


@dataclass(frozen=True)
class DeskPerson:
    """A person as pages show them. ``phones``: label -> account or number; ``skills`` as written."""

    name: str
    shown: str
    extension: str = ""
    email: str = ""
    phones: Mapping[str, str] = field(default_factory=dict)
    skills: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DeskScheme:
    """A scheme as pages show it. ``hours``: its calendar, "" for none; ``longest_s``: the longest wait of a caller."""

    name: str
    title: str = ""
    numbers: Sequence[str] = ()
    hours: str = ""
    longest_s: int = 0


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """An OpenID Connect provider. ``secret``: the name of the desk's secret; ``claim``: what names the user;
    ``label``: what the button says."""

    issuer: str
    client_id: str
    secret: str
    claim: str
    label: str


@dataclass(frozen=True, slots=True)
class ReportMail:
    """A report by e-mail to one user. ``every``: day or week; ``at``: the time of day, ``08:00``."""

    to: str
    email: str
    every: str
    at: str
    view: FigureView = EVERYTHING


@dataclass(frozen=True)
class DeskPlan:
    """The desk of a release. ``schemes``: the numbers of each; ``header``: the header in which a proxy of these
    addresses names the user, "" for none."""

    project: str
    zone: ZoneInfo
    country: str
    language: str
    password: bool
    header: str
    proxies: frozenset[str]
    users: Mapping[str, User]
    people: Mapping[str, DeskPerson]
    groups: Mapping[str, Sequence[str]]
    schemes: Mapping[str, Sequence[str]]
    #: The same schemes with their title, calendar and longest wait.
    details: Mapping[str, DeskScheme]
    calendars: Mapping[str, Calendar]
    #: Countries that people may call.
    destinations: tuple[str, ...] = ()
    mails: Sequence[ReportMail] = ()
    #: Whether anybody may join live calls; the release's file that is played to both before, "" for none.
    may_join: bool = True
    announcement: str = ""
    openid: OpenIdProvider | None = None

    def user(self, name: str) -> User | None:
        """The user with this name or e-mail address, in any case of letters."""
        next_page = name.strip().casefold()
        if next_page in self.users:
            return self.users[next_page]
        return next((user for user in self.users.values() if next_page and user.email.casefold() == next_page), None)

    def shown(self, person: str) -> str:
        """A person's full name; an unknown name as it is."""
        known = self.people.get(person)
        return known.shown if known else person

    def user_shown(self, user: str) -> str:
        """A user's full name; of somebody who is no user any more, the name that is stored."""
        known = self.users.get(user)
        return known.shown if known else user

    def scheme_shown(self, scheme: str) -> str:
        """A scheme's title; without one, or of another release, its name."""
        known = self.details.get(scheme)
        return (known and known.title) or scheme

    def named(self, kind: str, name: str) -> str:
        """What a row or a filter of this kind is about, as people read it; `routing.journal.figures` has the kinds. A
        queue without a name has its scheme's."""
        if kind == NUMBER:
            return NumberView(self.country).shown(name)
        return {PERSON: self.shown, SCHEME: self.scheme_shown, QUEUE: self.scheme_shown}.get(kind, str)(name)


def plan_of(table: Mapping[str, Any]) -> DeskPlan:
    """The plan of a ``desk.json``. Raises KeyError, TypeError, ValueError or AttributeError on another shape."""
    groups = {name: tuple(members) for name, members in table["groups"].items()}
    return DeskPlan(
        project=table["project"],
        zone=ZoneInfo(table["timezone"]),
        country=table["country"] or "",
        language=table["language"],
        password=bool(table["password"]),
        header=(table["proxy"] or {}).get("header", ""),
        proxies=frozenset((table["proxy"] or {}).get("address", ())),
        users={name: _user(name, facts, groups) for name, facts in table["users"].items()},
        people={name: _person(name, facts) for name, facts in table["people"].items()},
        groups=groups,
        schemes={name: tuple(facts["numbers"]) for name, facts in table["schemes"].items()},
        details={name: _scheme(name, facts) for name, facts in table["schemes"].items()},
        calendars={name: calendar_of(name, facts) for name, facts in table["calendars"].items()},
        destinations=tuple(table.get("destinations", ())),
        openid=OpenIdProvider(**table["openid"]) if table.get("openid") else None,
        may_join=table.get("joining", {}).get("allowed", True),
        announcement=table.get("joining", {}).get("announce", ""),
        mails=[_mail(facts) for facts in table.get("reports", ())],
    )


def _mail(facts: Mapping[str, Any]) -> ReportMail:
    view = FigureView(frozenset(facts["people"]), frozenset(facts["schemes"]))
    return ReportMail(facts["to"], facts["email"], facts["every"], facts["at"], view)


def _user(name: str, facts: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> User:
    role = Role(facts["role"])
    people = {name, *(member for group in facts.get("groups", ()) for member in groups.get(group, ()))}
    return User(name, role, facts["name"], facts.get("email", ""), frozenset(people))


def _scheme(name: str, facts: Mapping[str, Any]) -> DeskScheme:
    return DeskScheme(
        name, facts.get("title", ""), tuple(facts["numbers"]), facts.get("hours", ""), facts.get("longest_s", 0)
    )


def _person(name: str, facts: Mapping[str, Any]) -> DeskPerson:
    return DeskPerson(
        name,
        facts["name"],
        facts.get("extension", ""),
        facts.get("email", ""),
        dict(facts["phones"]),
        dict(facts["skills"]),
    )
