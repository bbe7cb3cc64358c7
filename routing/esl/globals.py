"""FreeSWITCH's global variables of one family held to what is wanted, over its inbound event socket, for ever.

What the variables are for is not known here. A FreeSWITCH that restarts has forgotten them and is told again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import gevent

from routing.esl.protocol import ProtocolError
from routing.esl.watch import RETRY_SECONDS, Session, session

#: How soon FreeSWITCH knows of a change.
EVERY_SECONDS = 2.0
#: Names and values without spaces and line breaks; None: they are not known at the moment, and stay as they are.
Wanted = Callable[[], Mapping[str, str] | None]


def keep(
    host: str, port: int, password: str, prefix: str, wanted: Wanted,
    every_s: float = EVERY_SECONDS, retry_s: float = RETRY_SECONDS,
) -> None:  # fmt: skip
    """Hold every variable whose name begins with ``prefix``; ends when its greenlet is killed."""
    while True:
        try:
            with session(host, port, password) as switch:
                while True:
                    mend(switch, prefix, wanted())
                    gevent.sleep(every_s)
        except (OSError, ProtocolError):
            gevent.sleep(retry_s)  # whoever watches the same event socket tells of it


def mend(switch: Session, prefix: str, wanted: Mapping[str, str] | None) -> None:
    """Set what is missing or other, remove what is not wanted. Raises Lost."""
    if wanted is None:
        return
    there = dict(_there(switch, prefix))
    changes = {name: value for name, value in wanted.items() if there.get(name) != value}
    changes |= dict.fromkeys(there.keys() - wanted.keys(), "")
    if changes:
        switch.ask(*(f"api global_setvar {name}={value}" for name, value in sorted(changes.items())))


def _there(switch: Session, prefix: str) -> Iterator[tuple[str, str]]:
    (reply,) = switch.ask("api global_getvar")
    for line in reply.body.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition("=")
        if name.startswith(prefix):
            yield name, value
