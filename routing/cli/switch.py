"""A running FreeSWITCH as the commands see it: one function that sends an API command and returns the answer."""

from __future__ import annotations

from collections.abc import Callable

from routing.cli.errors import UserError
from routing.esl.protocol import EventSocket

DEADLINE_SECONDS = 60.0


def switch(address: str, password: str | None) -> Callable[[str], str]:
    """Sends API commands to the event socket at ``host:port``. Raises UserError when the settings cannot work."""
    from routing.esl.client import api

    if not password:
        raise UserError("FreeSWITCH's event socket needs its password: set ROUTING_ESL_PASSWORD, or say --esl-password")
    where = event_socket(address, password)
    return lambda command: api(where, command, DEADLINE_SECONDS)


def event_socket(address: str, password: str) -> EventSocket:
    """The event socket at ``host:port``. Raises UserError for what is no address."""
    try:
        return EventSocket.at(address, password)
    except ValueError as problem:
        raise UserError(str(problem)) from None
