"""Figures of calls for reports: what is counted of a call, and under which names. Pure.

A call counts once in the whole, and once under each scheme that it passed through, under its number, its source, its
status and the people whose phones it rang. `routing.journal.figures_store` keeps the sums by hour and by day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from routing.journal.call_sums import SUMMED as SUMMED
from routing.journal.call_sums import CallSums as CallSums
from routing.journal.queues import IN_TIME_SECONDS, QueueLine, QueueWait
from routing.journal.result import StepResult
from routing.journal.status import FLOOD, MISSED
from routing.model.rating import SCORES

#: What figures are counted by. The names of ``all`` are empty.
ALL, STATUS, SCHEME, NUMBER, SOURCE, PERSON, QUEUE = "all", "status", "scheme", "number", "source", "person", "queue"
KINDS = (ALL, STATUS, SCHEME, NUMBER, SOURCE, PERSON, QUEUE)
#: A missed call whose client talks with the company within this time is reached.
REACHED_SECONDS = 86400.0
MOST_NAME = 120


@dataclass(frozen=True, slots=True)
class CountedCall:
    """What is counted of a call. ``shown``: its status with those that depend on other calls; ``rang``: the people
    whose phones it rang; ``people``: they and who talked; ``reached``: who talked with the client of a missed call
    next, and after how many seconds; ``surveyed``: the caller was asked for a rating, which is of ``rated_person``."""

    direction: str
    status: str
    shown: str
    number: str
    schemes: Sequence[str]
    source: str
    person: str
    wait_s: float
    talk_s: float
    talked: bool
    rang: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    reached: tuple[str, float] | None = None
    waits: Sequence[QueueWait] = ()
    surveyed: bool = False
    rating: int = 0
    rated_person: str = ""


@dataclass(frozen=True, slots=True)
class FigureView:
    """A part of the calls with figures of its own: those of these people or schemes; empty: all of them."""

    people: frozenset[str] = frozenset()
    schemes: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """The same for the same part; "" for all calls."""
        if not (self.people or self.schemes):
            return ""
        parts = (" ".join(sorted(each)) for each in (self.people, self.schemes))
        return sha256("\n".join(parts).encode()).hexdigest()[:16]

    def has(self, call: CountedCall) -> bool:
        """Whether a call belongs to it."""
        of_people = not self.people or not self.people.isdisjoint(call.people)
        return of_people and (not self.schemes or not self.schemes.isdisjoint(call.schemes))


EVERYTHING = FigureView()
Counted = Mapping[tuple[str, str], CallSums]


@dataclass
class _Count:
    """Sums by kind and name. ``people``: whose figures are kept; empty: everybody's."""

    people: Collection[str]
    sums: dict[tuple[str, str], CallSums] = field(default_factory=lambda: defaultdict(CallSums))

    def add(self, call: CountedCall) -> None:
        """Count one call."""
        figures, rating = of_call(call), _of_rating(call)
        for kind, name in _names(call):
            if call.status == FLOOD and kind != STATUS:
                continue  # thousands of an attack would hide what share of the clients' calls was missed
            self.sums[kind, name].add(figures)
            self.sums[kind, name].add(rating)
        self._of_person(call.rated_person).add(rating)
        for person in call.people:
            self._of_person(person).add(_persons(call, figures, person))
        if call.reached and call.status in MISSED and call.direction == "in":
            self._of_person(call.reached[0]).add(CallSums(reached=1, reached_s=call.reached[1]))
        for wait in call.waits:
            self.sums[QUEUE, wait.queue].add(_of_wait(wait))
            if wait.result == StepResult.TALKED:
                self.sums[QUEUE, wait.queue].add(rating)

    def _of_person(self, person: str) -> CallSums:
        return self.sums[PERSON, person] if person and (not self.people or person in self.people) else CallSums()


def count(calls: Iterable[CountedCall], view: FigureView = EVERYTHING) -> Counted:
    """The figures of a view's calls, by kind and name."""
    found = _Count(view.people)
    for call in calls:
        if view.has(call):
            found.add(call)
    return {key: figures for key, figures in found.sums.items() if figures != CallSums()}


def of_call(call: CountedCall) -> CallSums:
    """What one call adds."""
    if call.direction in ("out", "callback"):
        talk_s = call.talk_s if call.talked else 0.0
        return CallSums(outgoing=1, connected=int(call.talked), out_talk_s=talk_s)
    if call.direction != "in":
        return CallSums()
    found = CallSums(incoming=1, missed=int(call.status in MISSED))
    if call.status == "answered":
        found.answered, found.talk_s, found.wait_s, found.longest_s = 1, call.talk_s, call.wait_s, call.wait_s
        found.in_time = int(call.wait_s <= IN_TIME_SECONDS)
        found.repeats, found.proper = int(call.shown == "repeat call"), int(call.shown == "proper")
    if call.reached and found.missed:
        found.reached, found.reached_s = 1, call.reached[1]
    return found


def _names(call: CountedCall) -> Iterator[tuple[str, str]]:
    yield ALL, ""
    if call.direction == "in":
        yield STATUS, call.status
    for scheme in dict.fromkeys(call.schemes):
        yield SCHEME, scheme[:MOST_NAME]
    if call.number:
        yield NUMBER, call.number[:MOST_NAME]
    if call.source:
        yield SOURCE, call.source[:MOST_NAME]


def _persons(call: CountedCall, figures: CallSums, person: str) -> CallSums:
    """What a call adds to one of its people: an answered call to others only that it rang."""
    if call.direction == "in" and call.status in MISSED:
        return CallSums(incoming=1, missed=1) if person in call.rang else CallSums()
    if person == call.person:
        return figures
    return CallSums(incoming=1) if call.direction == "in" and person in call.rang else CallSums()


def _of_rating(call: CountedCall) -> CallSums:
    if not call.surveyed:
        return CallSums()
    return CallSums(surveyed=1, **({f"scores_{call.rating}": 1} if call.rating in SCORES else {}))


def _of_wait(wait: QueueWait) -> CallSums:
    line = QueueLine()
    line.add(wait)
    longest_s = wait.wait_s if line.answered else 0.0
    return CallSums(incoming=line.calls, answered=line.answered, missed=line.abandoned, in_time=line.in_time,
                   wait_s=line.wait_s, longest_s=longest_s, short=line.short, went_on=line.left)  # fmt: skip


def source_name(source: Mapping[str, str]) -> str:
    """How the source of a visit is counted: campaign source and medium, else the referring host; "" for none."""
    named = [source[key] for key in ("utm_source", "utm_medium") if source.get(key)]
    if not named and source.get("gclid"):
        return "google / cpc"
    return " / ".join(named) or source.get("referrer", "")
