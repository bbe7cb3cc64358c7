"""Follows calls that come in over FreeSWITCH's event socket: each as it comes, and how long it was answered.

The watcher may send commands on the same connection. Events come as FreeSWITCH has them; who they are for is the
watcher's to know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from routing.esl.client import EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket, Message
from routing.esl.time_limit import time_limit

EVENTS = "CHANNEL_CREATE CHANNEL_HANGUP_COMPLETE"
#: The context of calls from gateways.
_CONTEXT = "routing_inbound"
#: How often ``is_over`` is checked and the watcher may work.
LOOK_SECONDS = 1.0
#: Sends an API command and returns the answer. Raises SwitchFault.
Switch = Callable[[str], str]


class ArrivalWatcher(Protocol):
    """Hears of calls."""

    def connected(self, switch: Switch) -> None:
        """FreeSWITCH is there; commands may be sent until the next call of this."""

    def came(self, uuid: str, dialled: str, caller: str) -> None:
        """A call has come: what was dialled and who calls, as the carrier writes it."""

    def ended(self, uuid: str, answered_s: float, number: str, caller: str) -> None:
        """A leg has ended that was answered for so many seconds; most are no calls that `came`. ``number`` and
        ``caller``: as the dialplan has read them, "" where it has not."""

    def idle(self) -> None:
        """A moment has passed without or with calls."""


def watch_arrivals(where: EventSocket, watcher: ArrivalWatcher, is_over: Callable[[], bool]) -> None:
    """Pass on calls until ``is_over``, which is checked every second."""
    stay_connected(where, lambda client: _follow(client, watcher, is_over), is_over=is_over)


def _follow(client: EventSocketClient, watcher: ArrivalWatcher, is_over: Callable[[], bool]) -> None:
    client.ask(f"event plain {EVENTS}")
    watcher.connected(lambda command: client.ask(f"api {command}")[0])
    while not is_over():
        event = None
        with time_limit(LOOK_SECONDS):
            event = client.event()
        if event:
            _pass_on(event, watcher)
        else:
            watcher.idle()


def _pass_on(event: Message, watcher: ArrivalWatcher) -> None:
    def header(name: str) -> str:
        return event.get(name) or ""

    if header("Event-Name") == "CHANNEL_HANGUP_COMPLETE":
        answered, ended = (float(header(f"Caller-Channel-{name}-Time") or 0) / 1e6 for name in ("Answered", "Hangup"))
        read = (header(f"variable_routing_{name}") for name in ("number", "caller"))
        watcher.ended(header("Unique-ID"), max(0.0, ended - answered) if answered else 0.0, *read)
    elif header("Call-Direction") == "inbound" and header("Caller-Context") == _CONTEXT:
        watcher.came(header("Unique-ID"), header("Caller-Destination-Number"), header("Caller-Caller-ID-Number"))
