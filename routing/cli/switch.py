"""A running FreeSWITCH for commands: a function that sends an API command and returns the answer."""

from __future__ import annotations

from collections.abc import Callable

from routing.cli.errors import UserError
from routing.esl.protocol import EventSocket

DEADLINE_SECONDS = 60.0
#: End of a problem's text -> hint.
_HINTS = {
    "connection refused": "is FreeSWITCH running, and is that its event socket?",
    "the password of its event socket": "it is in the node's event_socket.json",
    "access list (`apply-inbound-acl`)": "run the command on the node itself",
}


def switch(address: str, password: str | None) -> Callable[[str], str]:
    """Sends API commands to the event socket at ``host:port``. Raises UserError when the settings cannot work."""
    from routing.esl.client import SwitchFault, api

    if not password:
        places = "ROUTING_NODE to the node's folder, or ROUTING_ESL_PASSWORD"
        raise UserError(f"FreeSWITCH's event socket needs its password: set {places}")
    where = event_socket(address, password)

    def ask(command: str) -> str:
        try:
            return api(where, command, DEADLINE_SECONDS)
        except SwitchFault as problem:
            raise SwitchFault(_hinted(str(problem))) from None

    return ask


def _hinted(problem: str) -> str:
    hint = next((hint for end, hint in _HINTS.items() if problem.endswith(end)), "")
    return f"{problem} (hint: {hint})" if hint else problem


def event_socket(address: str, password: str) -> EventSocket:
    """The event socket at ``host:port``. Raises UserError for a wrong address."""
    try:
        return EventSocket.at(address, password)
    except ValueError as problem:
        raise UserError(str(problem)) from None
