"""The states of people by FreeSWITCH's events: who rings or talks, whose phones are registered.

Each worker watches its own node's FreeSWITCH, so the states survive a restart of the engine and need no Redis. While
FreeSWITCH cannot be reached everybody counts as free: ringing then shows who is. Who is busy on other nodes comes from
`engine.elsewhere`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from routing.esl.watch import Channel, Snapshot
from routing.model.memory import State
from routing.model.problem import counted

#: A person counts as busy for so long after a call was sent to them, even before FreeSWITCH rings them.
PROMISED_SECONDS = 2.0
#: Legs that ring each other, in a row.
_LONGEST_CHAIN = 4


@dataclass
class States:
    """A watcher of FreeSWITCH (`routing.esl.watch.Watcher`). ``report``: called when FreeSWITCH comes and goes."""

    report: Callable[[str], None] = lambda text: None
    #: Called when somebody may have become free, busy or absent; must not block.
    changed: Callable[[], None] = lambda: None
    #: Called when a call is on its way to somebody; must not block.
    promised: Callable[[], None] = lambda: None
    #: Called with every leg (uuid) that ends, and the person whose last one it was, or ""; must not block.
    leg_ended: Callable[[str, str], None] = lambda uuid, person: None
    #: Called with all legs (uuids) of every snapshot; must not block.
    alive: Callable[[Collection[str]], None] = lambda uuids: None
    clock: Callable[[], float] = time.monotonic
    is_known: bool = False
    #: This node's name; "" until it is known.
    node: str = ""
    #: The people who ring or talk on other nodes.
    elsewhere: frozenset[str] = frozenset()
    #: Phones are registered at a SIP proxy: whether one is there only ringing shows.
    is_proxied: bool = False
    _is_reported: bool = False
    _registered: set[str] = field(default_factory=set)
    #: uuid -> person
    _persons: dict[str, str] = field(default_factory=dict)
    #: person -> the leg's uuid -> who rings it
    _legs: dict[str, dict[str, str]] = field(default_factory=dict)
    #: A leg of nobody of ours, such as a client's -> who has rung it
    _rung_by: dict[str, str] = field(default_factory=dict)
    #: person -> the call that was sent to them, and until when they are kept for it
    _promised: dict[str, tuple[str, float]] = field(default_factory=dict)

    def presence_of(self, call: str) -> CallPresence:
        """The states as one call sees them: its own legs, which it has just stopped ringing, keep nobody busy."""
        return CallPresence(self, call)

    def state(self, person: str, accounts: Collection[str], outside: bool, call: str = "") -> State:
        """See `routing.model.memory.Presence`; ``call``: uuid of the A-leg that asks."""
        if not self.is_known:
            return "free"
        legs = self._legs.get(person)
        if legs and any(rung_by != call or not call for rung_by in legs.values()):
            return "busy"
        if person in self.elsewhere or self._is_promised(person, call):
            return "busy"
        return "free" if outside or self.is_registered(accounts) else "absent"

    def is_registered(self, accounts: Collection[str]) -> bool:
        """Whether one of these SIP accounts is registered here, or may be at the proxy before this node."""
        return (self.is_proxied and bool(accounts)) or not self._registered.isdisjoint(accounts)

    def busy(self) -> set[str]:
        """The people who ring or talk here, or to whom a call is on its way."""
        now_s = self.clock()
        return {*self._legs, *(person for person, (_, until_s) in self._promised.items() if until_s > now_s)}

    def promise(self, person: str, call: str, seconds: float) -> None:
        """A call is on its way to a person: to others they are busy until FreeSWITCH rings them, or so long at most."""
        self._promised[person] = call, self.clock() + seconds
        self.promised()

    def take_back(self, call: str) -> None:
        """A call is on its way to nobody any more."""
        self._promised = {person: promised for person, promised in self._promised.items() if promised[0] != call}

    def person_of(self, leg: str) -> str:
        """Whose leg (uuid) it is; "" when it is nobody's."""
        return self._persons.get(leg, "")

    def rings(self, call: str) -> bool:
        """Whether a call rings somebody, or talks with them."""
        return any(call in legs.values() for legs in self._legs.values())

    def carries(self, call: str) -> bool:
        """Whether somebody rings or talks for a call, also behind a leg that it has rung."""
        return any(self._first(leg) == call for legs in self._legs.values() for leg in legs.values())

    def _first(self, leg: str) -> str:
        """The leg with which a chain of legs that ring each other began."""
        for _ in range(_LONGEST_CHAIN):
            if leg not in self._rung_by:
                break
            leg = self._rung_by[leg]
        return leg

    def _is_promised(self, person: str, call: str) -> bool:
        to, until_s = self._promised.get(person, (call, 0.0))
        return to != call and until_s > self.clock()

    def facts(self) -> dict[str, Any]:
        """For operators: whether FreeSWITCH is connected, the registered SIP accounts, the people with a leg here, and
        those with one on other nodes."""
        known = {"known": self.is_known, "registered": sorted(self._registered)}
        return {**known, "busy": sorted(self._legs), "busy_elsewhere": sorted(self.elsewhere)}

    def counts(self) -> tuple[int, int]:
        """The number of registered accounts and of people with a leg; 0 while FreeSWITCH is not connected."""
        return (len(self._registered), len(self._legs)) if self.is_known else (0, 0)

    def seen(self, picture: Snapshot) -> None:
        """See Watcher."""
        self._persons.clear()
        self._legs.clear()
        self._rung_by.clear()
        self._registered = set(picture.registered)
        for channel in picture.channels:
            self.began(channel)
        self.alive({channel.uuid for channel in picture.channels})
        self.changed()
        if not self.is_known:
            self.is_known = True
            channels = counted(len(picture.channels), "channel")
            self.report(f"known: {counted(len(self._registered), 'phone')} registered, {channels}")

    def began(self, channel: Channel) -> None:
        """See Watcher."""
        person = channel.whose.partition(".")[0]
        if not person and channel.rung_by:
            self._rung_by[channel.uuid] = channel.rung_by
        if person:
            self._persons[channel.uuid] = person
            self._legs.setdefault(person, {})[channel.uuid] = channel.rung_by
            self._promised.pop(person, None)
            self.changed()

    def ended(self, uuid: str) -> None:
        """See Watcher."""
        self._rung_by.pop(uuid, None)
        person = self._persons.pop(uuid, "")
        legs = self._legs.get(person, {})
        legs.pop(uuid, None)
        is_last = not legs and self._legs.pop(person, None) is not None
        self.leg_ended(uuid, person if is_last else "")
        if is_last:
            self.changed()

    def registration(self, account: str, is_there: bool) -> None:
        """See Watcher."""
        (self._registered.add if is_there else self._registered.discard)(account)
        self.changed()

    def lost(self, reason: str) -> None:
        """See Watcher."""
        if self.is_known or not self._is_reported:
            self.report(f"unknown, everybody counts as free: {reason}")
        self.is_known, self._is_reported = False, True


@dataclass(frozen=True)
class CallPresence:
    """`routing.model.memory.Presence` for one call."""

    states: States
    call: str

    def state(self, person: str, accounts: Collection[str], outside: bool) -> State:
        """See Presence."""
        return self.states.state(person, accounts, outside, self.call)
