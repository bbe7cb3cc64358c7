"""A week of calls in virtual time: events by their moment, callers who wait, people who talk. Decides nothing."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.simulate.callers import SimulatedCaller
from routing.simulate.calls import CallOutcome, Ending, SimulatedCall
from routing.simulate.discipline import Discipline
from routing.simulate.people import PersonTime, SimulatedPerson, State
from routing.simulate.plan import Plan


@dataclass(frozen=True)
class Week:
    """What came of a week: every call in the order of its ending, and the time of each person."""

    calls: Sequence[CallOutcome]
    people: dict[str, PersonTime]


@dataclass
class Simulation:
    """One week, run once."""

    plan: Plan
    discipline: Discipline
    _events: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = field(default_factory=list)
    _order: int = 0
    _now: int = 0
    _done: list[CallOutcome] = field(default_factory=list)

    def run(self, calls: Iterable[SimulatedCall]) -> Week:
        """Let the week pass; ``calls`` in the order of their arrival."""
        names = {name: None for queue in self.plan.queues.values() for name in queue.people}
        self._people = {name: SimulatedPerson(name) for name in names}
        self._staff = dict.fromkeys(self.plan.queues, 0)
        self._waiting: dict[str, dict[int, SimulatedCaller]] = {name: {} for name in self.plan.queues}
        self._queues_of = {
            name: [queue.name for queue in self.plan.queues.values() if name in queue.people] for name in names
        }
        horizon = self._shifts()
        for number, call in enumerate(calls):
            self._until(call.at_ms)
            self._arrives(number, call)
        self._until(None)
        for waiting in self._waiting.values():
            for caller in waiting.values():
                self._done.append(self._outcome(caller, Ending.WAITING))
        return Week(self._done, {name: person.time(max(horizon, self._now)) for name, person in self._people.items()})

    def _shifts(self) -> int:
        """Everybody comes and goes; who works to the very end stays until nobody waits. Returns the end."""
        horizon = max((end for _, end in self.plan.spans), default=0)
        for name, person in self._people.items():
            for start, end in self.plan.hours_of(name):
                self._at(start, self._comes, person)
                if end < horizon:
                    self._at(end, self._goes, person)
        return horizon

    def _at(self, at_ms: int, what: Callable[..., None], *facts: Any) -> None:
        self._order += 1
        heapq.heappush(self._events, (at_ms, self._order, what, facts))

    def _until(self, at_ms: int | None) -> None:
        """Every event up to a moment, or all of them."""
        events = self._events
        while events and (at_ms is None or events[0][0] <= at_ms):
            self._now, _, what, facts = heapq.heappop(events)
            what(*facts)
        self._now = self._now if at_ms is None else at_ms

    # callers

    def _arrives(self, number: int, call: SimulatedCall) -> None:
        queue = self.plan.queues[call.queue]
        caller = SimulatedCaller(number, call, queue)
        if not self._staff[queue.name]:
            self._done.append(CallOutcome(call, Ending.NOBODY, 0))
            return
        if queue.size is not None and len(self._waiting[queue.name]) >= queue.size:
            self._done.append(CallOutcome(call, Ending.FULL, 0))
            return
        self._waits(caller)
        self._decide()
        if caller.waits or caller.person:
            self._awaits(caller)

    def _awaits(self, caller: SimulatedCaller) -> None:
        """What ends a wait, whatever happens in it."""
        call = caller.call
        if call.patience_ms is not None:
            self._at(call.at_ms + call.patience_ms, self._hangs_up, caller)
        if caller.queue.at_most_ms is not None:
            self._at(call.at_ms + caller.queue.at_most_ms, self._is_late, caller)
        if call.callback_ms is not None:
            self._at(call.at_ms + call.callback_ms, self._asks_for_callback, caller)

    def _waits(self, caller: SimulatedCaller) -> None:
        caller.waits, caller.person = True, None
        self._waiting[caller.queue.name][caller.number] = caller
        self.discipline.waits(caller.number, caller.queue.name, caller.call.at_ms)

    def _hangs_up(self, caller: SimulatedCaller) -> None:
        person = caller.person
        if caller.is_callback or not (caller.waits or person):
            return
        self._ends(caller, Ending.ABANDONED)
        if person is not None:
            self._is_free(person)

    def _is_late(self, caller: SimulatedCaller) -> None:
        caller.is_late = not caller.is_callback
        if caller.waits and caller.is_late:
            self._ends(caller, Ending.TOO_LONG)

    def _asks_for_callback(self, caller: SimulatedCaller) -> None:
        caller.is_callback = caller.is_callback or (caller.waits and not caller.is_late)

    def _ends(self, caller: SimulatedCaller, ending: Ending) -> None:
        if caller.waits:
            del self._waiting[caller.queue.name][caller.number]
            self.discipline.gone(caller.number, caller.queue.name)
        self._done.append(self._outcome(caller, ending))
        caller.waits, caller.person = False, None

    def _outcome(self, caller: SimulatedCaller, ending: Ending) -> CallOutcome:
        name = caller.person.name if caller.person else ""
        return CallOutcome(caller.call, ending, self._now - caller.call.at_ms, name, caller.is_callback)

    # people

    def _decide(self) -> None:
        for name, number in self.discipline.offers(self._now):
            self._rings(self._people[name], number)

    def _rings(self, person: SimulatedPerson, number: int) -> None:
        queue = next(queue for queue in self._queues_of[person.name] if number in self._waiting[queue])
        caller = self._waiting[queue].pop(number)
        caller.waits, caller.person = False, person
        caller.offers += 1
        person.becomes(State.RINGS, self._now)
        picks_up_ms = caller.picks_up_ms()
        if picks_up_ms is None or picks_up_ms > caller.queue.ring_ms:
            self._at(self._now + caller.queue.ring_ms, self._misses, person, caller, caller.offers)
        elif picks_up_ms:
            self._at(self._now + picks_up_ms, self._picks_up, person, caller, caller.offers)
        else:
            self._picks_up(person, caller, caller.offers)

    def _misses(self, person: SimulatedPerson, caller: SimulatedCaller, offer: int) -> None:
        if caller.person is not person or caller.offers != offer:
            return
        person.missed += 1
        person.becomes(State.RESTS, self._now)
        self._at(self.discipline.missed(person.name, self._now), self._is_free, person)
        if caller.is_late:
            self._ends(caller, Ending.TOO_LONG)
        elif not self._staff[caller.queue.name] and not caller.is_callback:
            self._ends(caller, Ending.NOBODY)
        else:
            self._waits(caller)
            self._decide()

    def _picks_up(self, person: SimulatedPerson, caller: SimulatedCaller, offer: int) -> None:
        if caller.person is not person or caller.offers != offer:
            return
        plan = caller.queue.callback
        if caller.is_callback and plan and caller.chance() >= plan.reached:
            self._is_not_reached(caller, person)
            return
        person.becomes(State.TALKS, self._now)
        person.talks += 1
        self._ends(caller, Ending.TALKED)
        self._at(self._now + caller.call.talk_ms, self._talked, person, caller.queue.wrap_up_ms)

    def _is_not_reached(self, caller: SimulatedCaller, person: SimulatedPerson) -> None:
        plan = caller.queue.callback
        caller.tries += 1
        if plan is None or caller.tries >= plan.tries:
            self._ends(caller, Ending.NOT_REACHED)
        else:
            caller.person = None
            self._at(self._now + plan.again_ms, self._is_tried_again, caller)
        self._at(self._now, self._is_free, person)

    def _is_tried_again(self, caller: SimulatedCaller) -> None:
        self._waits(caller)
        self._decide()

    def _talked(self, person: SimulatedPerson, wrap_up_ms: int) -> None:
        if wrap_up_ms:
            person.becomes(State.WRAPS_UP, self._now)
            self._at(self._now + wrap_up_ms, self._is_free, person)
        else:
            self._is_free(person)

    def _is_free(self, person: SimulatedPerson) -> None:
        if person.works:
            person.becomes(State.FREE, self._now)
            self.discipline.free(person.name, self._now)
            self._decide()
        else:
            person.becomes(State.AWAY, self._now)

    def _comes(self, person: SimulatedPerson) -> None:
        person.works = True
        for queue in self._queues_of[person.name]:
            self._staff[queue] += 1
        if person.state == State.AWAY:
            self._is_free(person)

    def _goes(self, person: SimulatedPerson) -> None:
        """A talk goes on to its end; whoever waits for nobody any more leaves, callbacks wait for tomorrow."""
        person.works = False
        if person.state == State.FREE:
            self.discipline.busy(person.name)
            person.becomes(State.AWAY, self._now)
        for queue in self._queues_of[person.name]:
            self._staff[queue] -= 1
            if not self._staff[queue]:
                for caller in [each for each in self._waiting[queue].values() if not each.is_callback]:
                    self._ends(caller, Ending.NOBODY)
