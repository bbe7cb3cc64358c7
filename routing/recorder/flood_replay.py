"""Replays the journal's calls, and calls of an attack among them, through the judge of floods: what it would refuse.

The judge sees each call as it would have on the day: with the callers known by then and the weeks before it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from routing.decide.flood import FloodJudge
from routing.journal.flood_history import DAY_SECONDS, USUAL_SECONDS, NumberHistory, PastCall
from routing.model.flood import FloodRefusal


@dataclass
class Replayed:
    """What a replay has shown. ``refused``: calls that would be refused, with the reason; ``spent_s``: answered seconds
    of the attack's calls that would not; ``attacks``: how many calls the attack had."""

    refusals: list[tuple[float, FloodRefusal]] = field(default_factory=list)
    refused: list[tuple[PastCall, str]] = field(default_factory=list)
    calls: int = 0
    attacks: int = 0
    attacks_refused: int = 0
    spent_s: float = 0.0

    @property
    def saved_s(self) -> float:
        """Answered seconds of refused calls."""
        return sum(max(0.0, call.ended - call.answered) for call, _ in self.refused if call.answered)


def replay(
    past: Sequence[PastCall],
    attack: Sequence[PastCall],
    history: NumberHistory,
    minutes_a_day: int,
    since_s: float,
) -> Replayed:
    """Replay the calls from a moment on; those before it are what is usual. All are sorted by their beginning."""
    found, judge = Replayed(), FloodJudge(history, history.zone, minutes_a_day, {call.number for call in past})
    attacks = frozenset(map(id, attack))
    learnt_s = 0.0
    for at_s, is_end, call in _moments([call for call in past if call.started >= since_s], attack):
        if at_s - learnt_s >= DAY_SECONDS:
            history.learn((each for each in past if at_s - USUAL_SECONDS <= each.started < at_s), at_s)
            learnt_s = at_s
        is_attack = id(call) in attacks
        if is_end:
            _note(found, judge.ended(call.number, call.caller, at_s, _answered_s(call)), at_s)
            continue
        found.calls += not is_attack
        found.attacks += is_attack
        before = judge.refusal_of(call.number, at_s)
        _note(found, judge.came(call.number, call.caller, at_s), at_s)
        if before and before.concerns(call.caller) and not history.is_known(call.caller, at_s):
            found.refused.append((call, before.why))
            found.attacks_refused += is_attack
        elif is_attack:
            found.spent_s += _answered_s(call)
    return found


def _note(found: Replayed, refusals: Iterable[FloodRefusal], at_s: float) -> None:
    found.refusals += [(at_s, refusal) for refusal in refusals]


def _answered_s(call: PastCall) -> float:
    return call.ended - call.answered if call.answered else 0.0


def _moments(past: Sequence[PastCall], attack: Sequence[PastCall]) -> Iterator[tuple[float, bool, PastCall]]:
    """Beginnings and ends of calls in their order."""
    ends: list[tuple[float, int, PastCall]] = []
    for count, call in enumerate(heapq.merge(past, attack, key=lambda each: each.started)):
        while ends and ends[0][0] <= call.started:
            at_s, _, ended = heapq.heappop(ends)
            yield at_s, True, ended
        yield call.started, False, call
        heapq.heappush(ends, (call.ended, count, call))
    while ends:
        at_s, _, ended = heapq.heappop(ends)
        yield at_s, True, ended
