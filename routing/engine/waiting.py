"""Calls that wait for a busy person: whoever told a call to wait tells it when to go on.

Such a call says every few seconds, by an event of FreeSWITCH, that it still waits (`routing.steps.orders`). Here the
turn is noted, or ended with a decision: at once when the person is free, whoever has waited longest first. A call that
hears nothing asks another engine by itself.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore

from routing.esl.client import Client, SwitchFault, stay_connected
from routing.esl.facts import NotACall, call_of
from routing.esl.protocol import EventSocket, Message, assignments
from routing.model.decision import ID, KEEPER, NOTED, QUESTION, WAITS, WAITS_EVENT, Call
from routing.model.memory import Presence
from routing.release.tables import ReleaseFault

#: A call that has not spoken for so long waits no more: a turn takes five seconds.
SILENT_SECONDS = 7.0
#: So long after a call was sent to a person they count as busy, whether FreeSWITCH has rung them yet or not.
PROMISED_SECONDS = 2.0
#: What a call does on its way to sleep, and how often and how long it is waited for there.
_BEFORE_SLEEP = ("execute_extension", "displace_session", "transfer", "set", "event")
_TRIES, _TRY_SECONDS = 20, 0.01
_FIRST = re.compile(rf":order:({ID.pattern})")


@dataclass
class Waiter:
    """A call that waits; ``turn`` is the last that it told of, ``step`` the compiled step that it waits in."""

    call: Call
    step: Mapping[str, Any]
    turn: str
    heard_s: float


@dataclass
class Waiting:
    """``decide``: the engine's; ``step_of`` raises ReleaseFault; ``beside``: people as one call sees them.

    ``promise``: keeps a person for a call that is sent to them, for seconds.
    """

    decide: Callable[[Call], Mapping[str, str]]
    step_of: Callable[[Call], Mapping[str, Any]]
    presence_of: Callable[[str], Presence]
    promise: Callable[[str, str, float], None]
    clock: Callable[[], float] = time.monotonic
    #: Who keeps the calls that are told to wait here.
    keeper: str = field(default_factory=lambda: uuid.uuid4().hex)
    #: By call, in the order in which they began to wait.
    _waiters: dict[str, Waiter] = field(default_factory=dict)
    _changed: Event = field(default_factory=Event)
    _one_at_a_time: BoundedSemaphore = field(default_factory=BoundedSemaphore)

    def __len__(self) -> int:
        return len(self._waiters)

    def somebody_changed(self) -> None:
        """A person may be free, or gone. Does not wait."""
        self._changed.set()

    def listen(self, where: EventSocket) -> None:
        """Keep calls for ever; ends when its greenlet is killed."""
        stay_connected(where, self._serve)

    def _serve(self, client: Client) -> None:
        client.ask(f"event plain CUSTOM {WAITS_EVENT}")
        looking = gevent.spawn(self._look_when_somebody_changed, client)
        try:
            while True:
                self._heard(client, client.event())
        finally:
            looking.kill()
            self._waiters.clear()

    def _heard(self, client: Client, event: Message) -> None:
        turn = event.get(f"variable_{WAITS}") or ""
        if event.get(f"variable_{KEEPER}") != self.keeper or not QUESTION.fullmatch(turn):
            return
        try:
            call = call_of(event)
            step = self.step_of(call)
        except (NotACall, ReleaseFault):
            return
        known = self._waiters.setdefault(call.uuid, Waiter(call, step, turn, 0))
        known.call, known.turn, known.heard_s = call, turn, self.clock()
        if self._is_worth_a_decision(known):
            self._look(client)  # somebody may have waited longer
        with self._one_at_a_time:
            if self._waits(known) and not self._sent_on(client, known):
                client.ask(f"api uuid_setvar {call.uuid} {NOTED} {turn}")

    def _look_when_somebody_changed(self, client: Client) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            try:
                self._look(client)
            except SwitchFault:
                client.close()  # it may only be late: then nobody else would connect anew
                return

    def _look(self, client: Client) -> None:
        for waiter in list(self._waiters.values()):
            with self._one_at_a_time:
                if self.clock() - waiter.heard_s > SILENT_SECONDS:
                    self._waiters.pop(waiter.call.uuid, None)
                elif self._waits(waiter) and self._is_worth_a_decision(waiter):
                    self._sent_on(client, waiter)

    def _waits(self, waiter: Waiter) -> bool:
        """Whether a call was not sent on meanwhile: who decides for another one may have to wait."""
        return self._waiters.get(waiter.call.uuid) is waiter

    def _is_worth_a_decision(self, waiter: Waiter) -> bool:
        """Whether the first who is there is no longer busy, as far as FreeSWITCH tells."""
        presence = self.presence_of(waiter.call.uuid)
        for each in waiter.step["people"]:
            state = presence.state(each["person"], each["sip"], each["outside"])
            if state != "absent":
                return state == "free"
        return True

    def _sent_on(self, client: Client, waiter: Waiter) -> bool:
        """Decide anew; whether the call was told to go on, or is gone."""
        variables = self.decide(waiter.call)
        decision = variables["routing_decision"]
        if decision.endswith(":wait"):
            return False
        del self._waiters[waiter.call.uuid]
        if first := _FIRST.search(decision):
            self._keep(first[1], waiter.call)
        (reply,) = client.ask(f"api uuid_setvar_multi {waiter.call.uuid} {assignments(variables)}")
        if reply.startswith("+OK"):
            _wake(client, waiter.call.uuid)
        elif first:
            self.promise(first[1], waiter.call.uuid, 0)
        return True

    def _keep(self, person: str, call: Call) -> None:
        self.promise(person, call.uuid, PROMISED_SECONDS)
        gevent.spawn_later(PROMISED_SECONDS, self.somebody_changed)


def _wake(client: Client, call: str) -> None:
    """End the turn of a call: a break that comes before it sleeps, as right after its event, would be forgotten."""
    for _ in range(_TRIES):
        (does,) = client.ask(f"api uuid_getvar {call} current_application")
        if does.strip() == "sleep":
            client.ask(f"api uuid_break {call}")
            return
        if does.strip() not in _BEFORE_SLEEP:
            return
        gevent.sleep(_TRY_SECONDS)
