"""What the journal knows for the judge of floods: who has talked with the company, and how many strangers usually call.

Calls that were refused do not count, nor do a foreign country's busiest days: a flood that was only watched does not
become usual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from statistics import median

from sqlalchemy import ColumnElement, Engine, func, select

from routing.journal.schema import calls
from routing.journal.status import FLOOD, REJECTED
from routing.model.flood import ABROAD, ALL_NUMBERS, HIDDEN, RARE, SPELT_NUMBERS, country_of

DAY_SECONDS, WEEK_SECONDS = 86_400.0, 7 * 86_400.0
#: A caller is known after a talk of so many seconds, from the next day on: one who only wants minutes is not at once.
TALKED_SECONDS, KNOWN_AFTER_SECONDS = 20.0, DAY_SECONDS
#: How far back talks and usual calls are looked for.
KNOWN_SECONDS, USUAL_SECONDS = 400 * DAY_SECONDS, 4 * WEEK_SECONDS
#: A number with fewer calls counts as if so many had come from the project's country.
LEAST_CALLS = 50.0
#: For how long strangers' calls are answered is known of so many; of more the first ones count.
LEAST_LENGTHS, MOST_LENGTHS = 20, 5_000
#: Of a foreign country, so many of its busiest days do not count.
FLOOD_DAYS = 3
#: So many numbers are looked for by the database, more while reading.
MOST_LISTED = 500


@dataclass(frozen=True, slots=True)
class PastCall:
    """An incoming call; times in seconds since the epoch, ``answered`` 0 without an answer."""

    number: str
    caller: str
    started: float
    answered: float
    ended: float
    talk_s: float = 0.0
    was_refused: bool = False


@dataclass
class NumberHistory:
    """See `routing.decide.flood.UsualCalls`. ``talked``: caller -> when their first talk began; ``home``: the calling
    code of the project's country, "" without one."""

    zone: tzinfo
    home: str = ""
    talked: Mapping[str, float] = field(default_factory=dict)
    _hours: dict[str, Counter[int]] = field(default_factory=dict)
    _countries: dict[str, Counter[str]] = field(default_factory=dict)
    _weeks: dict[str, float] = field(default_factory=dict)
    _answered_s: dict[str, float] = field(default_factory=dict)

    def learn(self, past: Iterable[PastCall], now_s: float) -> None:
        """Take the calls of the last weeks in place of those before."""
        self._hours = {}
        first: dict[str, float] = {}
        by_day: dict[str, dict[str, Counter[int]]] = {}
        lengths: dict[str, list[float]] = {}
        for call in past:
            if call.was_refused:
                continue
            is_known = self.is_known(call.caller, call.started)
            for number in (call.number, ALL_NUMBERS):
                first[number] = min(call.started, first.get(number, call.started))
                days = by_day.setdefault(number, {}).setdefault(country_of(call.caller), Counter())
                days[int(call.started // DAY_SECONDS)] += 1
                self._hours.setdefault(number, Counter())[self._hour(call.started)] += not is_known
                own = lengths.setdefault(number, [])
                if call.answered and not is_known and len(own) < MOST_LENGTHS:
                    own.append(call.ended - call.answered)
        self._countries = {
            number: Counter({country: self._usual_of(country, days) for country, days in countries.items()})
            for number, countries in by_day.items()
        }
        self._answered_s = {number: median(each) for number, each in lengths.items() if len(each) >= LEAST_LENGTHS}
        self._weeks = {number: max(1.0, (now_s - since) / WEEK_SECONDS) for number, since in first.items()}

    def _usual_of(self, country: str, days: Counter[int]) -> int:
        """Calls of a country, without those of its busiest days."""
        busiest = 0 if self.home in ("", country) else sum(count for _, count in days.most_common(FLOOD_DAYS))
        return days.total() - busiest

    def is_known(self, caller: str, at_s: float) -> bool:
        """See UsualCalls."""
        return at_s - self.talked.get(caller, at_s) >= KNOWN_AFTER_SECONDS

    def per_minute(self, number: str, at_s: float) -> float:
        """See UsualCalls."""
        return self._hours.get(number, Counter())[self._hour(at_s)] / self._weeks.get(number, 1.0) / 60

    def share_of(self, number: str, country: str) -> float:
        """See UsualCalls."""
        seen = self._countries.get(number, Counter())
        total = seen.total()
        lacking = max(0.0, LEAST_CALLS - total)
        if country == ABROAD:
            at_home = seen[self.home] + seen[HIDDEN] + lacking
            return 1 - at_home / (total + lacking) if self.home else 1.0
        at_home = lacking if country == self.home or not self.home else 0.0
        return (seen[country] + at_home) / (total + lacking)

    def countries(self, number: str) -> Collection[str]:
        """See UsualCalls."""
        codes = {country for country in self._countries.get(number, ()) if country != HIDDEN}
        return {country for country in {self.home, *codes} if country and self.share_of(number, country) >= RARE}

    def answered_s(self, number: str) -> float:
        """See UsualCalls."""
        return self._answered_s.get(number, 0.0)

    def known_at(self, at_s: float) -> list[str]:
        """Everybody who is known at a moment."""
        return [caller for caller in self.talked if self.is_known(caller, at_s)]

    def _hour(self, at_s: float) -> int:
        at = datetime.fromtimestamp(at_s, self.zone)
        return at.weekday() * 24 + at.hour


def long_talks(until_s: float) -> tuple[ColumnElement[bool], ...]:
    """Conditions of calls by which their clients become known: a talk that was long enough, in the last year."""
    since_s = until_s - KNOWN_SECONDS
    return calls.c.bridged > since_s, calls.c.bridged < until_s, calls.c.talk_s >= TALKED_SECONDS


def read_talked(engine: Engine, until_s: float) -> dict[str, float]:
    """Client (E.164) -> when their first talk began, of the last year. Raises SQLAlchemyError."""
    query = (
        select(calls.c.client, func.min(calls.c.bridged))
        .where(calls.c.client.like("+%"), *long_talks(until_s))
        .group_by(calls.c.client)
    )
    with engine.connect().execution_options(reads=True) as connection:
        return {row[0]: row[1] for row in connection.execute(query) if row[0] not in SPELT_NUMBERS}


def read_calls(engine: Engine, numbers: Collection[str], since_s: float, until_s: float) -> Iterator[PastCall]:
    """Incoming calls of numbers, in their order; a busy company has a million. Raises SQLAlchemyError."""
    names = ("number", "caller", "started", "answered", "ended", "talk_s", "status")
    query = (
        select(*(calls.c[name] for name in names))
        .where(calls.c.direction == "in", calls.c.started >= since_s, calls.c.started < until_s)
        .order_by(calls.c.started)
    )
    if len(numbers) <= MOST_LISTED:
        query = query.where(calls.c.number.in_(numbers))
    with engine.connect().execution_options(reads=True, yield_per=1000) as connection:
        for row in connection.execute(query):
            if row.number in numbers:
                caller = row.caller if row.caller.startswith("+") else HIDDEN
                times = row.started, row.answered, row.ended, row.talk_s
                yield PastCall(row.number, caller, *times, was_refused=row.status in (FLOOD, REJECTED))
