"""Do-not-disturb as FreeSWITCH knows it: a global variable a person, which stands before each phone in a dial string.

Empty or not there: the phone is dialled. ``BUSY``: what would have been dialled is an error with cause 17, USER_BUSY,
and FreeSWITCH reads no further than the number. So steps that ask nobody obey it too, without a condition of their own.
"""

from __future__ import annotations

PREFIX = "routing_dnd_"
BUSY = "error/17/"


def variable(person: str) -> str:
    """The name of a person's global variable."""
    return f"{PREFIX}{person}"
