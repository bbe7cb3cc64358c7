"""Watches FreeSWITCH over its event socket: a snapshot of channels and registrations, then every change.

Does not know what they mean for people. A watcher is notified when the connection is lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import gevent

from routing.esl.client import RETRY_SECONDS, EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket, Message
from routing.esl.time_limit import time_limit

#: FreeSWITCH lists a registration a moment after its event, so the first snapshot waits for so long.
SETTLE_SECONDS = 1.0
#: The interval between snapshots. It is shorter at first: a new connection has missed earlier events, and FreeSWITCH's
#: tables may be behind.
REFRESH_SECONDS = 30.0
FIRST_REFRESH_SECONDS = 2.0
#: Snapshots in which a leg is asked about that seems to be nobody's: its dialplan may just begin.
LOOKS = 2
EVENTS = "CHANNEL_CREATE CHANNEL_HANGUP CHANNEL_DESTROY CUSTOM sofia::register sofia::unregister sofia::expire"
#: Channel variables that say whose leg it is: the phone that rings, and the person whose phone calls. A phone's own leg
#: gets the first one from the phone that answers it, too: the second one takes precedence.
TARGET, PERSON = "routing_target", "routing_person"
INBOUND = "inbound"


@dataclass(frozen=True)
class Channel:
    """A leg: its phone or person (``ivan.desk``, ``ivan`` or ""), and the leg that rings it (uuid, or "")."""

    uuid: str
    whose: str
    rung_by: str = ""


@dataclass(frozen=True)
class Snapshot:
    """FreeSWITCH at one moment: its legs and the registered SIP accounts."""

    channels: tuple[Channel, ...]
    registered: frozenset[str]


class Watcher(Protocol):
    """Receives snapshots and changes."""

    def seen(self, picture: Snapshot) -> None:
        """A new snapshot, which replaces everything before."""

    def began(self, channel: Channel) -> None:
        """A leg began."""

    def ended(self, uuid: str) -> None:
        """A leg ended."""

    def registration(self, account: str, is_there: bool) -> None:
        """A SIP account registered or unregistered."""

    def lost(self, reason: str) -> None:
        """The connection is lost: nothing is known until the next snapshot."""


def watch(
    where: EventSocket,
    watcher: Watcher,
    retry_s: float = RETRY_SECONDS,
    settle_s: float = SETTLE_SECONDS,
    refresh_s: float = REFRESH_SECONDS,
) -> None:
    """Notify a watcher until the greenlet is killed."""
    stay_connected(where, lambda client: _follow(client, watcher, settle_s, refresh_s), watcher.lost, retry_s=retry_s)


def _follow(client: EventSocketClient, watcher: Watcher, settle_s: float, refresh_s: float) -> None:
    client.ask(f"event plain {EVENTS}")
    gevent.sleep(settle_s)
    changes: list[Callable[[], None]] = []
    every_s, snapshots = min(refresh_s, FIRST_REFRESH_SECONDS), Snapshots(client.ask)
    while True:
        watcher.seen(snapshots.take())
        # FreeSWITCH's tables may be behind: events since the last snapshot take precedence
        for repeat in changes:
            repeat()
        changes = _pass_on(every_s + settle_s, client, watcher)
        every_s = min(every_s * 2, refresh_s)


def _pass_on(seconds: float, client: EventSocketClient, watcher: Watcher) -> list[Callable[[], None]]:
    """Pass on events as they come for some seconds; returns calls that repeat them."""
    changes: list[Callable[[], None]] = []
    with time_limit(seconds):
        while True:
            if notify := _fact(client.event(), watcher):
                notify()
                changes.append(notify)
    return changes


def _fact(event: Message, watcher: Watcher) -> Callable[[], None] | None:
    """The watcher's call for an event, by a few of its two hundred headers."""

    def header(name: str) -> str:
        return event.get(name) or ""

    name = header("Event-Name")
    if name == "CHANNEL_CREATE":
        whose = header(f"variable_{PERSON}") or header(f"variable_{TARGET}")
        return partial(watcher.began, Channel(header("Unique-ID"), whose, header("Other-Leg-Unique-ID")))
    if name in ("CHANNEL_HANGUP", "CHANNEL_DESTROY"):
        return partial(watcher.ended, header("Unique-ID"))
    if name == "CUSTOM":
        account = header("from-user") or header("user") or header("username")
        return partial(watcher.registration, account, header("Event-Subclass") == "sofia::register")
    return None


class Snapshots:
    """Takes snapshots from FreeSWITCH's lists by a connection's `ask`; whose leg it is comes from channel variables.

    Events wait for the answers. So a leg that twice was nobody's is not looked at again: clients wait by the hundred.
    """

    def __init__(self, ask: Callable[..., list[str]]) -> None:
        self._ask = ask
        #: Legs that were nobody's -> in how many snapshots.
        self._of_nobody: dict[str, int] = {}

    def take(self) -> Snapshot:
        """FreeSWITCH now. Raises SwitchFault."""
        channels, registrations = map(rows, self._ask("api show channels as json", "api show registrations as json"))
        known = {uuid: Channel(uuid, "") for uuid in (str(row["uuid"]) for row in channels)}
        called = {str(row["uuid"]) for row in channels if row.get("direction") != INBOUND}
        known |= self._looked_at([uuid for uuid in known if self._of_nobody.get(uuid, 0) < LOOKS], called)
        nobodys = (uuid for uuid, channel in known.items() if not (channel.whose or channel.rung_by))
        self._of_nobody = {uuid: self._of_nobody.get(uuid, 0) + 1 for uuid in nobodys}
        return Snapshot(tuple(known.values()), frozenset(str(row["reg_user"]) for row in registrations))

    def _looked_at(self, uuids: list[str], called: set[str]) -> dict[str, Channel]:
        """``called``: the legs that ring somebody. A caller's leg gets the variable from whoever has answered it, and
        is still there when that person has hung up."""
        questions = [f"api uuid_getvar {uuid} {name}" for uuid in uuids for name in (TARGET, PERSON, "originator")]
        answers = list(map(_value, self._ask(*questions)))
        found = zip(uuids, answers[::3], answers[1::3], answers[2::3], strict=True)
        return {
            uuid: Channel(uuid, person or (target if uuid in called else ""), rung_by)
            for uuid, target, person, rung_by in found
        }


def rows(answer: str) -> list[dict[str, Any]]:
    """The rows of an answer to ``show ... as json``."""
    rows: list[dict[str, Any]] = json.loads(answer or "{}").get("rows") or []
    return rows


def _value(answer: str) -> str:
    text = answer.strip()
    return "" if text == "_undef_" or text.startswith("-ERR") else text
