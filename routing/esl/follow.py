"""FreeSWITCH's inbound event socket for whoever wants to know every leg: those that are there, then their events.

The events as they are, decoded; reconnects until it is stopped, and says when nothing is heard any more. Runs in a
thread of its own as well.
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
#: How often whether to stop is looked at.
_LOOK_SECONDS = 1.0


class Follower(Protocol):
    """Is told what happens."""

    def there(self, legs: Sequence[Mapping[str, Any]]) -> None:
        """The legs that are there now, as ``show channels as json`` has them."""

    def heard(self, event: Mapping[str, str]) -> None:
        """An event by its headers."""

    def lost(self) -> None:
        """FreeSWITCH is not heard any more."""


def follow(where: EventSocket, follower: Follower, is_over: Callable[[], bool]) -> None:
    """Tell a follower until ``is_over``, which is asked every second."""
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
