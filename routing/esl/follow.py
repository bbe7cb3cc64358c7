"""Follows every leg over FreeSWITCH's inbound event socket: first those that are there, then their events.

Events come decoded and otherwise unchanged. Reconnects until it is stopped, and reports a lost connection. May run
in a thread of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

from routing.esl.client import EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket, Message
from routing.esl.time_limit import time_limit
from routing.esl.watch import rows

EVENTS = "CHANNEL_CREATE CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_HANGUP_COMPLETE"
#: How often ``is_over`` is checked.
_LOOK_SECONDS = 1.0


class Follower(Protocol):
    """Receives legs and their events."""

    def there(self, legs: Sequence[Mapping[str, Any]]) -> None:
        """The legs that exist now, as ``show channels as json`` lists them."""

    def heard(self, event: Mapping[str, str]) -> None:
        """An event by its headers."""

    def lost(self) -> None:
        """The connection to FreeSWITCH is lost."""


def follow(where: EventSocket, follower: Follower, is_over: Callable[[], bool]) -> None:
    """Pass legs and events to a follower until ``is_over``, which is checked every second."""
    stay_connected(where, lambda client: _follow(client, follower, is_over), lambda _: follower.lost(), is_over)


def _follow(client: EventSocketClient, follower: Follower, is_over: Callable[[], bool]) -> None:
    _, listed = client.ask(f"event plain {EVENTS}", "api show channels as json")
    follower.there(rows(listed))
    while not is_over():
        with time_limit(_LOOK_SECONDS):
            while True:
                follower.heard(headers(client.event()))


def headers(event: Message) -> dict[str, str]:
    """An event's headers by name, values decoded."""
    lines = (line.partition(": ") for line in event.head.decode("utf-8", "replace").split("\n"))
    return {name: unquote(value) for name, _, value in lines if name}
