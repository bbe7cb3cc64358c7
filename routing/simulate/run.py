"""A week of calls in virtual time: events by their moment, callers who wait, people who talk. Decides nothing."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.simulate.callers import SimulatedCaller
from routing.simulate.calls import CallOutcome, Ending, SimulatedCall, Week
from routing.simulate.discipline import Discipline, PhoneOf
from routing.simulate.people import SimulatedPerson, State
from routing.simulate.plan import Plan
from routing.simulate.week import DAY_MS

#: Who still waits so long after the last day, with phones that nobody ever picks up, waits for ever.
LONGEST_AFTER_MS = DAY_MS


@dataclass
class Simulation:
    """One week, run once. ``discipline_of``: the discipline that decides, asking for the states of phones."""

    plan: Plan
    discipline_of: Callable[[PhoneOf], Discipline]
    _events: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = field(default_factory=list)
    _order: int = 0
    _now: int = 0
    _wake_ms: int = -1
    _done: list[CallOutcome] = field(default_factory=list)
    _idle: set[str] = field(default_factory=set)
    _open: dict[int, SimulatedCaller] = field(default_factory=dict)

    def run(self, calls: Iterable[SimulatedCall]) -> Week:
        """Let the week pass; ``calls`` in the order of their arrival."""
        names = {name: None for queue in self.plan.queues.values() for name in queue.people}
        self._people = {name: SimulatedPerson(name) for name in names}
        self._discipline = self.discipline_of(lambda name: self._people[name].phone)
        self._staff = dict.fromkeys(self.plan.queues, 0)
        self._waiting: dict[str, dict[int, SimulatedCaller]] = {name: {} for name in self.plan.queues}
        self._queues_of = {
            name: [queue.name for queue in self.plan.queues.values() if name in queue.people] for name in names
        }
        horizon = self._shifts()
        for number, call in enumerate(calls):
            self._until(call.at_ms)
            self._now = call.at_ms
            self._arrives(number, call)
        self._until(max(horizon, self._now) + LONGEST_AFTER_MS)
        self._done += [self._outcome(caller, Ending.WAITING) for caller in self._open.values()]
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

    def _until(self, at_ms: int) -> None:
        """Every event up to a moment."""
        events = self._events
        while events and events[0][0] <= at_ms:
            self._now, _, what, facts = heapq.heappop(events)
            what(*facts)

    # callers

    def _arrives(self, number: int, call: SimulatedCall) -> None:
        queue = self.plan.queues[call.queue]
        caller = SimulatedCaller(number, call, queue)
        if not self._staff[queue.name]:
            self._done.append(CallOutcome(call, Ending.NOBODY, 0))
        elif self._discipline.refuses(queue.settings, self._now):
            self._done.append(CallOutcome(call, Ending.FULL, 0))
        else:
            self._joins(caller)
            if caller.waits or caller.rung:
                self._awaits(caller)

    def _joins(self, caller: SimulatedCaller) -> None:
        """A new caller; or a client who was not reached, in their old place."""
        self._open[caller.number] = caller
        self._waits(caller)
        self._discipline.joins(caller.number, caller.queue.settings, caller.call.at_ms, self._now)
        self._decide()

    def _waits(self, caller: SimulatedCaller) -> None:
        caller.waits, caller.rung = True, ()
        self._waiting[caller.queue.name][caller.number] = caller

    def _awaits(self, caller: SimulatedCaller) -> None:
        """What ends a wait, whatever happens in it."""
        call = caller.call
        if call.patience_ms is not None:
            self._at(call.at_ms + call.patience_ms, self._hangs_up, caller)
        if caller.queue.at_most_ms is not None:
            self._at(call.at_ms + caller.queue.at_most_ms, self._is_late, caller)
        if call.callback_ms is not None:
            self._at(call.at_ms + call.callback_ms, self._asks_for_callback, caller)

    def _hangs_up(self, caller: SimulatedCaller) -> None:
        if caller.is_callback or not (caller.waits or caller.rung):
            return
        rung = caller.rung
        self._ends(caller, Ending.ABANDONED)
        self._are_free(rung)

    def _is_late(self, caller: SimulatedCaller) -> None:
        caller.is_late = not caller.is_callback
        if caller.waits and caller.is_late:
            self._ends(caller, Ending.TOO_LONG)

    def _asks_for_callback(self, caller: SimulatedCaller) -> None:
        caller.is_callback = caller.is_callback or (caller.waits and not caller.is_late)

    def _ends(self, caller: SimulatedCaller, ending: Ending, person: str = "") -> None:
        self._waiting[caller.queue.name].pop(caller.number, None)
        del self._open[caller.number]
        if ending != Ending.TALKED:
            self._discipline.leaves(caller.number, self._now)
        self._done.append(self._outcome(caller, ending, person))
        caller.waits, caller.rung = False, ()

    def _outcome(self, caller: SimulatedCaller, ending: Ending, person: str = "") -> CallOutcome:
        return CallOutcome(caller.call, ending, self._now - caller.call.at_ms, person, caller.is_callback)

    # offers

    def _decide(self) -> None:
        """Ask the discipline, where somebody is free and somebody waits."""
        if not self._idle or not any(self._waiting.values()):
            return
        for number, people in self._discipline.offers(self._now):
            self._rings([self._people[name] for name in people], number)
        if self._idle and any(self._waiting.values()):
            self._wakes(self._discipline.wakes_ms(self._now))

    def _wakes(self, at_ms: int | None) -> None:
        if at_ms is not None and (self._wake_ms <= self._now or at_ms < self._wake_ms):
            self._wake_ms = at_ms
            self._at(at_ms, self._decide)

    def _rings(self, people: Sequence[SimulatedPerson], number: int) -> None:
        """Who picks up first talks; the phones of the others stop then."""
        caller = next(waiting.pop(number) for waiting in self._waiting.values() if number in waiting)
        caller.waits, caller.rung = False, people
        caller.offers += 1
        for person in people:
            self._becomes(person, State.RINGS)
        first_ms, first = min((caller.picks_up_ms(), place) for place in range(len(people)))
        if first_ms > caller.queue.ring_ms:
            self._at(self._now + caller.queue.ring_ms, self._rings_out, caller, caller.offers)
        elif first_ms:
            self._at(self._now + first_ms, self._picks_up, caller, caller.offers, people[first])
        else:
            self._picks_up(caller, caller.offers, people[first])

    def _rings_out(self, caller: SimulatedCaller, offer: int) -> None:
        if not caller.rung or caller.offers != offer:
            return
        people = caller.rung
        self._discipline.rang_out(caller.number, [person.name for person in people], self._now)
        for person in people:
            person.missed += 1
        self._waits(caller)
        if caller.is_late:
            self._ends(caller, Ending.TOO_LONG)
        elif not self._staff[caller.queue.name] and not caller.is_callback:
            self._ends(caller, Ending.NOBODY)
        self._are_free(people)

    def _picks_up(self, caller: SimulatedCaller, offer: int, person: SimulatedPerson) -> None:
        if person not in caller.rung or caller.offers != offer:
            return
        people, plan = caller.rung, caller.queue.callback
        if caller.is_callback and plan and caller.chance() >= plan.reached:
            self._is_not_reached(caller)
            self._are_free(people)
            return
        self._becomes(person, State.TALKS)
        person.talks += 1
        self._discipline.talks(caller.number, person.name, self._now)
        self._ends(caller, Ending.TALKED, person.name)
        self._at(self._now + caller.call.talk_ms, self._talked, person, caller)
        self._are_free([other for other in people if other is not person])

    def _is_not_reached(self, caller: SimulatedCaller) -> None:
        plan = caller.queue.callback
        caller.tries += 1
        if plan is None or caller.tries >= plan.tries:
            self._ends(caller, Ending.NOT_REACHED)
        else:
            caller.rung = ()
            self._discipline.leaves(caller.number, self._now)
            self._at(self._now + plan.again_ms, self._joins, caller)

    # people

    def _talked(self, person: SimulatedPerson, caller: SimulatedCaller) -> None:
        self._discipline.leaves(caller.number, self._now)
        if wrap_up_ms := caller.queue.settings.wrap_up_ms:
            self._becomes(person, State.WRAPS_UP)
            self._at(self._now + wrap_up_ms, self._are_free, [person])
        else:
            self._are_free([person])

    def _are_free(self, people: Sequence[SimulatedPerson]) -> None:
        for person in people:
            self._becomes(person, State.FREE if person.works else State.AWAY)
        if people:
            self._decide()

    def _becomes(self, person: SimulatedPerson, state: State) -> None:
        person.becomes(state, self._now)
        if state == State.FREE:
            self._idle.add(person.name)
        else:
            self._idle.discard(person.name)

    def _comes(self, person: SimulatedPerson) -> None:
        person.works = True
        for queue in self._queues_of[person.name]:
            self._staff[queue] += 1
        if person.state == State.AWAY:
            self._are_free([person])

    def _goes(self, person: SimulatedPerson) -> None:
        """A talk goes on to its end; whoever waits for nobody any more leaves, callbacks wait for tomorrow."""
        person.works = False
        if person.state == State.FREE:
            self._becomes(person, State.AWAY)
        for queue in self._queues_of[person.name]:
            self._staff[queue] -= 1
            if not self._staff[queue]:
                for caller in [each for each in self._waiting[queue].values() if not each.is_callback]:
                    self._ends(caller, Ending.NOBODY)
