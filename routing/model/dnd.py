"""Do-not-disturb in FreeSWITCH: one global variable per person, expanded before each phone in a dial string.

Empty or unset, the phone is dialled. With ``BUSY`` the endpoint becomes `error` with cause 17, USER_BUSY, and
FreeSWITCH ignores the rest. So static steps obey it too, without a condition of their own.
"""

from __future__ import annotations

PREFIX = "routing_dnd_"
BUSY = "error/17/"


def variable(person: str) -> str:
    """The name of a person's global variable."""
    return f"{PREFIX}{person}"
