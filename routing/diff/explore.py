"""The search for calls to try on both sides: every kind of moment, then variations of the circumstances of each call.
A call that reads no changed file on the old side has the same outcome on the new one and runs once. Phones matter only
from the change on; an outcome from there on (`Way`) is varied once, for all numbers and moments that lead to it. The
count of calls is limited; skipped variations are reported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from routing.diff import consulted
from routing.diff.affected import Affected, Group
from routing.diff.callers import CALLER, Callers, callers
from routing.diff.carry import Run, carry
from routing.diff.consulted import Choices, Sides
from routing.diff.moments import Kind, kinds
from routing.diff.outcome import Outcome, outcome
from routing.diff.scenario import Scenario
from routing.diff.side import Side

LEAST_SHARE = 30
#: Events of a normal call; longer calls count as several towards the limit.
USUAL_EVENTS = 100
NEAR = 3
MOST_SCHEMES = 6
MOST_DELTAS = 3
#: Files that change with any entry of their kind: reading them alone does not affect a call.
SHARED = ("numbers/", "table.json")

#: The outcome from a change on, on both sides, and the variations after it.
Way = tuple[object, ...]


@dataclass(frozen=True)
class Difference:
    """A call with a different outcome now."""

    group: Group
    kind: Kind
    scenario: Scenario
    old: Outcome
    new: Outcome


@dataclass
class Explored:
    """The result. ``calls``: run on both sides; ``cut``: variations of a group that were not tried, -1 for all."""

    findings: list[Difference] = field(default_factory=list)
    kinds: dict[Group, list[Kind]] = field(default_factory=dict)
    calls: int = 0
    cut: dict[Group, int] = field(default_factory=dict)
    untried: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Try:
    """A scenario at a kind of moment; with ``way`` it only varies phones from a change on."""

    kind: Kind
    scenario: Scenario
    way: Way = ()


@dataclass(frozen=True)
class _Known:
    """The result of a way: the outcomes, whether they differ, and whether a phone asked for a confirm key."""

    outcomes: tuple[Outcome, Outcome]
    differ: bool
    asks: bool


@dataclass
class _Search:
    """The pending scenarios of a group."""

    group: Group
    who: Callers
    every: Sequence[Kind]
    queue: deque[_Try]
    seen: set[object] = field(default_factory=set)
    tried: int = 0


class Explorer:
    """Explores the groups that may have changed; ``most_calls`` limits the calls; long ones count as several."""

    def __init__(self, affected: Affected, today: date, most_calls: int) -> None:
        self.affected = affected
        self.today = today
        self.most_calls = most_calls
        self.zone = ZoneInfo(affected.new.published.timezone)
        self.found = Explored()
        self.choices = _choices(affected)
        self._spent = 0
        self._ways: dict[Way, _Known] = {}
        self._epoch = datetime(today.year, today.month, today.day, tzinfo=self.zone)
        self._runs: dict[Scenario, list[tuple[Kind, Sides]]] = {}

    def explore(self) -> Explored:
        """Try all groups without variations, the nearest to a change first; then with, far ones with the calls left."""
        searches = [self._search(group) for group in self.affected.groups]
        for search in searches:
            self._carry_on(search, self.most_calls, len(search.every))
        for index, search in enumerate(searches):
            left = len(searches) - index
            parts = left if search.group.steps else min(left, NEAR)
            share = (self.most_calls - self._spent) // parts
            self._carry_on(search, min(self._spent + max(share, LEAST_SHARE), self.most_calls))
            if search.queue:
                self.found.cut[search.group] = len(search.queue) if search.tried else -1
        return self.found

    def _search(self, group: Group) -> _Search:
        files = self.affected.files(group)
        who = self._callers(files)
        every = self.found.kinds[group] = kinds(files, self.zone, self.today)
        usual = (_Try(kind, Scenario(group.numbers[0], who.usual, kind.moment)) for kind in every)
        return _Search(group, who, every, deque(usual))

    def _carry_on(self, search: _Search, until: int, most: int | None = None) -> None:
        """Try pending scenarios, at most ``most``, until ``until`` calls are used."""
        while search.queue and self._spent < until and (most is None or search.tried < most):
            search.tried += 1
            for further in self._carried(search.group, search.queue.popleft(), search.who, search.every):
                # each variation once at a kind of moment, in the first call that consulted it
                key = (further.kind, further.way or further.scenario.deltas[-1:], further.scenario.digits)
                if key not in search.seen and len(further.scenario.deltas) <= MOST_DELTAS:
                    search.seen.add(key)
                    search.queue.append(further)

    def _callers(self, files: Sequence[tuple[Side, str]]) -> Callers:
        tests = {test for side, path in files for name, test in side.inputs_of(path).tests if name == CALLER}
        found = callers(tests, self.affected.new.published.country)
        self.found.untried |= set(found.untried)
        return found

    def _carried(self, group: Group, attempt: _Try, who: Callers, every: Sequence[Kind]) -> Iterator[_Try]:
        """Run one scenario, record a difference, and yield what to try next."""
        scenario = attempt.scenario
        known = self._ways.get(attempt.way) if attempt.way else None
        if known is None:
            sides = self._run(scenario, attempt.kind)
            known = self._ways[attempt.way] = _compared(sides)
            if not attempt.way:
                yield from (_Try(attempt.kind, each) for each in self._leading(group, sides, attempt, who, every))
                yield from self._phones(group, attempt, sides)
        if known.differ:
            self.found.findings.append(Difference(group, attempt.kind, scenario, *known.outcomes))
        if known.asks and attempt.way and scenario.has("answers"):
            silent = consulted.unconfirmed(scenario)
            yield _Try(attempt.kind, silent, (*attempt.way, silent.deltas[-1]))

    def _phones(self, group: Group, attempt: _Try, sides: Sides) -> Iterator[_Try]:
        """Variations of phones that ring before the last change: after it, answers only cut the call short."""
        since = [self._since(group, run) for _, run in sides]
        if group.old is None or group.new is None or (since[0] is None and since[1] is None):
            return
        places = [at or 0 for at in since]
        way = tuple(_onward(run, at) for (_, run), at in zip(sides, places, strict=True))
        rung = [
            event.subject
            for (side, run), first in zip(sides, places, strict=True)
            for event in run.events[first:]
            if event.kind == "ring" and (group.moved or self.affected.leads(side, event.scheme))
        ]
        for each in consulted.phones(attempt.scenario, rung):
            yield _Try(attempt.kind, each, (*way, each.deltas[-1]))

    def _leading(
        self, group: Group, sides: Sides, attempt: _Try, who: Callers, every: Sequence[Kind]
    ) -> Iterator[Scenario]:
        if group.old is None or group.new is None:
            return
        scenario = attempt.scenario
        if not scenario.has("hours"):
            yield from consulted.leading(sides, scenario, who, self.choices)
        if not scenario.deltas and not scenario.digits:
            yield from consulted.by_hand(sides, scenario, attempt.kind, every)

    def _run(self, scenario: Scenario, kind: Kind) -> Sides:
        """The call on both sides; reused from a moment with the same states of the calendars it reads."""
        same = self._runs.setdefault(replace(scenario, at=self._epoch), [])
        for before, sides in same:
            if _needed(kind, sides) == _needed(before, sides):
                return sides
        sides = self._carry(scenario)
        same.append((kind, sides))
        return sides

    def _carry(self, scenario: Scenario) -> Sides:
        """The call on both sides, or on one if the other cannot differ."""
        old, new = self.affected.old, self.affected.new
        before = self._one(old, scenario)
        if not before.read & self.affected.changed:
            return (old, before), (new, before)
        return (old, before), (new, self._one(new, scenario))

    def _one(self, side: Side, scenario: Scenario) -> Run:
        run = carry(side, scenario)
        self.found.calls += 1
        self._spent += 1 + len(run.events) // USUAL_EVENTS
        return run

    def _since(self, group: Group, run: Run) -> int | None:
        """The index of a call's event from which the change matters; None when it never does."""
        if group.moved:
            return 0
        if not any(not path.startswith(SHARED) for path in run.read & self.affected.changed):
            return None
        places = (at for at, event in enumerate(run.events) if event.scheme in self.affected.schemes)
        return next(places, 0)


def _needed(kind: Kind, sides: Sides) -> tuple[object, ...]:
    """The states at a kind of moment that matter to a call: of the calendars it reads, and of other time tests."""
    read = {side.release.name: run.read for side, run in sides}
    return kind.held, tuple((key, state) for key, state in kind.states if key[1] in read.get(key[0], ()))


def _compared(sides: Sides) -> _Known:
    old, new = (outcome(run.events) for _, run in sides)
    asks = any(event.kind == "confirm" for _, run in sides for event in run.events)
    return _Known((old, new), not old.same(new), asks)


def _onward(run: Run, since: int) -> Way:
    start = run.events[since].at_ms
    return tuple(
        (entry.what, entry.subject, entry.how, entry.at_ms - start, entry.lasted_ms)
        for entry in outcome(run.events).entries
        if entry.at_ms >= start
    )


def _choices(affected: Affected) -> Choices:
    """An unchanged person for decisions that may name anybody, and schemes to which only webhooks lead."""
    both = [set(side.published.table["people"]) for side in (affected.old, affected.new)]
    people = sorted(both[0] & both[1])
    person = next((name for name in people if f"people/{name}.xml" not in affected.changed), "")
    shared = affected.old.schemes.keys() & affected.new.schemes.keys()
    # a changed scheme with numbers of its own is tried by them; others need a webhook that names them
    plain = (name for name in sorted(shared - affected.schemes) if not affected.new.schemes[name].jumps)
    schemes = affected.unreached() or list(plain)[:1]
    return Choices(person, tuple(schemes[:MOST_SCHEMES]))
