"""FreeSWITCH's inbound event socket for whoever wants to know every leg: those that are there, then their events.

The events as they are, decoded; reconnects until it is stopped, and says when nothing is heard any more. Runs in a
thread of its own as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

import gevent

from routing.esl.patience import patience
from routing.esl.protocol import ProtocolError
from routing.esl.watch import RETRY_SECONDS, Session, rows, session

EVENTS = "CHANNEL_CREATE CHANNEL_ANSWER CHANNEL_BRIDGE CHANNEL_HANGUP_COMPLETE"
#: How often whether to stop is looked at.
_LOOK_SECONDS = 1.0


class Follower(Protocol):
    """Is told what happens."""

    def there(self, legs: Sequence[Mapping[str, Any]]) -> None:
        """The legs that are there now, as ``show channels as json`` has them."""

    def told(self, event: Mapping[str, str]) -> None:
        """An event by its headers."""

    def lost(self) -> None:
        """FreeSWITCH is not heard any more."""


def follow(address: tuple[str, int], password: str, follower: Follower, is_over: Callable[[], bool]) -> None:
    """Tell a follower until ``is_over``, which is asked every second."""
    while not is_over():
        try:
            with session(*address, password) as opened:
                _follow(opened, follower, is_over)
        except (OSError, ProtocolError, ValueError, KeyError, TypeError):
            follower.lost()
        gevent.sleep(RETRY_SECONDS)


def _follow(opened: Session, follower: Follower, is_over: Callable[[], bool]) -> None:
    _, listed = opened.ask(f"event plain {EVENTS}", "api show channels as json")
    follower.there(rows(listed))
    while not is_over():
        with patience(_LOOK_SECONDS):
            while True:
                follower.told(headers(opened.event()))


def headers(event: bytes) -> dict[str, str]:
    """An event's headers by name, values decoded."""
    lines = (line.partition(": ") for line in event.decode("utf-8", "replace").split("\n"))
    return {name: unquote(value) for name, _, value in lines if name}
