"""Runs scheme tests: each case's call through a release on the offline switch, then judged. No clock but the call's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from routing.offline.decider import Decider
from routing.offline.events import Event
from routing.offline.remembered import undisturbed
from routing.offline.switch import Call
from routing.testing import partners
from routing.testing.cases import Case
from routing.testing.expect import Failure, judge, settled
from routing.testing.names import Names

#: The calls' ids come from their tests, so that a run repeats itself.
IDS = uuid.UUID("5d8f4a0e-6b0e-4f53-9f3e-3d1f0a2c7b11")


@dataclass(frozen=True)
class Result:
    """A case's call: what happened, and what of it should not have."""

    case: Case
    call: Call
    events: Sequence[Event]
    failures: Sequence[Failure]

    @property
    def passed(self) -> bool:
        """Whether all went as expected."""
        return not self.failures

    def complaints(self) -> list[str]:
        """What failed, each with its place: ``a.test.yaml:22: expected talk: olena``."""
        return [f"{self.case.file}:{self._line(failure)}: {failure}" for failure in self.failures]

    def _line(self, failure: Failure) -> int:
        """The line of the expectation or of the limit that failed, else of the test."""
        if failure.expectation is not None and failure.expectation.line:
            return failure.expectation.line
        return self.case.problem((failure.key,), "").line if failure.key else self.case.line


def run(cases: Iterable[Case], names: Names) -> Iterator[Result]:
    """Carry the cases one after another. They must have been checked against the same names."""
    for case in cases:
        yield carry(case, names)


def carry(case: Case, names: Names) -> Result:
    """Carry one case's call and judge it."""
    call = made(case, names)
    return carry_with(partners.engine(case.sample, names.published.files, call), case, call, names)


def made(case: Case, names: Names) -> Call:
    """A case's call."""
    published = names.published
    call_id = str(uuid.uuid5(IDS, f"{case.file} {case.name}"))
    return case.sample.made(call_id, published.timezone, published.country, published.accounts)


def carry_with(engine: Decider, case: Case, call: Call, names: Names) -> Result:
    """Carry a case's call with this engine, and judge it."""
    sample = case.sample
    overrides = {f"hours_{calendar}": state for calendar, state in sample.hours.items()} | undisturbed(sample.states)
    events = names.published.run(call, sample.ringing(), sample.dialling(), engine, overrides)
    events = [_named(event, names) for event in settled(events)]
    return Result(case, call, events, judge(events, sample.wanted))


def _named(event: Event, names: Names) -> Event:
    """Who was asked is the engine's address on every one of its answers; a test wants the kind of the step."""
    if event.kind not in ("decision", "fallback"):
        return event
    return replace(event, subject=names.kind_of(event.scheme, event.step) or event.subject)
