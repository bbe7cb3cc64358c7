"""New voicemails of people, and the headers that switch a phone's message-waiting light on.

A message is new from its recording until the person has heard it from a phone (``HEAR``), or until it is older than
``WAITS_SECONDS``. Its name consists of its box and its call, like its file's.
"""

from __future__ import annotations

import re

#: The feature code to hear them.
HEAR = "*97"
WAITS_SECONDS = 30 * 86_400
#: Most new messages of one person; the oldest are dropped.
MOST = 200
#: Most messages in one call: each costs FreeSWITCH 1.6 MB until the call ends, and two of at most 70 transfers.
MOST_AT_ONCE = 20
#: The channel variable that carries one message's name, or ``NONE``.
MESSAGE, NONE = "routing_message", "none"
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}/[0-9a-zA-Z_-]{8,64}")


def name_of(box: str, call: str) -> str:
    """The name of a message: ``sales/3740e285-...``; "" for an invalid one."""
    name = f"{box}/{call}"
    return name if NAME.fullmatch(name) else ""


def mwi_headers(count: int) -> dict[str, str]:
    """The headers of a message-waiting notification (RFC 3842) with ``count`` new messages and no old ones."""
    return {"MWI-Messages-Waiting": "yes" if count else "no", "MWI-Voice-Message": f"{count}/0 (0/0)"}
