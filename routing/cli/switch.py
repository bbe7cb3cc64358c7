"""A running FreeSWITCH as the commands see it: one function that sends an API command and returns the answer."""

from __future__ import annotations

from collections.abc import Callable

from routing.cli.errors import UserError

DEADLINE_SECONDS = 60.0


def switch(address: str, password: str | None) -> Callable[[str], str]:
    """Sends API commands to the event socket at ``host:port``. Raises UserError when the settings cannot work."""
    from routing.esl.inbound import api

    if not password:
        raise UserError("FreeSWITCH's event socket needs its password: set ROUTING_ESL_PASSWORD, or say --esl-password")
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise UserError(f"`{address}` is not an address: write 127.0.0.1:8021")
    return lambda command: api(host, int(port), password, command, DEADLINE_SECONDS)
