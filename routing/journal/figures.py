"""Figures of calls for reports: what is counted of a call, and under which names. Pure.

A call counts once in the whole, and once under each scheme that it passed through, under its number, its source, its
status and the people whose phones it rang. `routing.journal.figures_store` keeps the sums by hour and by day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import sha256

from routing.journal.queues import IN_TIME_SECONDS, QueueLine, QueueWait
from routing.journal.result import StepResult
from routing.journal.status import MISSED
from routing.model.rating import SCORES

#: What figures are counted by. The names of ``all`` are empty.
ALL, STATUS, SCHEME, NUMBER, SOURCE, PERSON, QUEUE = "all", "status", "scheme", "number", "source", "person", "queue"
KINDS = (ALL, STATUS, SCHEME, NUMBER, SOURCE, PERSON, QUEUE)
#: A missed call whose client talks with the company within this time is reached.
REACHED_SECONDS = 86400.0
MOST_NAME = 120


@dataclass(slots=True)
class CallSums:
    """Sums over calls. Missed, answered and the waits are of incoming calls.

    Of a person: ``incoming`` rang their phone, of which ``answered`` are their talks; ``reached`` are missed calls of
    anybody whose clients they talked with next. Of a queue: ``incoming`` waited in it, ``missed`` hung up after more
    than a few seconds, ``short`` before that, ``went_on`` left it by a key or after its longest wait.
    """

    incoming: int = 0
    answered: int = 0
    missed: int = 0
    #: Answered within `IN_TIME_SECONDS`.
    in_time: int = 0
    #: Seconds until answered calls were answered, and the longest of them.
    wait_s: float = 0.0
    longest_s: float = 0.0
    talk_s: float = 0.0
    #: Missed calls whose clients talked with the company within a day, and the seconds until then.
    reached: int = 0
    reached_s: float = 0.0
    repeats: int = 0
    proper: int = 0
    outgoing: int = 0
    connected: int = 0
    out_talk_s: float = 0.0
    short: int = 0
    went_on: int = 0
    #: Callers who were asked for a rating, and how often each score was given: of a person, those about them.
    surveyed: int = 0
    scores_1: int = 0
    scores_2: int = 0
    scores_3: int = 0
    scores_4: int = 0
    scores_5: int = 0

    def add(self, other: CallSums) -> None:
        """Add the sums of other calls."""
        for name in SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.longest_s = max(self.longest_s, other.longest_s)

    @property
    def scores(self) -> Mapping[int, int]:
        """How often each score was given."""
        return {score: getattr(self, f"scores_{score}") for score in SCORES}

    @property
    def rated(self) -> int:
        """Callers who gave a score."""
        return sum(self.scores.values())

    @property
    def mean_rating(self) -> float:
        """The mean score; 0.0 without one."""
        return sum(score * times for score, times in self.scores.items()) / self.rated if self.rated else 0.0

    @property
    def missed_share(self) -> float:
        """Missed calls among the incoming ones, 0..1."""
        return self.missed / self.incoming if self.incoming else 0.0

    @property
    def in_time_share(self) -> float:
        """Answered in time among the answered ones, 0..1."""
        return self.in_time / self.answered if self.answered else 0.0

    @property
    def in_time_of_all(self) -> float:
        """Answered in time among all that waited, 0..1; who hung up at once never waited."""
        waited = self.answered + self.missed + self.went_on
        return self.in_time / waited if waited else 0.0

    @property
    def mean_wait_s(self) -> float:
        """Seconds until an answered call was answered."""
        return self.wait_s / self.answered if self.answered else 0.0

    @property
    def mean_talk_s(self) -> float:
        """Seconds of talk of an answered call."""
        return self.talk_s / self.answered if self.answered else 0.0

    @property
    def mean_reached_s(self) -> float:
        """Seconds until the client of a missed call was talked with."""
        return self.reached_s / self.reached if self.reached else 0.0

    @property
    def never_reached(self) -> int:
        """Missed calls whose clients nobody talked with within a day."""
        return max(self.missed - self.reached, 0)


SUMMED = tuple(each.name for each in fields(CallSums) if each.name != "longest_s")


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
