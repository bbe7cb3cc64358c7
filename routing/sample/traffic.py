"""Who calls when in a sample month: a shop's week, clients who call again, visitors whom advertisements sent. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from random import Random

from routing.model.entities import Visitor

#: Share of the calls of a weekday, Monday first, and of an hour of the day.
WEEKDAYS = (1.15, 1.05, 1.0, 1.0, 0.95, 0.4, 0.12)
HOURS = (0, 0, 0, 0, 0, 0.1, 0.3, 1, 4, 8, 11, 11, 9, 8, 9, 9, 8, 6, 3, 1.5, 0.8, 0.4, 0.2, 0.1)
#: Numbers that belong to nobody, written like a country's mobiles; in other countries: the number is withheld.
CLIENTS = {"UA": ("+38067", "+38050", "+38063"), "PL": ("+4850",), "KZ": ("+7701",), "DE": ("+4915",)}
CLIENT_DIGITS = {"+38067": 7, "+38050": 7, "+38063": 7, "+4850": 7, "+7701": 7, "+4915": 9}
SOURCES = (
    {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "drainage_autumn"},
    {"utm_source": "google", "utm_medium": "organic"},
    {"utm_source": "facebook", "utm_medium": "cpc", "utm_campaign": "terrace"},
    {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "november"},
    {"referrer": "https://www.landscape-forum.example"},
)
#: What the site calls every second of the visitors who write like this; the others have not told it.
NAMES = {
    "+380": (("Оксана", "Андрій", "Ірина", "Тарас", "Юлія", "Богдан"), ("Шевчук", "Мельник", "Бондаренко", "Лисенко")),
    "+48": (("Anna", "Piotr", "Ewa", "Marek"), ("Nowak", "Zielińska", "Wójcik")),
}
#: How long a caller waits: median and spread of a log-normal distribution.
STAYS_SECONDS, STAYS_SPREAD = 55.0, 0.6


@dataclass(frozen=True)
class SampleCaller:
    """A call of the sample: an aware moment, who calls which number, how long they wait, the keys that they press."""

    at: datetime
    number: str
    client: str
    stays_ms: int
    digits: str = ""
    visitor: Visitor | None = None


@dataclass
class Traffic:
    """Calls of a company with these numbers; some are called far more often than others. ``pools``: numbers that
    visitors of a site are shown."""

    numbers: Sequence[str]
    pools: Sequence[str]
    country: str
    zone: tzinfo
    random: Random
    a_day: int
    _clients: list[str] = field(init=False)
    _weights: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self._clients = [self._client() for _ in range(max(self.a_day * 9, 20))]
        self._weights = [self.random.paretovariate(1.8) for _ in self.numbers]

    def of(self, day: date) -> Iterator[SampleCaller]:
        """The calls of a day, in order."""
        expected = self.a_day * WEEKDAYS[day.weekday()]
        count = max(0, round(self.random.gauss(expected, expected**0.5)))
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        hours = sorted(self.random.choices(range(24), HOURS, k=count))
        seconds = sorted(hour * 3600 + self.random.uniform(0, 3600) for hour in hours)
        for second in seconds:
            yield self._call(midnight + timedelta(seconds=round(second)))

    def _call(self, at: datetime) -> SampleCaller:
        random = self.random
        number = random.choices(self.numbers, self._weights)[0]
        visitor = None
        if self.pools and random.random() < 0.18:
            number, visitor = random.choice(self.pools), Visitor(source=random.choice(SOURCES))
        stays_ms = round(1000 * STAYS_SECONDS * random.lognormvariate(0, STAYS_SPREAD))
        digits = random.choice(("1", "1", "2", "3", "-", "111", "9"))
        client = self._caller()
        if visitor and (name := _name(client)):
            visitor = replace(visitor, entities={"name": name})
        return SampleCaller(at, number, client, stays_ms, digits, visitor)

    def _caller(self) -> str:
        """Some call often, most once or twice; one in fifty withholds the number."""
        if self.random.random() < 0.02:
            return "anonymous"
        place = int(len(self._clients) * self.random.random() ** 1.7)
        return self._clients[place]

    def _client(self) -> str:
        if self.country not in CLIENTS:
            return "anonymous"
        begin = self.random.choice(CLIENTS[self.country])
        rest = CLIENT_DIGITS[begin]
        return begin + "000" + "".join(self.random.choices("0123456789", k=rest - 3))


def _name(client: str) -> str:
    """The same for all calls of a client, by a chance of its own, so that no other chance changes."""
    chance = Random(client)  # noqa: S311 - a sample
    first, last = next((names for code, names in NAMES.items() if client.startswith(code)), ((), ()))
    return f"{chance.choice(first)} {chance.choice(last)}" if first and chance.random() < 0.5 else ""
