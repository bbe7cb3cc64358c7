"""What is going on in FreeSWITCH now, then every change of it, over its event socket, for ever.

Events become facts of channels and registrations; what they mean for people is not known here. A watcher is told when
nothing is known any more.
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

#: FreeSWITCH lists a registration a moment after it has told of it: so long only events are collected at first.
SETTLE_SECONDS = 1.0
#: The picture is drawn anew this often, whatever the events said; sooner at first, as a new connection knows no events
#: that are older, and FreeSWITCH's tables may be.
REFRESH_SECONDS = 30.0
FIRST_REFRESH_SECONDS = 2.0
EVENTS = "CHANNEL_CREATE CHANNEL_HANGUP CHANNEL_DESTROY CUSTOM sofia::register sofia::unregister sofia::expire"
#: Channel variables that say whose a leg is: the phone that is rung, and the person whose phone calls.
TARGET, PERSON = "routing_target", "routing_person"


@dataclass(frozen=True)
class Channel:
    """A leg: whose it is (``ivan.desk``, ``ivan`` or ""), and the leg that rings it (uuid, or "")."""

    uuid: str
    whose: str
    rung_by: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Everything at one moment: legs, and the SIP accounts that are registered."""

    channels: tuple[Channel, ...]
    registered: frozenset[str]


class Watcher(Protocol):
    """Is told what happens."""

    def seen(self, picture: Snapshot) -> None:
        """All of it anew."""

    def began(self, channel: Channel) -> None:
        """A leg is there."""

    def ended(self, uuid: str) -> None:
        """A leg is gone."""

    def registration(self, account: str, is_there: bool) -> None:
        """A SIP account came or went."""

    def lost(self, reason: str) -> None:
        """Nothing is known until the next picture."""


def watch(
    where: EventSocket,
    watcher: Watcher,
    retry_s: float = RETRY_SECONDS,
    settle_s: float = SETTLE_SECONDS,
    refresh_s: float = REFRESH_SECONDS,
) -> None:
    """Tell a watcher for ever; ends when its greenlet is killed."""
    stay_connected(where, lambda client: _follow(client, watcher, settle_s, refresh_s), watcher.lost, retry_s=retry_s)


def _follow(client: EventSocketClient, watcher: Watcher, settle_s: float, refresh_s: float) -> None:
    client.ask(f"event plain {EVENTS}")
    gevent.sleep(settle_s)
    changes: list[Callable[[], None]] = []
    every_s = min(refresh_s, FIRST_REFRESH_SECONDS)
    while True:
        watcher.seen(_picture(client))
        # FreeSWITCH writes its tables when it has time: what it has told since the last picture counts for more
        for tell in changes:
            tell()
        changes = _tell_for(every_s + settle_s, client, watcher)
        every_s = min(every_s * 2, refresh_s)


def _tell_for(seconds: float, client: EventSocketClient, watcher: Watcher) -> list[Callable[[], None]]:
    """Tell events as they come for a while; returns what tells them again."""
    changes: list[Callable[[], None]] = []
    with time_limit(seconds):
        while True:
            if tell := _fact(client.event(), watcher):
                tell()
                changes.append(tell)
    return changes


def _fact(event: Message, watcher: Watcher) -> Callable[[], None] | None:
    """What an event comes to, read by a handful of its two hundred headers."""

    def header(name: str) -> str:
        return event.get(name) or ""

    name = header("Event-Name")
    if name == "CHANNEL_CREATE":
        whose = header(f"variable_{TARGET}") or header(f"variable_{PERSON}")
        return partial(watcher.began, Channel(header("Unique-ID"), whose, header("Other-Leg-Unique-ID")))
    if name in ("CHANNEL_HANGUP", "CHANNEL_DESTROY"):
        return partial(watcher.ended, header("Unique-ID"))
    if name == "CUSTOM":
        account = header("from-user") or header("user") or header("username")
        return partial(watcher.registration, account, header("Event-Subclass") == "sofia::register")
    return None


def _picture(client: EventSocketClient) -> Snapshot:
    """What FreeSWITCH lists; whose a leg is stands in its variables only."""
    channels, registrations = map(rows, client.ask("api show channels as json", "api show registrations as json"))
    uuids = [str(row["uuid"]) for row in channels]
    questions = [f"api uuid_getvar {uuid} {name}" for uuid in uuids for name in (TARGET, PERSON, "originator")]
    answers = list(map(_value, client.ask(*questions)))
    found = zip(uuids, answers[::3], answers[1::3], answers[2::3], strict=True)
    return Snapshot(
        tuple(Channel(uuid, target or person, rung_by) for uuid, target, person, rung_by in found),
        frozenset(str(row["reg_user"]) for row in registrations),
    )


def rows(answer: str) -> list[dict[str, Any]]:
    """The table that an answer to ``show ... as json`` holds."""
    rows: list[dict[str, Any]] = json.loads(answer or "{}").get("rows") or []
    return rows


def _value(answer: str) -> str:
    text = answer.strip()
    return "" if text == "_undef_" or text.startswith("-ERR") else text
