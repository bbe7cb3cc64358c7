"""Runs scheme tests: each case's call on the offline switch, then its judgement. No clock but the call's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from routing.model.entities import Visitor
from routing.model.moments import later
from routing.offline.decider import Decider
from routing.offline.duties import OfflineDuties
from routing.offline.events import Event
from routing.offline.limits import Limits
from routing.offline.queues import OfflineQueues
from routing.offline.remembered import dnd_variables
from routing.offline.switch import OfflineCall
from routing.offline.world import World
from routing.offline.world_memory import WorldMemory
from routing.testing import partners
from routing.testing.cases import CallCase
from routing.testing.expect import Mismatch, judge, settled
from routing.testing.names import Names
from routing.testing.sample import Sample

#: The calls' ids come from their tests, so that every run gives the same ones.
IDS = uuid.UUID("5d8f4a0e-6b0e-4f53-9f3e-3d1f0a2c7b11")


@dataclass(frozen=True)
class CaseResult:
    """A case's call: its events, and the differences from the expectations. ``took_s``: the run time."""

    case: CallCase
    call: OfflineCall
    events: Sequence[Event]
    failures: Sequence[Mismatch]
    took_s: float = field(default=0.0, compare=False)

    @property
    def passed(self) -> bool:
        """Whether the call meets all expectations."""
        return not self.failures

    def complaints(self) -> list[str]:
        """The differences, each with its place: ``a.test.yaml:22: expected talk: olena``."""
        return [f"{self.case.file}:{self._line(failure)}: {failure}" for failure in self.failures]

    def _line(self, failure: Mismatch) -> int:
        """The line of the expectation or of the limit that failed, else of the test."""
        if failure.expectation is not None and failure.expectation.line:
            return failure.expectation.line
        return self.case.problem((failure.key,), "").line if failure.key else self.case.line


def run(cases: Iterable[CallCase], names: Names) -> Iterator[CaseResult]:
    """Run the cases one after another. They must have been checked against the same names."""
    for case in cases:
        yield carry(case, names)


def carry(case: CallCase, names: Names) -> CaseResult:
    """Run one case's call and judge it; one of several calls runs with the others of its test."""
    if case.together:
        return next(each for each in carry_together(case.together, names) if each.case is case)
    call = made(case, names)
    return carry_with(partners.engine(case.sample, names.published.files, call), case, call, names)


def carry_together(cases: Sequence[CallCase], names: Names) -> list[CaseResult]:
    """Run the calls of one test on one virtual clock, and judge each."""
    world, published = World(), names.published
    calls = [made(case, names) for case in cases]
    office = WorldMemory(world, partners.remembered(cases[0].sample, calls[0]), ZoneInfo(published.timezone))
    queues = OfflineQueues(office, office.anybody, office.chance, OfflineDuties.of(office.states))
    limits, overrides = Limits(in_order=True), _overrides(cases[0].sample)
    happened: list[Sequence[Event]] = [()] * len(cases)

    def script(n: int, case: CallCase, call: OfflineCall) -> None:
        engine = partners.engine(case.sample, published.files, call, office, queues)
        sample = case.sample
        happened[n] = published.run(
            call, sample.ringing(), sample.dialling(), engine, overrides, limits, world
        )  # fmt: skip
        office.learn(call, happened[n])

    for n, (case, call) in enumerate(zip(cases, calls, strict=True)):
        world.begin(round(call.at.timestamp() * 1000), partial(script, n, case, call))
    world.run()
    return [_judged(*each, names) for each in zip(cases, calls, happened, strict=True)]


def made(case: CallCase, names: Names) -> OfflineCall:
    """A case's call."""
    published = names.published
    file = case.file.encode("utf-8", "surrogateescape").decode("utf-8", "replace")  # as the machine's locale has it
    call_id = str(uuid.uuid5(IDS, f"{file} {case.name}"))
    call = case.sample.made(call_id, published.timezone, published.country, published.accounts)
    if first := case.sample.made_call.callback:
        visitor = partners.visitor(case.sample) or Visitor()
        return published.callback(first, call.caller, f"+{call.to.removeprefix('+')}", visitor, call.at, call_id)
    return replace(call, at=later(call.at, timedelta(seconds=case.after_s)))


def carry_with(engine: Decider, case: CallCase, call: OfflineCall, names: Names) -> CaseResult:
    """Run a case's call with this engine, and judge it."""
    sample = case.sample
    events = names.published.run(call, sample.ringing(), sample.dialling(), engine, _overrides(sample))
    return _judged(case, call, events, names)


def _overrides(sample: Sample) -> dict[str, str]:
    """FreeSWITCH's globals: calendars overridden by hand, and people on do-not-disturb."""
    return {f"hours_{calendar}": state for calendar, state in sample.hours.items()} | dnd_variables(sample.states)


def _judged(case: CallCase, call: OfflineCall, happened: Sequence[Event], names: Names) -> CaseResult:
    events = [_named(event, names) for event in settled(happened)]
    return CaseResult(case, call, events, judge(events, case.sample.expected))


def _named(event: Event, names: Names) -> Event:
    """Replace the engine's address in its answers by the kind of the step."""
    if event.kind not in ("decision", "fallback"):
        return event
    return replace(event, subject=names.kind_of(event.scheme, event.step) or event.subject)
