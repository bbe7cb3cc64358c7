"""Follows registrations over FreeSWITCH's event socket: first the existing ones, then every new one."""

from __future__ import annotations

from collections.abc import Callable

from routing.esl.client import EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket
from routing.esl.time_limit import time_limit
from routing.esl.watch import rows

EVENTS = "CUSTOM sofia::register"
_FACTS = ("from-user", "network-ip", "user-agent", "FreeSWITCH-Switchname")
#: How often ``is_over`` is checked.
LOOK_SECONDS = 1.0

#: Account, address, the phone's user agent ("" when it is not known), the node.
Registered = Callable[[str, str, str, str], None]


def follow_registrations(where: EventSocket, registered: Registered, is_over: Callable[[], bool]) -> None:
    """Call ``registered`` for every registration until ``is_over``, which is checked every second."""
    stay_connected(where, lambda client: _follow(client, registered, is_over), is_over=is_over)


def _follow(client: EventSocketClient, registered: Registered, is_over: Callable[[], bool]) -> None:
    _, listed = client.ask(f"event plain {EVENTS}", "api show registrations as json")
    for row in rows(listed):
        registered(str(row.get("reg_user")), str(row.get("network_ip")), "", str(row.get("hostname")))
    while not is_over():
        event = None
        with time_limit(LOOK_SECONDS):
            event = client.event()
        if event:
            registered(*(event.get(name) or "" for name in _FACTS))
