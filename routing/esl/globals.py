"""FreeSWITCH's global variables of one family held to what is wanted, over its inbound event socket, for ever.

What the variables are for is not known here. A FreeSWITCH that restarts has forgotten them and is told again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import gevent

from routing.esl.client import RETRY_SECONDS, EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket

#: How soon FreeSWITCH knows of a change.
EVERY_SECONDS = 2.0
#: Names and values without spaces and line breaks; None: they are not known at the moment, and stay as they are.
ExpectedVariables = Callable[[], Mapping[str, str] | None]


def keep(
    where: EventSocket,
    prefix: str,
    expected: ExpectedVariables,
    every_s: float = EVERY_SECONDS,
    retry_s: float = RETRY_SECONDS,
) -> None:
    """Hold every variable whose name begins with ``prefix``; ends when its greenlet is killed.

    Whoever watches the same event socket tells when it is lost.
    """

    def hold(client: EventSocketClient) -> None:
        while True:
            mend(client, prefix, expected())
            gevent.sleep(every_s)

    stay_connected(where, hold, retry_s=retry_s)


def mend(client: EventSocketClient, prefix: str, expected: Mapping[str, str] | None) -> None:
    """Set what is missing or other, remove what is not wanted. Raises SwitchFault."""
    if expected is None:
        return
    there = dict(variables(client, prefix))
    changes = {name: value for name, value in expected.items() if there.get(name) != value}
    changes |= dict.fromkeys(there.keys() - expected.keys(), "")
    if changes:
        client.ask(*(f"api global_setvar {name}={value}" for name, value in sorted(changes.items())))


def variables(client: EventSocketClient, prefix: str) -> Iterator[tuple[str, str]]:
    """The variables of a family that FreeSWITCH has now. Raises SwitchFault."""
    (answer,) = client.ask("api global_getvar")
    for line in answer.splitlines():
        name, _, value = line.partition("=")
        if name.startswith(prefix):
            yield name, value
