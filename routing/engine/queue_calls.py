"""Calls that wait in queues: the worker that leads hears their turns and sends them the orders of `decide.queueing`.

Everything that happens is put in one line and handled by one greenlet, so that no two offers are decided at once. What
is known of callers and offers is in the calls themselves: a worker that takes over asks FreeSWITCH for all of it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.queue import Queue

from routing.decide.queue_turn import QueueOrder, offered_in, talk_of, turn_of
from routing.decide.queued_elsewhere import written
from routing.decide.queueing import Queueing
from routing.engine.metrics import QUEUE_CALLS, QUEUE_OFFERS, QUEUE_WAIT_SECONDS
from routing.engine.queue_recall import ask_all, queued_calls, talk_in
from routing.engine.states import PROMISED_SECONDS, States
from routing.engine.steady_clock import SteadyClock
from routing.esl.client import EventSocketClient
from routing.esl.facts import NotACall, call_of
from routing.esl.protocol import Message, assignments
from routing.model.call import Call
from routing.model.decision import WAITS, Wait
from routing.model.queue import ENGINE_PORT, KIND, TALKS
from routing.release.tables import ReleaseFault

#: So many orders are sent at once.
MOST_QUIET = 50


@dataclass
class QueueCalls:
    """``decided``: called with every offer and every caller who leaves: call, step, order. ``wake``: wakes a call.

    ``port``: the engine's, which its calls carry. ``step_of``: raises ReleaseFault. ``now``: seconds since the epoch.
    """

    queueing: Queueing
    states: States
    decided: Callable[[Call, Mapping[str, Any], QueueOrder], None]
    wake: Callable[[EventSocketClient, str], None]
    port: str
    step_of: Callable[[Call], Mapping[str, Any]]
    now: Callable[[], float] = field(default_factory=SteadyClock)
    #: Called with what went wrong for one call, such as a release of another version; the others are served.
    fault: Callable[[Exception], None] = lambda problem: None
    #: Called when something has happened in the queues; must not block.
    served: Callable[[], None] = lambda: None
    #: Whether this worker leads.
    leads: bool = False
    _steps: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _work: Queue[Callable[[EventSocketClient], None]] = field(default_factory=Queue)
    #: Orders that wake nobody and are not sent yet.
    _quiet: list[QueueOrder] = field(default_factory=list)
    _is_looking: bool = False
    _timer: gevent.Greenlet[..., Any] | None = None

    def __len__(self) -> int:
        return len(self.queueing)

    def is_ours(self, event: Message) -> bool:
        """Whether the event of a call in a queue is for this engine."""
        return event.get(f"variable_{ENGINE_PORT}") == self.port

    def facts(self) -> list[dict[str, Any]]:
        """The queues now, for operators; nothing where another worker leads."""
        return self.queueing.picture(self._now_ms()) if self.leads else []

    def waiting(self) -> str | None:
        """Who waits, for other nodes; None where another worker leads."""
        return written(self.queueing.distribution.callers.values()) if self.leads else None

    def offered(self) -> set[str]:
        """Who rings for a call, or is about to."""
        return self.queueing.distribution.offered()

    def elsewhere(self, texts: Iterable[str]) -> bool:
        """Other nodes say who waits there; whether that is news."""
        return self.queueing.distribution.hear_elsewhere(texts)

    def lead(self) -> None:
        """This worker leads from now on: it asks who waits before it offers anybody. Does not block."""
        self.leads, self._is_looking = True, False
        self._put(self._recall)

    # what happens; nothing here blocks

    def heard(self, call: Call, step: Mapping[str, Any], event: Message) -> None:
        """A call waits, begins a talk, or leaves its queue."""
        self._put(lambda client: self._hear(client, call, step, event))

    def changed(self) -> None:
        """Somebody's state may have changed. After what is heard already: timers of a stalled engine fire first."""
        if self.leads and not self._is_looking:
            self._is_looking = True
            self._put(lambda _: self._put(self._look))

    def leg_ended(self, uuid: str, person: str) -> None:
        """A leg hung up; ``person``: whose, if it was their last one."""
        if uuid in self._steps or person:
            self._put(lambda client: self._end(uuid, person))

    def alive(self, uuids: Collection[str]) -> None:
        """FreeSWITCH has these legs and no others: a call whose hangup was missed talks no more."""
        self._put(lambda client: self._bury(uuids))

    def _put(self, work: Callable[[EventSocketClient], None]) -> None:
        if self.leads:
            self._work.put(work)

    # one after another

    def serve(self, client: EventSocketClient) -> None:
        """Handle what happens, until the greenlet is killed. Raises SwitchFault."""
        earlier = [self._work.get() for _ in range(self._work.qsize())]
        for work in [self._recall, *(each for each in earlier if each != self._recall)]:  # who waits is known in part
            self._put(work)
        while True:
            work = self._work.get()
            try:
                work(client)
                self._set_timer()
                self.served()
            except (KeyError, TypeError, ValueError) as problem:
                self.fault(problem)
            if self._work.empty() or len(self._quiet) >= MOST_QUIET:
                self.acknowledge(client)

    def acknowledge(self, client: EventSocketClient) -> None:
        """Send the orders that wake nobody, all at once: a busy machine takes long for each. Raises SwitchFault."""
        orders, self._quiet = self._quiet, []
        for order, reply in zip(orders, ask_all(client, [_command(order) for order in orders]), strict=True):
            if not reply.startswith("+OK"):
                self.queueing.unsent(order)
                self._end(order.call.uuid, "")

    def _recall(self, client: EventSocketClient) -> None:
        """Learn from FreeSWITCH who waits: whoever reports a turn first would else be served first."""
        ended = set(self._steps)
        for event in filter(self.is_ours, queued_calls(client)):
            ended.discard(event.get("Unique-ID") or "")
            try:
                self._recall_one(client, event)
            except (KeyError, TypeError, ValueError) as problem:
                self.fault(problem)
        for uuid in ended:
            self._end(uuid, "")
        orders = self.queueing.recalled(self._now_ms())
        self._quiet += [order for order in orders if not order.wakes]
        self.acknowledge(client)  # before they go on without an engine
        self._send(client, [order for order in orders if order.wakes])

    def _recall_one(self, client: EventSocketClient, event: Message) -> None:
        def variable(name: str) -> str | None:
            return event.get(f"variable_{name}")

        with contextlib.suppress(NotACall, ReleaseFault):
            call = call_of(event)
            step = self.step_of(call)
            if step.get("kind") != KIND:
                return
            if turn := turn_of(call, step, variable):
                self.queueing.recall(turn, self._now_ms())
            elif talk := talk_in(client, event):
                self.queueing.recall_talk(talk_of(call, step, variable), *talk, self._now_ms())
            self._steps[call.uuid] = step

    def _hear(self, client: EventSocketClient, call: Call, step: Mapping[str, Any], event: Message) -> None:
        def variable(name: str) -> str | None:
            return event.get(f"variable_{name}")

        now_ms = self._now_ms()
        if turn := turn_of(call, step, variable):
            self._steps[call.uuid] = step
            self._send(client, self.queueing.heard(turn, now_ms))
        elif variable(WAITS) == TALKS and (person := self._talks_with(variable)):
            self._count(call.uuid, "talk")
            self.queueing.talk_began(call.uuid, person, now_ms)
        else:
            self._end(call.uuid, "", "left")

    def _talks_with(self, variable: Callable[[str], str | None]) -> str:
        """The person whose leg a call is bridged with; else the first whom it was told to ring; "" for nobody."""
        people = offered_in(variable("routing_decision") or "")
        answered = self.states.person_of(variable("bridge_uuid") or "")
        return answered if answered in people or not people else people[0]

    def _count(self, uuid: str, ended: str) -> None:
        """The wait of a call is over."""
        if waits := self.queueing.waits(uuid, self._now_ms()):
            queue, waited_ms = waits
            QUEUE_CALLS.labels(queue, ended).inc()
            if ended == "talk":
                QUEUE_WAIT_SECONDS.labels(queue).observe(waited_ms / 1000)

    def _end(self, uuid: str, person: str, ended: str = "hangup") -> None:
        self._steps.pop(uuid, None)
        self._count(uuid, ended)
        self.queueing.gone(uuid, self._now_ms())
        self.states.take_back(uuid)
        if person:
            self.queueing.talk_ended(person, self._now_ms())
        self.changed()

    def _bury(self, uuids: Collection[str]) -> None:
        for uuid in self.queueing.distribution.talking() - set(uuids):
            self._end(uuid, "")

    def _look(self, client: EventSocketClient) -> None:
        self._is_looking = False
        self._send(client, self.queueing.changed(self._now_ms()))

    def _send(self, client: EventSocketClient, orders: list[QueueOrder]) -> None:
        self._quiet += [order for order in orders if not order.wakes]
        for order in (order for order in orders if order.wakes):
            uuid = order.call.uuid
            self._quiet = [each for each in self._quiet if each.call.uuid != uuid]  # it holds no more
            people = offered_in(order.variables.get("routing_decision", ""))
            for person in people:
                self.states.promise(person, uuid, PROMISED_SECONDS)
            (reply,) = client.ask(_command(order))
            if not reply.startswith("+OK"):
                self.queueing.unsent(order)
                self._end(uuid, "")
                continue
            self.wake(client, uuid)
            if people and (waits := self.queueing.waits(uuid, self._now_ms())):
                QUEUE_OFFERS.labels(waits[0]).inc()
            if not isinstance(order.verdict.decision, Wait):
                self.decided(order.call, self._steps.get(uuid, {}), order)

    def _set_timer(self) -> None:
        """Look again when an offer may become possible by itself."""
        if self._timer:
            self._timer.kill(block=False)
        now_ms = self._now_ms()
        due_ms = self.queueing.next_ms(now_ms)
        self._timer = None if due_ms is None else gevent.spawn_later((due_ms - now_ms) / 1000, self.changed)

    def _now_ms(self) -> int:
        return round(self.now() * 1000)


def _command(order: QueueOrder) -> str:
    return f"api uuid_setvar_multi {order.call.uuid} {assignments(order.variables)}"
