"""Calls that wait for a busy person: one worker of the engine ends their waiting.

A waiting call reports a turn every few seconds by an event of FreeSWITCH (`routing.steps.orders`). The worker
acknowledges the turn, or ends it with a decision as soon as the person is free, the longest wait first. A call without
an acknowledgement requests a decision by itself. No worker sends a new call past those that wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from routing.engine.queue_calls import QueueCalls
from routing.engine.queues import SILENT_SECONDS, Queues, Waiter
from routing.engine.states import PROMISED_SECONDS, States
from routing.esl.client import EventSocketClient, SwitchFault, stay_connected
from routing.esl.facts import NotACall, call_of
from routing.esl.protocol import EventSocket, Message, assignments
from routing.model.call import Call
from routing.model.decision import KEEPER, NOTED, QUESTION, WAITS, WAITS_EVENT
from routing.model.memory import State
from routing.model.queue import KIND
from routing.release.tables import ReleaseFault

#: The applications that a call runs before it sleeps; how often, and at what interval, the worker checks for the sleep.
_BEFORE_SLEEP = (
    "execute_extension", "displace_session", "transfer", "set", "multiset", "event", "answer", "pre_answer",
    "bind_digit_action", "digit_action_set_realm",
)  # fmt: skip
_TRIES, _TRY_SECONDS = 20, 0.01


@dataclass
class Waiting:
    """``decide``: the engine's; ``step_of`` raises ReleaseFault. ``keeper``: the engine's name, which the events of its
    waiting calls carry."""

    decide: Callable[[Call], Mapping[str, str]]
    step_of: Callable[[Call], Mapping[str, Any]]
    states: States
    keeper: str
    #: Calls that wait in queues.
    queue_calls: QueueCalls
    clock: Callable[[], float] = time.monotonic
    #: Whether this worker ends the waiting of calls; the others only know who waits.
    leads: bool = False
    #: Whether events of waiting calls reach this worker.
    hears: bool = False
    _queues: Queues = field(default_factory=Queues)
    _changed: Event = field(default_factory=Event)
    _one_at_a_time: BoundedSemaphore = field(default_factory=BoundedSemaphore)

    def __len__(self) -> int:
        return len(self._queues)

    def somebody_changed(self) -> None:
        """A person's state may have changed. Does not block."""
        self._changed.set()
        self.queue_calls.changed()

    def lead(self, until: Event, also: Callable[[], None] = lambda: None) -> None:
        """Let this worker end the waiting of calls, until ``until`` is set; ``also``: what the worker does besides that
        knows of its queues who wraps up."""
        self.leads = True
        gevent.spawn(also)
        self.queue_calls.lead()
        self.somebody_changed()
        until.wait()
        self.leads = self.queue_calls.leads = False

    def reserve(self, call: Call, person: str) -> bool:
        """Reserve a free person for a call, unless another call has waited longer for them. Does not block.

        Only the worker that leads reserves: two workers would send two new calls to one person. A new call of another
        worker waits until its event reaches that one, some milliseconds. When it asks again, the one that leads hangs.
        """
        if self.hears and not self.leads and not self._queues.waits(call):
            return False
        self._drop_gone()
        if any(self._first_there(each)[0] == person for each in self._queues.before(call)):
            return False
        self.states.promise(person, call.uuid, PROMISED_SECONDS)
        gevent.spawn_later(PROMISED_SECONDS, self.somebody_changed)
        return True

    def _drop_gone(self) -> None:
        """Forget calls without events, and those that another worker has sent on."""
        for waiter in list(self._queues):
            if self.clock() - waiter.heard_s > SILENT_SECONDS or self.states.rings(waiter.call.uuid):
                self._queues.drop(waiter)

    def listen(self, where: EventSocket) -> None:
        """Serve waiting calls until the greenlet is killed."""
        stay_connected(where, self._serve)

    def _serve(self, client: EventSocketClient) -> None:
        client.ask(f"event plain CUSTOM {WAITS_EVENT}")
        looking = gevent.spawn(self._look_when_somebody_changed, client)
        queues = gevent.spawn(self._serve_queues, client)
        self.hears = True
        try:
            while True:
                self._heard(client, client.event())
        finally:
            self.hears = False
            looking.kill()
            queues.kill()
            self._queues.clear()

    def _serve_queues(self, client: EventSocketClient) -> None:
        try:
            self.queue_calls.serve(client)
        finally:
            client.close()  # whatever ended it, another connection serves them within a second

    def _heard(self, client: EventSocketClient, event: Message) -> None:
        turn = event.get(f"variable_{WAITS}") or ""
        is_kept = event.get(f"variable_{KEEPER}") == self.keeper and QUESTION.fullmatch(turn)
        is_queued = self.queue_calls.is_ours(event)
        if not (is_kept or is_queued):
            return
        try:
            call = call_of(event)
            step = self.step_of(call)
        except (NotACall, ReleaseFault):
            return
        if step.get("kind") == KIND:
            if is_queued:
                self.queue_calls.heard(call, step, event)
            return
        if not is_kept:  # it has waited in a queue before
            return
        known = self._queues.heard(call, step, turn, self.clock())
        if self.leads:
            self._answer(client, known)

    def _answer(self, client: EventSocketClient, waiter: Waiter) -> None:
        """Acknowledge the turn of a call, or send the call on."""
        if self._is_worth_a_decision(waiter):
            self._look(client)  # somebody may have waited longer
        self._drop_gone()
        with self._one_at_a_time:
            if waiter not in self._queues:
                return
            if waiter not in self._queues.heads() or not self._sent_on(client, waiter):
                client.ask(f"api uuid_setvar {waiter.call.uuid} {NOTED} {waiter.turn}")

    def _look_when_somebody_changed(self, client: EventSocketClient) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            try:
                self._look(client)
            except SwitchFault:
                client.close()  # it may only be late: then nobody else would connect anew
                return

    def _look(self, client: EventSocketClient) -> None:
        """Send on every call that can be, the first of each queue first."""
        self._drop_gone()
        looked_at: set[str] = set()
        while self.leads and (waiter := self._next(looked_at)):
            looked_at.add(waiter.call.uuid)
            with self._one_at_a_time:
                # deciding for another call may have blocked: this one may be sent on, or the person busy, by now
                if waiter in self._queues and self._is_worth_a_decision(waiter):
                    self._sent_on(client, waiter)

    def _next(self, looked_at: set[str]) -> Waiter | None:
        heads = (each for each in self._queues.heads() if each.call.uuid not in looked_at)
        return next((each for each in heads if self._is_worth_a_decision(each)), None)

    def _is_worth_a_decision(self, waiter: Waiter) -> bool:
        """Whether the first person with a registered phone is not busy, by FreeSWITCH's events."""
        return self._first_there(waiter)[1] != "busy"

    def _first_there(self, waiter: Waiter) -> tuple[str, State]:
        """The first person with a registered phone and their state; "" when there is none."""
        presence = self.states.presence_of(waiter.call.uuid)
        for each in waiter.step["people"]:
            state = presence.state(each["person"], each["sip"], each["outside"])
            if state != "absent":
                return each["person"], state
        return "", "absent"

    def _sent_on(self, client: EventSocketClient, waiter: Waiter) -> bool:
        """Decide again; whether the call was sent on, or has ended."""
        variables = self.decide(waiter.call)
        if not self._goes_on(waiter, variables["routing_decision"]):
            return False
        self._queues.drop(waiter)
        (reply,) = client.ask(f"api uuid_setvar_multi {waiter.call.uuid} {assignments(variables)}")
        if reply.startswith("+OK"):
            wake(client, waiter.call.uuid)
        else:
            self.states.take_back(waiter.call.uuid)
            self.somebody_changed()
        return True

    def _goes_on(self, waiter: Waiter, decision: str) -> bool:
        """Whether a decision ends the waiting. Without a decision the call's step rings everybody in order."""
        if not decision.endswith(":continue"):
            return not decision.endswith(":wait")
        person, state = self._first_there(waiter)
        return state == "absent" or (state == "free" and self.reserve(waiter.call, person))


def wake(client: EventSocketClient, call: str) -> None:
    """Wake a sleeping call. FreeSWITCH would ignore a break before the sleep, as right after the call's event."""
    for _ in range(_TRIES):
        (does,) = client.ask(f"api uuid_getvar {call} current_application")
        if does.strip() == "sleep":
            client.ask(f"api uuid_break {call}")
            return
        if does.strip() not in _BEFORE_SLEEP:
            return
        gevent.sleep(_TRY_SECONDS)
