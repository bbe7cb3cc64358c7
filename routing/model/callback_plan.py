"""How a release calls clients back: its ``callbacks.json``, and the orders that it makes.

The step `callback`, the recorder, the HTTP API, the CLI and the dialler read the same table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from routing.model.calendar import Calendar, Period
from routing.model.callback import CallbackOrder, CallbackSource, First
from routing.model.callback_times import MOST_DAYS, next_allowed, next_change, next_open

#: The table's file in a release.
TABLE = "callbacks.json"


class NotCallable(Exception):
    """A number that may not be called back; the text says why."""


class NeverAllowed(NotCallable):
    """Quiet hours and the calendar have no moment in common."""


@dataclass(frozen=True)
class CallbackScheme:
    """What callbacks know of a scheme: its first number ("" for none), its calendar ("" for none), whether it calls
    back who was missed, who is notified of orders that expired (addresses), and the people whom it may ring: () where
    only the moment knows, or a queue distributes calls among them."""

    number: str = ""
    hours: str = ""
    calls_missed_back: bool = False
    notify: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class CallbackPlan:
    """The settings of `project: {callbacks: ...}` and what they name. ``own``: numbers of the company and of its
    people; ``excluded``: numbers on the lists of `exclude`; ``limits``: the most orders over HTTP in an hour, by
    `ip`, `visitor`, `number`, `project`; ``entities``: the names of visitors' facts that orders may carry."""

    project: str
    timezone: str = "UTC"
    country: str = ""
    tries: int = 3
    keep_s: float = 86400.0
    first: First = First.PERSON
    calendar: str = ""
    quiet: Period | None = None
    at_once: int = 2
    minutes_a_day: int = 120
    webhook: str = ""
    scheme: str = ""
    key: str = ""
    origins: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    destinations: tuple[re.Pattern[str], ...] = ()
    own: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    entities: tuple[str, ...] = ()
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    schemes: Mapping[str, CallbackScheme] = field(default_factory=dict)

    def allows(self, number: str) -> bool:
        """Whether `destinations` allow a number (``+`` E.164); premium rate numbers never are."""
        return any(pattern.fullmatch(number) for pattern in self.destinations)

    def calendar_of(self, scheme: str) -> Calendar | None:
        """The calendar in which clients of a scheme are called: that of `callbacks`, else the scheme's."""
        known = self.schemes.get(scheme)
        return self.calendars.get(self.calendar or (known.hours if known else ""))

    def next_allowed(self, at_s: float, number: str, scheme: str) -> float | None:
        """The first moment from ``at_s`` on at which a client may be called for a scheme; None: not in the next
        weeks."""
        return next_allowed(at_s, number, self.quiet, self.calendar_of(scheme))

    def next_opening(self, at_s: float, scheme: str) -> float:
        """The next moment at which the calendar changes to open; ``at_s`` without a calendar."""
        calendar = self.calendar_of(scheme)
        if calendar is None:
            return at_s
        moment, last = datetime.fromtimestamp(at_s, UTC), datetime.fromtimestamp(at_s, UTC) + timedelta(days=MOST_DAYS)
        closed = (next_change(calendar, moment) or last) if calendar.status(moment) == "open" else moment
        opening = next_open(calendar, closed)
        return max(opening.timestamp(), at_s) if opening else at_s

    def order(
        self,
        order_id: str,
        number: str,
        scheme: str,
        source: CallbackSource,
        now: float,
        not_before_s: float = 0.0,
        first: str = "",
        tries: int = 0,
        **facts: Any,
    ) -> CallbackOrder:
        """A new order with the project's settings where none is given. ``facts``: other fields of the order.

        It is kept from the first moment at which the client may be called: one of Friday evening is there on Monday.
        Raises NotCallable for a number that `destinations` do not allow, for one of the company's own, and
        (NeverAllowed) where there is no such moment.
        """
        if not self.allows(number):
            raise NotCallable(f"{number} is not in `destinations`")
        if number in self.own:
            raise NotCallable(f"{number} is a number of the company")
        begins_s = max(now, not_before_s)
        allowed_s = self.next_allowed(begins_s, number, scheme)
        if allowed_s is None:
            raise NeverAllowed("quiet hours and the calendar allow no call in the next weeks")
        return CallbackOrder(
            id=order_id,
            project=self.project,
            number=number,
            scheme=scheme,
            source=source,
            created_s=now,
            not_before_s=begins_s,
            expires_s=allowed_s + self.keep_s,
            first=First(first) if first else self.first,
            tries_left=tries or self.tries,
            **facts,
        )


def plan_of(table: Mapping[str, Any]) -> CallbackPlan:
    """The plan of a ``callbacks.json``. Raises KeyError, TypeError, ValueError, AttributeError or re.error on another
    shape."""
    quiet = table["quiet"]
    return CallbackPlan(
        project=table["project"],
        timezone=table["timezone"],
        country=table["country"] or "",
        tries=table["tries"],
        keep_s=float(table["keep_s"]),
        first=First(table["first"]),
        calendar=table["calendar"] or "",
        quiet=Period(*quiet) if quiet else None,
        at_once=table["at_once"],
        minutes_a_day=table["minutes_a_day"],
        webhook=table["webhook"] or "",
        scheme=table["scheme"] or "",
        key=table["key"] or "",
        origins=tuple(table["origins"] or ()),
        limits=dict(table["limits"]),
        destinations=tuple(re.compile(text) for text in table["destinations"]),
        own=frozenset(table["own"]),
        excluded=frozenset(table["excluded"]),
        entities=tuple(table["entities"]),
        calendars={name: calendar_of(name, facts) for name, facts in table["calendars"].items()},
        schemes={name: _scheme_of(facts) for name, facts in table["schemes"].items()},
    )


def _scheme_of(facts: Mapping[str, Any]) -> CallbackScheme:
    notify = tuple(map(str, facts.get("notify") or ()))
    return CallbackScheme(facts.get("number", ""), facts.get("hours", ""), bool(facts.get("missed")), notify,
                          tuple(map(str, facts.get("people") or ())))  # fmt: skip


def calendar_facts(calendar: Calendar) -> dict[str, Any]:
    """A calendar as JSON."""
    return {
        "timezone": calendar.timezone,
        "weekly": [_pairs(day) for day in calendar.weekly],
        "days": {day.isoformat(): _pairs(periods) for day, periods in sorted(calendar.days.items())},
        "holidays": [day.isoformat() for day in sorted(calendar.holidays)],
    }


def calendar_of(name: str, facts: Mapping[str, Any]) -> Calendar:
    """The calendar of `calendar_facts`."""
    return Calendar(
        name,
        facts["timezone"],
        tuple(_periods(day) for day in facts["weekly"]),
        {date.fromisoformat(day): _periods(periods) for day, periods in facts["days"].items()},
        frozenset(map(date.fromisoformat, facts["holidays"])),
    )


def _pairs(periods: Sequence[Period]) -> list[list[int]]:
    return [[period.start, period.end] for period in periods]


def _periods(pairs: Sequence[Sequence[int]]) -> tuple[Period, ...]:
    return tuple(Period(*pair) for pair in pairs)
