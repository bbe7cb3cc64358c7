"""Running calls, and ended calls without a CDR yet, from FreeSWITCH's events.

FreeSWITCH writes a call's CDR at its end: not when it is killed, nor when the disk is full. For such a call a smaller
CDR of the same form is kept here. Memory is bounded; calls beyond the limit are counted. One thread writes, another
reads. Knows nothing of sockets, files and SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from routing.journal.cdr import SWITCH_NAME, Cdr
from routing.model.talk_keys import BOUND

#: Most calls kept, running or ended: a few kB each.
MOST = 20_000
#: How long to wait for a CDR, which FreeSWITCH writes within milliseconds of the call's end.
AWAITED_SECONDS = 5.0
#: After so long without a connection to FreeSWITCH its calls count as ended.
SILENT_SECONDS = 10.0
#: The variables that a call record uses.
_KEPT = re.compile(
    r"routing_\w+|hangup_cause|bridge_uuid|originated_legs|originate_causes|digits_dialed|sip_hangup_disposition"
    r"|group_confirm_key|originator|originating_leg_uuid|\w+_uepoch"
)
_LONGEST = 2000
#: Times of a leg: header of an event, variable of a CDR.
_TIMES = (
    ("Caller-Channel-Created-Time", "start_uepoch"), ("Caller-Channel-Answered-Time", "answer_uepoch"),
    ("Caller-Channel-Bridged-Time", "bridge_uepoch"), ("Caller-Channel-Progress-Time", "progress_uepoch"),
    ("Caller-Channel-Hangup-Time", "end_uepoch"),
)  # fmt: skip
_NUMBER = re.compile(r"\+?([1-9][0-9]{6,14})")
#: Our own variable: what the caller dialled.
DIALLED = "dialled"
_Facts = dict[str, str]


@dataclass
class _Call:
    """The variables of an A-leg and its B-legs by uuid; ``over``: its end in seconds since the epoch (0.0: running)."""

    facts: _Facts
    b_legs: dict[str, _Facts] = field(default_factory=dict)
    over: float = 0.0


@dataclass
class LiveCalls:
    """Collects calls from events (`routing.esl.follow.Follower`). ``now``: seconds since the epoch."""

    now: Callable[[], float]
    most: int = MOST
    #: Calls of which nothing could be kept.
    lost_count: int = 0
    _calls: dict[str, _Call] = field(default_factory=dict)
    _a_leg_of: dict[str, str] = field(default_factory=dict)
    _silent_since: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def there(self, legs: Sequence[Mapping[str, Any]]) -> None:
        """See Follower: calls that are not listed any more have ended, when the connection was lost at the latest."""
        with self._lock:
            here = {str(leg.get("uuid")) for leg in legs}
            self._end(lambda uuid: uuid not in here, self._silent_since or self.now())
            self._silent_since = 0.0
            for leg in legs:
                if is_a_leg(leg) and str(leg["uuid"]) not in self._calls:
                    self._keep(str(leg["uuid"]), listed(leg))

    def heard(self, event: Mapping[str, str]) -> None:
        """See Follower."""
        uuid, name = event.get("Unique-ID", ""), event.get("Event-Name", "")
        with self._lock:
            self._put_to_talk(uuid, event.get(f"variable_{BOUND}", ""))
            is_called = event.get("Other-Type") == "originator" or uuid in self._a_leg_of
            if is_called and uuid not in self._calls:  # who was picked up counts as called from then on
                self._hear_b_leg(uuid, name, event)
                return
            call = self._calls.get(uuid) or self._keep(uuid, {})
            if call is None or call.over:
                return
            call.facts |= facts(event) | {
                DIALLED: call.facts.get(DIALLED) or event.get("Caller-Destination-Number", "")
            }
            if name == "CHANNEL_BRIDGE":
                call.facts.setdefault("bridge_uepoch", event.get("Event-Date-Timestamp", ""))
                call.facts["bridge_uuid"] = event.get("Other-Leg-Unique-ID", "")
            elif name == "CHANNEL_HANGUP_COMPLETE":
                call.over = self.now()
                call.facts.setdefault("end_uepoch", f"{call.over * 1e6:.0f}")

    def lost(self) -> None:
        """See Follower."""
        with self._lock:
            self._silent_since = self._silent_since or self.now()

    def awaited(self) -> list[str]:
        """Calls that ended so long ago that their CDR is overdue: the uuids of their A-legs."""
        with self._lock:
            if self._silent_since and self.now() - self._silent_since > SILENT_SECONDS:
                self._end(lambda uuid: True, self._silent_since)
            due = self.now() - AWAITED_SECONDS
            return [uuid for uuid, call in self._calls.items() if call.over and call.over <= due]

    def legs(self, uuid: str) -> tuple[Cdr, dict[str, Cdr]] | None:
        """A call's A-leg and its B-legs by uuid, as far as known."""
        with self._lock:
            call = self._calls.get(uuid)
            if call is None:
                return None
            return Cdr(uuid, dict(call.facts), ()), {each: Cdr(each, heard, ()) for each, heard in call.b_legs.items()}

    def forget(self, uuids: Sequence[str]) -> None:
        """Forget recorded calls."""
        with self._lock:
            for uuid in uuids:
                if call := self._calls.pop(uuid, None):
                    for b_leg in call.b_legs:
                        self._a_leg_of.pop(b_leg, None)

    @property
    def kept(self) -> int:
        """The number of ended calls that are not recorded yet."""
        with self._lock:
            return sum(call.over > 0 for call in self._calls.values())

    def _keep(self, uuid: str, heard: _Facts) -> _Call | None:
        if len(self._calls) >= self.most or not uuid:
            self.lost_count += bool(uuid)
            return None
        return self._calls.setdefault(uuid, _Call({"uuid": uuid} | heard))

    def _put_to_talk(self, uuid: str, talk: str) -> None:
        """A leg that belongs to the talk of another call (keys, picking up who is parked) is no call of its own."""
        if talk and talk != uuid:
            self._calls.pop(uuid, None)
            self._a_leg_of[uuid] = self._a_leg_of.get(talk, talk)

    def _hear_b_leg(self, uuid: str, name: str, event: Mapping[str, str]) -> None:
        other = event.get("Other-Leg-Unique-ID", "")
        a_leg = self._a_leg_of.get(uuid) or self._a_leg_of.get(other, other)
        call = self._calls.get(a_leg)
        if call is None:
            if name == "CHANNEL_HANGUP_COMPLETE":
                self._a_leg_of.pop(uuid, None)
        elif len(call.b_legs) < 200:
            self._a_leg_of[uuid] = a_leg
            heard = call.b_legs.setdefault(uuid, {"uuid": uuid})
            heard |= facts(event)
            if name == "CHANNEL_BRIDGE":
                heard.setdefault("bridge_uepoch", event.get("Event-Date-Timestamp", ""))

    def _end(self, is_gone: Callable[[str], bool], since: float) -> None:
        for uuid, call in self._calls.items():
            if not call.over and is_gone(uuid):
                call.over = since
                for heard in (call.facts, *call.b_legs.values()):
                    heard.setdefault("end_uepoch", f"{since * 1e6:.0f}")


def facts(event: Mapping[str, str]) -> _Facts:
    """The variables of a leg in its event."""
    variables = {variable: event[header] for header, variable in _TIMES if event.get(header, "0") != "0"}
    for name, value in event.items():
        variable = name.removeprefix("variable_")
        if variable != name and _KEPT.fullmatch(variable) and value != "0":
            variables[variable] = value[:_LONGEST]
    variables["direction"] = event.get("Call-Direction", "")
    variables[SWITCH_NAME] = event.get("FreeSWITCH-Switchname", "")
    variables.setdefault("routing_caller", number(event.get("Caller-Caller-ID-Number", "")))
    return variables


def is_a_leg(leg: Mapping[str, Any]) -> bool:
    """Whether a leg in a list of channels is an A-leg."""
    return leg.get("direction") == "inbound" and bool(leg.get("uuid"))


def listed(leg: Mapping[str, Any]) -> _Facts:
    """The variables of a leg in a list of channels: ``show channels``, or the table behind it."""
    caller, dialled = (str(leg.get(f"initial_{name}") or leg.get(name) or "") for name in ("cid_num", "dest"))
    began = str(leg.get("created_epoch") or "")
    variables = {"direction": str(leg.get("direction") or ""), DIALLED: dialled, "routing_caller": number(caller)}
    variables[SWITCH_NAME] = str(leg.get("hostname") or "")
    return variables | ({"start_uepoch": f"{began}000000"} if began.isdigit() else {})


def number(text: str) -> str:
    """A number from FreeSWITCH with a ``+``; other text unchanged, cut to the limit."""
    found = _NUMBER.fullmatch(text)
    return f"+{found[1]}" if found else text[:_LONGEST]
