"""Follows a FreeSWITCH for the live board, over its event socket: events, lists every few seconds, places of calls.

One connection a node, whatever the number of viewers. Where a call is in its scheme comes in no event: it is read for
calls that talk with nobody, once a second while somebody looks.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from routing.desk.board import FACTS, PLACE, UUID, Board
from routing.esl.client import EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket, Message
from routing.esl.time_limit import time_limit
from routing.esl.watch import rows
from routing.model.desk_call import JOINED

EVENTS = (
    "CHANNEL_PARK CHANNEL_CREATE CHANNEL_PROGRESS CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_UNBRIDGE CHANNEL_HANGUP "
    "CHANNEL_DESTROY CUSTOM sofia::register sofia::unregister sofia::expire"
)
LISTS = ("api show channels as json", "api show registrations as json", "api sofia xmlstatus gateway")
TURN_SECONDS = 1.0
#: How often everything is listed again: a missed hangup is shown for so long at most.
LIST_SECONDS = 10.0
#: Calls whose place is read in a turn.
MOST_PLACES = 300
_GATEWAY = re.compile(r"<name>([^<]{1,64})</name>.*?<state>([A-Z_]{1,20})</state>.*?<status>([A-Z]{1,10})", re.DOTALL)


@dataclass
class LiveFeed:
    """One node's connection. ``is_watched``: whether somebody looks at the board; ``now``: seconds since the epoch."""

    where: EventSocket
    board: Board
    is_watched: Callable[[], bool] = lambda: True
    now: Callable[[], float] = time.time
    turn_s: float = TURN_SECONDS
    list_s: float = LIST_SECONDS
    retry_s: float = TURN_SECONDS
    #: Legs (uuid) of clients whom somebody takes over, who will be bridged with them.
    takeovers: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The node, as the board names it."""
        return node_name(self.where)

    def run(self) -> None:
        """Follow until the greenlet is killed."""
        self.board.add(self.name)
        stay_connected(self.where, self._follow, lambda why: self.board.lost(self.name, why), retry_s=self.retry_s)

    def _follow(self, client: EventSocketClient) -> None:
        client.ask(f"event plain {EVENTS}")
        listed_s = 0.0
        while True:
            if self.now() - listed_s >= self.list_s or self.now() < listed_s:
                self._list(client)
                listed_s = self.now()
            elif self.is_watched():
                self._read(client, self.board.places(self.name, MOST_PLACES), PLACE)
            with time_limit(self.turn_s):
                while True:
                    event = client.event()
                    self.board.heard(self.name, event.get, self.now())
                    if event.get("Event-Name") == "CHANNEL_PARK":
                        self._take_over(client, event)

    def _take_over(self, client: EventSocketClient, event: Message) -> None:
        """Bridge who waits to take over with the client; the colleague's leg ends. Their leg becomes a part of the
        call: it is recorded as one that was called."""
        head, leg = event.get("Unique-ID") or "", event.get(f"variable_{JOINED}") or ""
        if leg in self.takeovers and UUID.fullmatch(head) and UUID.fullmatch(leg):
            self.takeovers.discard(leg)
            client.ask(f"api uuid_setvar {head} process_cdr true", f"api uuid_bridge {leg} {head}")

    def _list(self, client: EventSocketClient) -> None:
        channels, registrations, gateways = client.ask(*LISTS)
        listed = rows(channels)
        # their variables first: a phone that rings would be a call of its own for a moment
        new = self.board.unknown(self.name, listed)
        found = self._read(client, new, (*FACTS, "bridge_uuid"))
        self.board.listed(self.name, listed, self.now())
        self.board.registrations(self.name, {str(row.get("reg_user")) for row in rows(registrations)})
        self.board.trunks(self.name, trunk_states(gateways))
        for uuid, facts in zip(new, found, strict=True):
            self.board.know(self.name, uuid, facts)
            if other := facts.get("bridge_uuid"):
                self.board.bridged(self.name, uuid, other, self.now())

    def _read(self, client: EventSocketClient, uuids: list[str], names: Iterable[str]) -> list[dict[str, str]]:
        """Read variables of legs; the board learns those of legs that it knows."""
        names = tuple(names)
        answers = client.ask(*(f"api uuid_getvar {uuid} {name}" for uuid in uuids for name in names)) if uuids else []
        found = []
        for at, uuid in enumerate(uuids):
            values = map(_value, answers[at * len(names) : (at + 1) * len(names)])
            found.append({name: value for name, value in zip(names, values, strict=True) if value})
            self.board.know(self.name, uuid, found[-1])
        return found


def node_name(where: EventSocket) -> str:
    """A node as the board names it."""
    return f"{where.host}:{where.port}"


def trunk_states(answer: str) -> dict[str, str]:
    """Gateway -> state: ``REGED``, ``NOREG``, ...; ``DOWN`` where FreeSWITCH's pings fail."""
    gateways = (_GATEWAY.search(part) for part in answer.split("<gateway>")[1:])
    return {found[1]: "DOWN" if found[3] == "DOWN" else found[2] for found in gateways if found}


def _value(answer: str) -> str:
    text = answer.strip()
    return "" if text == "_undef_" or text.startswith("-ERR") else text
