"""Calls that really came, carried again: arrivals and talks as they were, patience estimated. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.simulate.arrivals import Chance, drawn
from routing.simulate.calls import CallOutcome, Ending, SimulatedCall, Week
from routing.simulate.lengths import Lengths, Measured, Same
from routing.simulate.people import PersonTime
from routing.simulate.plan import Plan, QueuePlan
from routing.simulate.survival import EstimatedWaits, estimated


@dataclass(frozen=True)
class RecordedCall:
    """A call of the journal. ``at_ms``: since the first Monday; ``talk_ms``: None where nobody talked.

    ``hung_up``: the caller ended it while they waited.
    """

    queue: str
    at_ms: int
    waited_ms: int
    talk_ms: int | None = None
    hung_up: bool = False
    person: str = ""


class NoTalks(ValueError):
    """A queue had no call that anybody answered: there is nothing to learn from. The text names it."""


@dataclass(frozen=True)
class History:
    """Recorded calls, and the plan with the talks and the patience that they show."""

    plan: Plan
    calls: Sequence[RecordedCall]
    patience: Mapping[str, EstimatedWaits]

    def drawn(self, chance: Chance) -> list[SimulatedCall]:
        """The calls for one run: what is known of each, and the rest by chance."""
        return [self._drawn(call, self.plan.queues[call.queue], chance) for call in self.calls]

    def _drawn(self, call: RecordedCall, queue: QueuePlan, chance: Chance) -> SimulatedCall:
        """Who hung up would do so again; who did not would have waited longer than they did."""
        leaves = chance()
        ms = call.waited_ms if call.hung_up else self.patience[call.queue].draw(leaves, call.waited_ms)
        return replace(drawn(queue, call.at_ms, chance, call.talk_ms), patience_ms=ms)

    def week(self) -> Week:
        """What really happened, as a simulation would tell it; people were there as the plan says."""
        talks: dict[str, list[int]] = defaultdict(list)
        for call in self.calls:
            talks[call.person].append(call.talk_ms or 0)
        people = {name: self._time(name, talks[name]) for queue in self.plan.queues.values() for name in queue.people}
        return Week([_outcome(call) for call in self.calls], people)

    def _time(self, name: str, talks_ms: Sequence[int]) -> PersonTime:
        there_ms = sum(end - start for start, end in self.plan.hours_of(name))
        return PersonTime(there_ms, sum(talks_ms), 0, len(talks_ms), 0)


def history(plan: Plan, calls: Iterable[RecordedCall]) -> History:
    """Learn from calls. Raises NoTalks."""
    ordered = sorted(calls, key=lambda call: call.at_ms)
    by_queue: dict[str, list[RecordedCall]] = {name: [] for name in plan.queues}
    for call in ordered:
        by_queue[call.queue].append(call)
    patience = {name: estimated((call.waited_ms, call.hung_up) for call in found) for name, found in by_queue.items()}
    queues = {
        name: replace(queue, talk=_talks(name, by_queue[name]), patience=patience[name])
        for name, queue in plan.queues.items()
    }
    return History(replace(plan, queues=queues), ordered, patience)


def _talks(name: str, calls: Sequence[RecordedCall]) -> Lengths:
    if not calls:
        return Same(0)
    found = sorted(call.talk_ms for call in calls if call.talk_ms is not None)
    if not found:
        raise NoTalks(f"nobody talked in any of the {len(calls)} calls of `{name}`")
    return Measured(tuple(found))


def _outcome(call: RecordedCall) -> CallOutcome:
    """A recorded call that nobody talked in and whose caller did not hang up went on to another step."""
    ending = Ending.TALKED if call.talk_ms is not None else Ending.ABANDONED if call.hung_up else Ending.TOO_LONG
    simulated = SimulatedCall(call.queue, call.at_ms, call.talk_ms or 0)
    return CallOutcome(simulated, ending, call.waited_ms, call.person)
