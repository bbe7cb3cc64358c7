"""Sets phones' message-waiting lights over FreeSWITCH's event socket: on every change, and when a phone registers.

FreeSWITCH sends the NOTIFY to an account's registered phone (mod_sofia, on MESSAGE_WAITING), and queries the count when
one registers (MESSAGE_QUERY). Does not know whose messages they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from routing.esl.client import RETRY_SECONDS, EventSocketClient, stay_connected
from routing.esl.protocol import EventSocket
from routing.esl.time_limit import time_limit
from routing.model.messages import mwi_headers

#: How soon a phone shows a change.
EVERY_SECONDS = 2.0
_ACCOUNT = re.compile(r"(?:sip:)?([A-Za-z0-9][A-Za-z0-9_.-]{0,63})@.*")
#: SIP account -> waiting messages; None: not known at the moment, the lights stay as they are.
Waiting = Callable[[], Mapping[str, int] | None]


def keep_lights(
    where: EventSocket, waiting: Waiting, every_s: float = EVERY_SECONDS, retry_s: float = RETRY_SECONDS
) -> None:
    """Keep every phone's light up to date; ends when its greenlet is killed.

    Does not report a lost connection: `routing.esl.watch` does.
    """
    stay_connected(where, lambda client: _hold(client, waiting, every_s), retry_s=retry_s)


def _hold(client: EventSocketClient, waiting: Waiting, every_s: float) -> None:
    """Sends every account's count once at the beginning, 0 too: a last message may have been heard meanwhile, with the
    light still on."""
    _, domain = (answer.strip() for answer in client.ask("event plain MESSAGE_QUERY", "api global_getvar domain"))
    counts: Mapping[str, int] = {}
    while True:
        now = waiting()
        if now is not None:
            for account in dict.fromkeys((*now, *counts)):
                count = now.get(account, 0)
                if count != counts.get(account):
                    _show(client, account, domain, count)
            counts = now
        with time_limit(every_s):
            while True:
                query = _ACCOUNT.fullmatch(client.event().get("Message-Account") or "")
                if query and query[1] in counts:
                    _show(client, query[1], domain, counts[query[1]])


def _show(client: EventSocketClient, account: str, domain: str, count: int) -> None:
    client.fire("MESSAGE_WAITING", {"MWI-Message-Account": f"{account}@{domain}", **mwi_headers(count)})
