"""Calls that wait for a busy person: one worker of the engine tells them when to go on.

Such a call says every few seconds, by an event of FreeSWITCH, that it still waits (`routing.steps.orders`). Here the
turn is noted, or ended with a decision: at once when the person is free, whoever has waited longest first. A call that
hears nothing asks the engine by itself. Nobody who asks is sent past those who wait, whichever worker they ask.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from routing.engine.queues import SILENT_SECONDS, Queues, Waiter
from routing.engine.states import States
from routing.esl.client import EventSocketClient, SwitchFault, stay_connected
from routing.esl.facts import NotACall, call_of
from routing.esl.protocol import EventSocket, Message, assignments
from routing.model.decision import KEEPER, NOTED, QUESTION, WAITS, WAITS_EVENT, Call
from routing.model.memory import State
from routing.release.tables import ReleaseFault

#: So long after a call was sent to a person they count as busy, whether FreeSWITCH has rung them yet or not.
PROMISED_SECONDS = 2.0
#: What a call does on its way to sleep, and how often and how long it is waited for there.
_BEFORE_SLEEP = ("execute_extension", "displace_session", "transfer", "set", "event")
_TRIES, _TRY_SECONDS = 20, 0.01


@dataclass
class Waiting:
    """``decide``: the engine's; ``step_of`` raises ReleaseFault. ``keeper``: the engine's name, which is in what calls
    that wait here tell."""

    decide: Callable[[Call], Mapping[str, str]]
    step_of: Callable[[Call], Mapping[str, Any]]
    states: States
    keeper: str
    clock: Callable[[], float] = time.monotonic
    #: Whether this worker is the one that tells calls to go on; the others only know who waits.
    leads: bool = False
    _queues: Queues = field(default_factory=Queues)
    _changed: Event = field(default_factory=Event)
    _one_at_a_time: BoundedSemaphore = field(default_factory=BoundedSemaphore)

    def __len__(self) -> int:
        return len(self._queues)

    def somebody_changed(self) -> None:
        """A person may be free, or gone. Does not wait."""
        self._changed.set()

    def lead(self, until: Event) -> None:
        """This worker tells calls to go on, until it ends."""
        self.leads = True
        self.somebody_changed()
        until.wait()
        self.leads = False

    def takes(self, call: Call, person: str) -> bool:
        """Keep a free person for a call that is about to be sent to them, unless somebody has waited longer for them.

        Must not wait: the person is free in this moment.
        """
        self._drop_gone()
        if any(self._first_there(each)[0] == person for each in self._queues.before(call)):
            return False
        self.states.promise(person, call.uuid, PROMISED_SECONDS)
        gevent.spawn_later(PROMISED_SECONDS, self.somebody_changed)
        return True

    def _drop_gone(self) -> None:
        """Forget whoever says nothing more, or was sent on by another worker."""
        for waiter in list(self._queues):
            if self.clock() - waiter.heard_s > SILENT_SECONDS or self.states.rings(waiter.call.uuid):
                self._queues.drop(waiter)

    def listen(self, where: EventSocket) -> None:
        """Keep calls for ever; ends when its greenlet is killed."""
        stay_connected(where, self._serve)

    def _serve(self, client: EventSocketClient) -> None:
        client.ask(f"event plain CUSTOM {WAITS_EVENT}")
        looking = gevent.spawn(self._look_when_somebody_changed, client)
        try:
            while True:
                self._heard(client, client.event())
        finally:
            looking.kill()
            self._queues.clear()

    def _heard(self, client: EventSocketClient, event: Message) -> None:
        turn = event.get(f"variable_{WAITS}") or ""
        if event.get(f"variable_{KEEPER}") != self.keeper or not QUESTION.fullmatch(turn):
            return
        try:
            call = call_of(event)
            step = self.step_of(call)
        except (NotACall, ReleaseFault):
            return
        known = self._queues.heard(call, step, turn, self.clock())
        if self.leads:
            self._answer(client, known)

    def _answer(self, client: EventSocketClient, waiter: Waiter) -> None:
        """Note the turn of a call, unless it is sent on."""
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
        """Send on whoever can be, the first of each queue first."""
        self._drop_gone()
        looked_at: set[str] = set()
        while self.leads and (waiter := self._next(looked_at)):
            looked_at.add(waiter.call.uuid)
            with self._one_at_a_time:
                # who decides for another one may have to wait: this one may be sent on, the person taken by now
                if waiter in self._queues and self._is_worth_a_decision(waiter):
                    self._sent_on(client, waiter)

    def _next(self, looked_at: set[str]) -> Waiter | None:
        heads = (each for each in self._queues.heads() if each.call.uuid not in looked_at)
        return next((each for each in heads if self._is_worth_a_decision(each)), None)

    def _is_worth_a_decision(self, waiter: Waiter) -> bool:
        """Whether the first who is there is no longer busy, as far as FreeSWITCH tells."""
        return self._first_there(waiter)[1] != "busy"

    def _first_there(self, waiter: Waiter) -> tuple[str, State]:
        """The first person whose phone is registered; nobody, when there is none."""
        presence = self.states.presence_of(waiter.call.uuid)
        for each in waiter.step["people"]:
            state = presence.state(each["person"], each["sip"], each["outside"])
            if state != "absent":
                return each["person"], state
        return "", "absent"

    def _sent_on(self, client: EventSocketClient, waiter: Waiter) -> bool:
        """Decide anew; whether the call was told to go on, or is gone."""
        variables = self.decide(waiter.call)
        if not self._goes_on(waiter, variables["routing_decision"]):
            return False
        self._queues.drop(waiter)
        (reply,) = client.ask(f"api uuid_setvar_multi {waiter.call.uuid} {assignments(variables)}")
        if reply.startswith("+OK"):
            _wake(client, waiter.call.uuid)
        else:
            self.states.take_back(waiter.call.uuid)
            self.somebody_changed()
        return True

    def _goes_on(self, waiter: Waiter, decision: str) -> bool:
        """Whether a call waits no more. Where nothing could be decided, its step rings everybody in order."""
        if not decision.endswith(":continue"):
            return not decision.endswith(":wait")
        person, state = self._first_there(waiter)
        return state == "absent" or (state == "free" and self.takes(waiter.call, person))


def _wake(client: EventSocketClient, call: str) -> None:
    """End the turn of a call: a break that comes before it sleeps, as right after its event, would be forgotten."""
    for _ in range(_TRIES):
        (does,) = client.ask(f"api uuid_getvar {call} current_application")
        if does.strip() == "sleep":
            client.ask(f"api uuid_break {call}")
            return
        if does.strip() not in _BEFORE_SLEEP:
            return
        gevent.sleep(_TRY_SECONDS)
