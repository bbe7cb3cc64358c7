"""The live board: the legs of every FreeSWITCH now, by its events; who rings and who talks. Pure: events in.

A leg vanishes by its hangup; by a list of channels without it, for a hangup that nobody heard; and with the connection
to its FreeSWITCH. FreeSWITCH's lists are behind its events: a leg that has just begun or ended is not judged by them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.model.desk_call import BY, DIALS, JOINED, JOINS

#: Channel variables: whose leg it is (the phone that rings, the person whose phone calls), and where a call is.
TARGET, PERSON = "routing_target", "routing_person"
PLACE = ("routing_scheme", "routing_step", "routing_kind")
FACTS = (
    *PLACE,
    "routing_caller",
    "routing_number",
    TARGET,
    PERSON,
    "originator",
    "sip_gateway_name",
    JOINS,
    JOINED,
    DIALS,
    BY,
)
#: FreeSWITCH's lists may be behind its events for so long.
BEHIND_S = 3.0
#: An ended leg is remembered for so long, so that a late list does not bring it back.
ENDED_S = 60.0
_LONGEST = 200
UUID = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
Header = Callable[[str], str | None]


@dataclass
class BoardLeg:
    """A leg. ``rung_by``, ``bridged_to``: other legs' uuids, "" for none; times in seconds since the epoch, 0.0 for
    not yet; ``facts``: the variables of `FACTS` as far as known; ``heard_s``: when it was first heard of."""

    uuid: str
    node: str
    inbound: bool
    caller: str = ""
    dialled: str = ""
    rung_by: str = ""
    bridged_to: str = ""
    began_s: float = 0.0
    answered_s: float = 0.0
    bridged_s: float = 0.0
    heard_s: float = 0.0
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def whose(self) -> str:
        """The phone that rings (``ivan.desk``), the person whose phone calls (``ivan``), or a number; "" if neither."""
        return self.facts.get(TARGET) or self.facts.get(PERSON) or ""

    def know(self, facts: Mapping[str, str]) -> None:
        """Learn variables; empty ones say nothing new."""
        self.facts |= {name: value[:_LONGEST] for name, value in facts.items() if name in FACTS and value}
        self.rung_by = self.rung_by or self.facts.get("originator", "")


@dataclass
class NodeBoard:
    """One FreeSWITCH. ``trunks``: gateway -> its state there; ``is_known``: it is connected and has been listed."""

    is_known: bool = False
    legs: dict[str, BoardLeg] = field(default_factory=dict)
    registered: set[str] = field(default_factory=set)
    trunks: dict[str, str] = field(default_factory=dict)
    #: uuid -> when it ended
    ended: dict[str, float] = field(default_factory=dict)
    why: str = ""


@dataclass
class Board:
    """The board of all nodes."""

    nodes: dict[str, NodeBoard] = field(default_factory=dict)

    def add(self, node: str) -> None:
        """Expect a FreeSWITCH."""
        self.nodes[node] = NodeBoard()

    def lost(self, node: str, why: str) -> None:
        """The connection is lost: nothing of it is known any more."""
        self.nodes[node] = NodeBoard(why=why)

    def unknown(self, node: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """The legs of a list of channels of which no event came: their variables are to be read."""
        known, uuids = self.nodes[node], [str(row.get("uuid")) for row in rows]
        return [each for each in uuids if each not in known.legs and each not in known.ended and UUID.fullmatch(each)]

    def listed(self, node: str, rows: Sequence[Mapping[str, Any]], now_s: float) -> None:
        """Compare with ``show channels``."""
        known = self.nodes[node]
        there = {str(row.get("uuid")): row for row in rows if UUID.fullmatch(str(row.get("uuid")))}
        for uuid in [uuid for uuid, leg in known.legs.items() if uuid not in there and now_s - leg.heard_s > BEHIND_S]:
            self._drop(known, uuid, now_s)
        known.ended = {uuid: at for uuid, at in known.ended.items() if now_s - at < ENDED_S}
        for uuid in self.unknown(node, rows):
            known.legs[uuid] = _listed(node, there[uuid], now_s)
        known.is_known, known.why = True, ""

    def heard(self, node: str, header: Header, now_s: float) -> None:
        """An event by its headers."""
        known, name = self.nodes[node], header("Event-Name") or ""
        if name == "CUSTOM":
            self._registration(known, header)
        elif name in ("CHANNEL_BRIDGE", "CHANNEL_UNBRIDGE"):
            self._bridge(known, name, header, now_s)
        elif name in ("CHANNEL_HANGUP", "CHANNEL_DESTROY"):
            self._drop(known, header("Unique-ID") or "", now_s)
        elif name.startswith("CHANNEL_"):
            self._leg(node, known, header, now_s)

    def know(self, node: str, uuid: str, facts: Mapping[str, str]) -> None:
        """Variables of a leg that were read."""
        if leg := self.nodes[node].legs.get(uuid):
            leg.know(facts)

    def bridged(self, node: str, uuid: str, other: str, now_s: float) -> None:
        """The legs are bridged, as far as a list says."""
        legs = self.nodes[node].legs
        one, two = legs.get(uuid), legs.get(other)
        if one and two and not one.bridged_to and not two.bridged_to:
            _join(one, two, max(one.answered_s, two.answered_s) or now_s)

    def places(self, node: str, most: int) -> list[str]:
        """The A-legs whose place in their scheme may have changed: those that talk with nobody, the newest first."""
        legs = [leg for leg in self.nodes[node].legs.values() if not leg.rung_by and not leg.bridged_to]
        return [leg.uuid for leg in sorted(legs, key=lambda each: -each.began_s)[:most]]

    def registrations(self, node: str, accounts: Collection[str]) -> None:
        """All SIP accounts that are registered."""
        self.nodes[node].registered = set(accounts)

    def trunks(self, node: str, states: Mapping[str, str]) -> None:
        """All gateways with their states."""
        self.nodes[node].trunks = dict(states)

    def _leg(self, node: str, known: NodeBoard, header: Header, now_s: float) -> None:
        uuid = header("Unique-ID") or ""
        if not UUID.fullmatch(uuid) or uuid in known.ended:
            return
        leg = known.legs.get(uuid)
        if leg is None:
            leg = known.legs[uuid] = BoardLeg(uuid, node, header("Call-Direction") == "inbound", heard_s=now_s)
            leg.began_s = _seconds(header("Caller-Channel-Created-Time")) or now_s
        leg.caller = leg.caller or (header("Caller-Caller-ID-Number") or "")[:_LONGEST]
        leg.dialled = leg.dialled or (header("Caller-Destination-Number") or "")[:_LONGEST]
        leg.answered_s = leg.answered_s or _seconds(header("Caller-Channel-Answered-Time"))
        if header("Other-Type") == "originator" and not leg.rung_by:
            leg.rung_by = header("Other-Leg-Unique-ID") or ""
        leg.know({name: header(f"variable_{name}") or "" for name in FACTS})

    def _bridge(self, known: NodeBoard, name: str, header: Header, now_s: float) -> None:
        ends = (header("Bridge-A-Unique-ID"), header("Bridge-B-Unique-ID"))
        one, two = (known.legs.get(each or "") for each in ends)
        if one is None or two is None:
            return
        for leg in (one, two):
            _part(known, leg)
        if name == "CHANNEL_BRIDGE":
            _join(one, two, now_s)

    def _drop(self, known: NodeBoard, uuid: str, now_s: float) -> None:
        if leg := known.legs.pop(uuid, None):
            _part(known, leg)
        if uuid:
            known.ended[uuid] = now_s

    @staticmethod
    def _registration(known: NodeBoard, header: Header) -> None:
        account = header("from-user") or header("user") or header("username") or ""
        is_there = header("Event-Subclass") == "sofia::register"
        (known.registered.add if is_there else known.registered.discard)(account[:_LONGEST])


def components(legs: Collection[BoardLeg]) -> list[list[BoardLeg]]:
    """The legs that belong to one call each, by who rings whom and who talks with whom."""
    known = {leg.uuid: leg for leg in legs}
    root = {uuid: uuid for uuid in known}

    def find(uuid: str) -> str:
        while root[uuid] != uuid:
            root[uuid] = root[root[uuid]]
            uuid = root[uuid]
        return uuid

    for leg in legs:
        for other in (leg.rung_by, leg.bridged_to):
            if other in known:
                root[find(leg.uuid)] = find(other)
    found: dict[str, list[BoardLeg]] = {}
    for leg in legs:
        found.setdefault(find(leg.uuid), []).append(leg)
    return list(found.values())


def first_leg(legs: Sequence[BoardLeg]) -> BoardLeg:
    """The leg that a call began with, as far as it is still there."""
    here = {leg.uuid for leg in legs}
    return min(legs, key=lambda leg: (leg.rung_by in here, not leg.inbound, leg.began_s, leg.uuid))


def _join(one: BoardLeg, two: BoardLeg, now_s: float) -> None:
    one.bridged_to, two.bridged_to = two.uuid, one.uuid
    one.bridged_s = two.bridged_s = now_s


def _part(known: NodeBoard, leg: BoardLeg) -> None:
    other = known.legs.get(leg.bridged_to)
    if other is not None and other.bridged_to == leg.uuid:
        other.bridged_to, other.bridged_s = "", 0.0
    leg.bridged_to, leg.bridged_s = "", 0.0


def _listed(node: str, row: Mapping[str, Any], now_s: float) -> BoardLeg:
    caller, dialled = (str(row.get(f"initial_{name}") or row.get(name) or "") for name in ("cid_num", "dest"))
    began = str(row.get("created_epoch") or "")
    leg = BoardLeg(str(row["uuid"]), node, row.get("direction") == "inbound", caller[:_LONGEST], dialled[:_LONGEST])
    leg.began_s = float(began) if began.isdigit() else now_s
    leg.heard_s = now_s
    if str(row.get("callstate")) == "ACTIVE":
        leg.answered_s = leg.began_s
    return leg


def _seconds(text: str | None) -> float:
    """FreeSWITCH's microseconds."""
    return int(text) / 1e6 if text and text.isascii() and text.isdigit() else 0.0
