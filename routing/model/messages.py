"""Voicemails that wait for somebody: whose they are, and what FreeSWITCH is told so that a phone's light is on.

A message waits from the moment it is recorded until its person has heard it from a phone (``HEAR``), or until it is
older than ``WAITS_SECONDS``. It is named by its box and the call that left it, as its file is.
"""

from __future__ import annotations

import re

#: What a phone dials to hear them.
HEAR = "*97"
WAITS_SECONDS = 30 * 86_400
#: Of one person; the oldest are waited for no more.
MOST = 200
#: Heard in one call: each costs FreeSWITCH 1.6 MB until it ends, and two of its transfers, 70 of which end it.
MOST_AT_ONCE = 20
#: The channel variable that carries one message's name, or ``NONE``.
MESSAGE, NONE = "routing_message", "none"
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}/[0-9a-zA-Z_-]{8,64}")


def name_of(box: str, call: str) -> str:
    """The name of a message: ``sales/3740e285-...``; "" when it can be none."""
    name = f"{box}/{call}"
    return name if NAME.fullmatch(name) else ""


def mwi_headers(count: int) -> dict[str, str]:
    """What is told of so many messages (RFC 3842): new ones, none that was heard before."""
    return {"MWI-Messages-Waiting": "yes" if count else "no", "MWI-Voice-Message": f"{count}/0 (0/0)"}
