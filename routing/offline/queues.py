"""Queues on the offline switch: waiting calls report to the engine's own code, whose orders are obeyed at once.

One object serves all calls of a test. Each order goes to the call that it names, which may be another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from routing.decide.queue_turn import QueueOrder, QueuePorts, offered_in, turn_of
from routing.decide.queueing import Queueing
from routing.model.call import Call
from routing.model.decision import WAITS
from routing.model.memory import Memory, Presence, State
from routing.model.queue import TALKS, QueueMember
from routing.offline.duties import OfflineDuties
from routing.offline.events import Event
from routing.offline.line import Interrupted
from routing.offline.running import RunningCall


class Break(Interrupted):
    """``uuid_break``: the leg stops waiting and goes on with the next action."""


@dataclass
class OfflineQueues:
    """``duties``: what people have set, also during the calls."""

    memory: Memory
    presence: Presence
    chance: Callable[[], float]
    duties: OfflineDuties = field(default_factory=OfflineDuties)
    queueing: Queueing = field(init=False)
    _calls: dict[str, RunningCall] = field(default_factory=dict)
    _now_ms: int = 0

    def __post_init__(self) -> None:
        self.queueing = Queueing(
            QueuePorts(self._state, self.memory, lambda _: self.duties.records, self.chance, self._day)
        )

    def _state(self, member: QueueMember) -> State:
        return self.presence.state(member.person, member.sip, member.outside)

    def _day(self, zone: str) -> str:
        return datetime.fromtimestamp(self._now_ms / 1000, ZoneInfo(zone)).strftime("%Y%m%d")

    def heard(self, running: RunningCall, call: Call, step: Mapping[str, Any]) -> None:
        """A call reports a turn, the beginning of a talk, or that it has left."""
        now_ms = self._time(running)
        if running.line.get(WAITS) == TALKS:
            for person in offered_in(running.line.get("routing_decision") or "")[:1]:
                self.queueing.talk_began(call.uuid, person, now_ms)
        elif turn := turn_of(call, step, running.line.get):
            self._calls[call.uuid] = running
            running.line.listener = lambda event: self._noticed(running, call.uuid, event)
            self._obey(self.queueing.heard(turn, now_ms), running)
        else:
            self.queueing.gone(call.uuid, now_ms)

    def look(self, running: RunningCall) -> None:
        """Time has passed, or a phone is free."""
        self._obey(self.queueing.changed(self._time(running)), running)

    def due_ms(self, running: RunningCall) -> int | None:
        """When a sleeping call should look, in its own time."""
        found = self.queueing.next_ms(self._time(running))
        return None if found is None else found - round(running.line.start.timestamp() * 1000)

    def _time(self, running: RunningCall) -> int:
        self._now_ms = round(running.line.moment.timestamp() * 1000)
        return self._now_ms

    def _noticed(self, running: RunningCall, uuid: str, event: Event) -> None:
        if event.kind in ("talk_end", "end"):
            self.queueing.gone(uuid, self._time(running))

    def _obey(self, orders: list[QueueOrder], running: RunningCall) -> None:
        for order in orders:
            found = self._calls[order.call.uuid]
            found.line.now_ms = self._now_ms - round(found.line.start.timestamp() * 1000)
            for name, value in order.variables.items():
                found.apply("set", f"{name}={value}")
            if order.wakes:
                found.line.note("decision", found.engine, _note(order))
                self._wake(found, running)

    def _wake(self, found: RunningCall, running: RunningCall) -> None:
        if found is running:
            found.broken = True
        elif world := running.line.world:
            found.broken = not world.wake(found.line.profile.uuid, Break())


def _note(order: QueueOrder) -> str:
    choice = order.variables.get("routing_decision", "").partition(":")[2] or "wait"
    return f"{choice} ({order.verdict.reason})"
