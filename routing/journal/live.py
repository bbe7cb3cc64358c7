"""Calls that are under way, and those that are over and whose CDR nobody has seen, as FreeSWITCH's events tell them.

FreeSWITCH writes a call's CDR at its end: never when it is killed, and into nothing when the disk is full. What is kept
here for such a call is a poorer CDR of the same form. Its memory is bounded; what it cannot keep is counted. Fed by one
thread and asked by another. Knows nothing of sockets, files and SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from routing.journal.cdr import SWITCH_NAME, Cdr

#: Calls kept, under way or over: a few kB each.
MOST = 20_000
#: A CDR is written within milliseconds of the call's end; so long it is waited for.
AWAITED_SECONDS = 5.0
#: FreeSWITCH is not heard for so long: its calls are over.
SILENT_SECONDS = 10.0
#: Variables that the record of a call is made of.
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
#: Not of FreeSWITCH: what the caller dialled.
DIALLED = "dialled"
_Facts = dict[str, str]


@dataclass
class _Call:
    """The variables of an A-leg and its B-legs by uuid; ``over``: since when, in seconds since the epoch (0.0: not)."""

    facts: _Facts
    b_legs: dict[str, _Facts] = field(default_factory=dict)
    over: float = 0.0


@dataclass
class LiveCalls:
    """What is known of calls (`routing.esl.follow.Follower`). ``now``: seconds since the epoch."""

    now: Callable[[], float]
    most: int = MOST
    #: Calls of which nothing could be kept.
    lost_count: int = 0
    _calls: dict[str, _Call] = field(default_factory=dict)
    _a_leg_of: dict[str, str] = field(default_factory=dict)
    _silent_since: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def there(self, legs: Sequence[Mapping[str, Any]]) -> None:
        """See Follower: whoever is not among them any more is over, since FreeSWITCH was heard last."""
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
            if event.get("Other-Type") == "originator" or uuid in self._a_leg_of:
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
        """Calls that are over for so long that their CDR must be there: the uuids of their A-legs."""
        with self._lock:
            if self._silent_since and self.now() - self._silent_since > SILENT_SECONDS:
                self._end(lambda uuid: True, self._silent_since)
            due = self.now() - AWAITED_SECONDS
            return [uuid for uuid, call in self._calls.items() if call.over and call.over <= due]

    def legs(self, uuid: str) -> tuple[Cdr, dict[str, Cdr]] | None:
        """What is known of a call: its A-leg and its B-legs by uuid."""
        with self._lock:
            call = self._calls.get(uuid)
            if call is None:
                return None
            return Cdr(uuid, dict(call.facts), ()), {each: Cdr(each, heard, ()) for each, heard in call.b_legs.items()}

    def forget(self, uuids: Sequence[str]) -> None:
        """Calls that are recorded."""
        with self._lock:
            for uuid in uuids:
                if call := self._calls.pop(uuid, None):
                    for b_leg in call.b_legs:
                        self._a_leg_of.pop(b_leg, None)

    @property
    def kept(self) -> int:
        """Calls that are over and not recorded yet."""
        with self._lock:
            return sum(call.over > 0 for call in self._calls.values())

    def _keep(self, uuid: str, heard: _Facts) -> _Call | None:
        if len(self._calls) >= self.most or not uuid:
            self.lost_count += bool(uuid)
            return None
        return self._calls.setdefault(uuid, _Call({"uuid": uuid} | heard))

    def _hear_b_leg(self, uuid: str, name: str, event: Mapping[str, str]) -> None:
        a_leg = self._a_leg_of.get(uuid) or event.get("Other-Leg-Unique-ID", "")
        call = self._calls.get(a_leg)
        if call is not None and len(call.b_legs) < 200:
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
    """The variables of a leg that its event tells."""
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
    """Whether a leg of a list of channels is a caller's."""
    return leg.get("direction") == "inbound" and bool(leg.get("uuid"))


def listed(leg: Mapping[str, Any]) -> _Facts:
    """The variables of a leg that a list of channels tells: ``show channels``, or the table that it shows."""
    caller, dialled = (str(leg.get(f"initial_{name}") or leg.get(name) or "") for name in ("cid_num", "dest"))
    began = str(leg.get("created_epoch") or "")
    variables = {"direction": str(leg.get("direction") or ""), DIALLED: dialled, "routing_caller": number(caller)}
    variables[SWITCH_NAME] = str(leg.get("hostname") or "")
    return variables | ({"start_uepoch": f"{began}000000"} if began.isdigit() else {})


def number(text: str) -> str:
    """A number as FreeSWITCH shows it, with its ``+``; what is none stays as it is, cut."""
    found = _NUMBER.fullmatch(text)
    return f"+{found[1]}" if found else text[:_LONGEST]
