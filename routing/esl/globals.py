"""Keeps FreeSWITCH's global variables of one prefix at their expected values, over its inbound event socket.

Does not know what the variables are for. They are set again after a restart of FreeSWITCH.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import gevent

from routing.esl.client import RETRY_SECONDS, EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket

#: How soon FreeSWITCH has a change.
EVERY_SECONDS = 2.0
#: Names and values without spaces and line breaks; None: not known at the moment, the variables stay as they are.
ExpectedVariables = Callable[[], Mapping[str, str] | None]


def keep(
    where: EventSocket,
    prefix: str,
    expected: ExpectedVariables,
    every_s: float = EVERY_SECONDS,
    retry_s: float = RETRY_SECONDS,
) -> None:
    """Keep every variable whose name begins with ``prefix``; ends when its greenlet is killed.

    Does not report a lost connection: `routing.esl.watch` does.
    """

    def hold(client: EventSocketClient) -> None:
        while True:
            apply(client, prefix, expected())
            gevent.sleep(every_s)

    stay_connected(where, hold, retry_s=retry_s)


def apply(client: EventSocketClient, prefix: str, expected: Mapping[str, str] | None) -> None:
    """Set missing and different variables, remove unexpected ones. Raises SwitchFault."""
    if expected is None:
        return
    there = dict(variables(client, prefix))
    changes = {name: value for name, value in expected.items() if there.get(name) != value}
    changes |= dict.fromkeys(there.keys() - expected.keys(), "")
    if changes:
        client.ask(*(f"api global_setvar {name}={value}" for name, value in sorted(changes.items())))


def variables(client: EventSocketClient, prefix: str) -> Iterator[tuple[str, str]]:
    """FreeSWITCH's variables with a prefix and their values. Raises SwitchFault."""
    (answer,) = client.ask("api global_getvar")
    for line in answer.splitlines():
        name, _, value = line.partition("=")
        if name.startswith(prefix):
            yield name, value
