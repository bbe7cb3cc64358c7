"""What a queue tells its waiting calls: wait, who rings, what to announce, or to leave. Pure.

A waiting call reports turns (`routing.steps.queue_dialplan`); the answers are orders to set channel variables and to
wake the call. The engine sends them to FreeSWITCH, the offline switch obeys them itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.decide.announcing import Announced
from routing.decide.distribution import Distribution, MissedOutCall
from routing.decide.expected_wait import TalkTimes, expected_wait_ms, minutes
from routing.decide.lost_calls import LostCalls
from routing.decide.queue_admission import DESERTED, Admission
from routing.decide.queue_newcomer import newcomer
from routing.decide.queue_picture import picture
from routing.decide.queue_ranking import QueueRanking
from routing.decide.queue_rest import rest_ms
from routing.decide.queue_turn import QueueOrder, QueuePorts, QueueTurn
from routing.decide.queue_work import QueueWork
from routing.decide.queued import Offer, QueuedCaller
from routing.decide.verdict import Verdict, verdict_text
from routing.model.decision import NOTED, TURN_SECONDS, Decision, Nobody, RingOrder, RingTogether, Wait, answer
from routing.model.queue import ARRIVED, HEARD, REST, SAY, TRIED, QueueSettings

#: A call without a report for three of the longest turns waits no more, if it rings nobody.
SILENT_MS = 92_000


@dataclass
class _Waiter:
    """What is known of a waiting call besides its place."""

    turn: QueueTurn
    caller: QueuedCaller
    heard: Announced = field(default_factory=Announced)
    is_leaving: bool = False


@dataclass
class Queueing:
    """All queues of a node. Times are ms since the epoch. ``missed_out``: see Distribution."""

    ports: QueuePorts
    missed_out: MissedOutCall = lambda queue, person, until_ms: None
    distribution: Distribution = field(init=False)
    talks: TalkTimes = field(default_factory=TalkTimes)
    _waiters: dict[str, _Waiter] = field(default_factory=dict)
    _admission: Admission = field(init=False)
    _lost: LostCalls = field(init=False)
    _work: QueueWork = field(init=False)
    _unanswered: list[_Waiter] = field(default_factory=list)

    def __post_init__(self) -> None:
        rank = QueueRanking(self.ports.memory, self.ports.chance, self.ports.day)
        self.distribution = Distribution(rank, self.missed_out)
        self._work = QueueWork(self.ports, self.distribution, self.talks)
        self.distribution.talked, self.distribution.worked = self._work.talked, self._work.worked
        self._lost = LostCalls(self.ports.facts)
        self._admission = Admission(self.distribution, self.ports.state, self._expected_ms)

    def __len__(self) -> int:
        return len(self._waiters)

    # what happens

    def heard(self, turn: QueueTurn, now_ms: int) -> list[QueueOrder]:
        """A call waits. Raises KeyError, TypeError or ValueError for a step of another shape."""
        self._heard(turn, now_ms)
        orders = self.changed(now_ms)
        if any(each.call.uuid == turn.call.uuid for each in orders):
            return orders
        return [*orders, self._answer(self._waiters[turn.call.uuid], now_ms)]

    def recall(self, turn: QueueTurn, now_ms: int) -> None:
        """A call waits that nobody has served for a while. Raises as `heard`."""
        waiter = self._heard(turn, now_ms)
        if turn.rings:
            self.distribution.rings(waiter.caller, turn.rings, now_ms)
        if turn.rings or not turn.is_noted:
            self._unanswered.append(waiter)

    def recall_talk(self, turn: QueueTurn, person: str, began_ms: int, now_ms: int) -> None:
        """A call and a person talk since then. Raises as `heard`."""
        known = self._waiters.get(turn.call.uuid)
        if not (known and known.caller.talks_with):
            self._waiter(turn, now_ms)
            self.talk_began(turn.call.uuid, person, began_ms)

    def recalled(self, now_ms: int) -> list[QueueOrder]:
        """All that wait have their places: now people are offered, and each call is acknowledged before it goes on
        without an engine."""
        orders = self.changed(now_ms)
        offered = {each.call.uuid for each in orders}
        unanswered, self._unanswered = self._unanswered, []
        return [*orders, *(self._answer(each, now_ms) for each in unanswered if each.turn.call.uuid not in offered)]

    def _heard(self, turn: QueueTurn, now_ms: int) -> _Waiter:
        waiter = self._waiter(turn, now_ms)
        self.distribution.heard(waiter.caller, turn.offers, turn.tried, now_ms)
        return waiter

    def _answer(self, waiter: _Waiter, now_ms: int) -> QueueOrder:
        if waiter.caller.offered:  # the call has not obeyed yet
            return self._offer(Offer(waiter.caller, waiter.caller.offered), now_ms)
        return self._keep_waiting(waiter, now_ms)

    def changed(self, now_ms: int) -> list[QueueOrder]:
        """Somebody's state may have changed, or time has passed."""
        self._drop_silent(now_ms)
        for project in {waiter.caller.queue.project for waiter in self._waiters.values()}:
            self._work.read(project, now_ms)
        offers = self.distribution.offers(now_ms, self.ports.state)
        return [*(self._offer(offer, now_ms) for offer in offers), *self._leavers(now_ms)]

    def gone(self, uuid: str, now_ms: int) -> None:
        """A call hung up."""
        waiter = self._waiters.pop(uuid, None)
        if waiter and not waiter.caller.talks_with and waiter.turn.call.caller.startswith("+"):
            self._lost.add(waiter.caller.queue, waiter.turn.call.caller, waiter.caller.arrived_ms, now_ms)
        self.distribution.gone(uuid, now_ms)

    def talk_began(self, uuid: str, person: str, now_ms: int) -> None:
        """A call and a person talk."""
        self.distribution.talk_began(uuid, person, now_ms)

    def talk_ended(self, person: str, now_ms: int) -> None:
        """A person's last leg ended: the caller of their talk waits no more."""
        for uuid, waiter in list(self._waiters.items()):
            if waiter.caller.talks_with == person:
                self.gone(uuid, now_ms)

    def unsent(self, order: QueueOrder) -> None:
        """The call of an order is not there any more."""
        if waiter := self._waiters.get(order.call.uuid):
            self.distribution.withdraw(waiter.caller)

    def next_ms(self, now_ms: int) -> int | None:
        """When something may become possible by itself."""
        found = self.distribution.next_ms(now_ms), self._admission.next_ms(now_ms)
        return min((moment for moment in found if moment is not None), default=None)

    def waits(self, uuid: str, now_ms: int) -> tuple[str, int] | None:
        """The queue of a call that waits, or rings somebody, and since how many ms; None when it does not."""
        waiter = self._waiters.get(uuid)
        if waiter is None or waiter.caller.talks_with:
            return None
        return waiter.caller.queue.name, now_ms - waiter.caller.arrived_ms

    def picture(self, now_ms: int) -> list[dict[str, Any]]:
        """The queues now, for operators."""
        return picture(self.distribution, now_ms, self.ports.state)

    def _waiter(self, turn: QueueTurn, now_ms: int) -> _Waiter:
        known = self._waiters.get(turn.call.uuid)
        is_same = known is not None and known.turn.step is turn.step  # as in nearly every turn
        settings = known.caller.queue if known and is_same else QueueSettings.of(turn.step, turn.call.scheme)
        if known and known.caller.talks_with:  # transferred back, before the person's leg was heard to end
            self.gone(turn.call.uuid, now_ms)
            known = None
        if known is None:
            arrived_ms = turn.came_ms(now_ms)
            if not turn.is_served:
                arrived_ms = self._lost.arrived_ms(settings, turn.call.caller, arrived_ms)
            caller = newcomer(turn, settings, arrived_ms, self.ports.memory)
            known = self._waiters[turn.call.uuid] = _Waiter(turn, caller, Announced.of(turn.heard))
            self._work.meet(settings)
        elif turn.arrived_ms != known.turn.arrived_ms:  # an operator has moved it, or it was told its place
            known.caller.arrived_ms = turn.arrived_ms or known.caller.arrived_ms
        known.turn, known.caller.queue, known.is_leaving = turn, settings, False
        self.distribution.joined(known.caller, now_ms)
        return known

    def _drop_silent(self, now_ms: int) -> None:
        for uuid, waiter in list(self._waiters.items()):
            caller = waiter.caller
            if not (caller.offered or caller.talks_with) and now_ms - caller.heard_ms > SILENT_MS:
                self._waiters.pop(uuid)
                self.distribution.gone(uuid, now_ms)

    # what it is told

    def _offer(self, offer: Offer, now_ms: int) -> QueueOrder:
        names = tuple(member.name for member in offer.members)
        is_alone = len(names) == 1 and offer.caller.queue.order != "together"
        chosen: Decision = RingOrder(names, offer.seconds) if is_alone else RingTogether(names)
        waiter = self._waiters[offer.caller.uuid]
        return self._order(waiter, chosen, self._reason(waiter, now_ms), wakes=True)

    def _keep_waiting(self, waiter: _Waiter, now_ms: int) -> QueueOrder:
        """Let a call wait on, or leave."""
        turn = waiter.turn
        if why := self._admission.refusal(waiter.caller, turn.is_new, turn.has_entered, now_ms):
            return self._order(waiter, Nobody(), why, wakes=True)
        names = self._announcements(waiter, now_ms) if waiter.turn.has_entered else ()
        reason = self._reason(waiter, now_ms) + (f" (hears {', '.join(names)})" if names else "")
        verdict = Verdict(Wait(), "decided", reason)
        sounds = {SAY: ",".join(names), HEARD: waiter.heard.text}
        following = sounds if names else {REST: str(self._rest_ms(waiter, now_ms))}
        return QueueOrder(turn.call, verdict, _noted(waiter, verdict) | following, wakes=not turn.has_entered)

    def _leavers(self, now_ms: int) -> list[QueueOrder]:
        """Those who have waited in a queue until nobody works there."""
        queues = {waiter.caller.queue.key: waiter.caller.queue for waiter in self._waiters.values()}
        deserted = {key for key, queue in queues.items() if self._admission.is_deserted(queue, now_ms)}
        found = [each for each in self._waiters.values() if each.caller.queue.key in deserted and _idles(each)]
        for waiter in found:
            waiter.is_leaving = True
        return [self._order(waiter, Nobody(), DESERTED, wakes=True) for waiter in found]

    def _rest_ms(self, waiter: _Waiter, now_ms: int) -> int:
        return rest_ms(waiter.heard, waiter.caller.queue.announce, waiter.caller.arrived_ms, now_ms)

    def _order(self, waiter: _Waiter, chosen: Decision, reason: str, wakes: bool) -> QueueOrder:
        verdict = Verdict(chosen, "decided", reason)
        variables = answer(waiter.turn.call, chosen) | _noted(waiter, verdict) | {REST: "0"}
        return QueueOrder(waiter.turn.call, verdict, variables, wakes)

    def _reason(self, waiter: _Waiter, now_ms: int) -> str:
        """The caller's place, and why others are not offered."""
        reasons = self.distribution.why_not(waiter.caller, now_ms, self.ports.state)
        others = ", ".join(f"{name} {why}" for name, why in reasons.items())
        return f"place {self.distribution.place(waiter.caller)}" + (f": {others}" if others else "")

    def _announcements(self, waiter: _Waiter, now_ms: int) -> Sequence[str]:
        caller = waiter.caller
        wait_ms = self._expected_ms(caller, now_ms) if caller.queue.announce.waits else None
        place, wait = self.distribution.place(caller), None if wait_ms is None else minutes(wait_ms)
        played_ms = now_ms + TURN_SECONDS * 1000  # the call plays it as its next turn begins
        return waiter.heard.following(caller.queue.announce, caller.arrived_ms, place, wait, played_ms)

    def _expected_ms(self, caller: QueuedCaller, now_ms: int) -> float | None:
        return expected_wait_ms(caller, self.distribution, self.talks, now_ms, self.ports.state)


def _idles(waiter: _Waiter) -> bool:
    """Whether a call hears the music and has been told nothing else."""
    return waiter.turn.has_entered and not (waiter.is_leaving or waiter.caller.offered or waiter.caller.talks_with)


def _noted(waiter: _Waiter, verdict: Verdict) -> dict[str, str]:
    """The variables with which every turn is acknowledged. What the call tried is told once."""
    arrived_ms = waiter.caller.arrived_ms
    arrived = {ARRIVED: str(arrived_ms)} if arrived_ms != waiter.turn.arrived_ms else {}
    return {NOTED: waiter.turn.turn, "routing_verdict": verdict_text(verdict), TRIED: ""} | arrived
