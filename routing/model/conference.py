"""Rooms where callers and people talk: names that the compiler, the switch and the journal share."""

from __future__ import annotations

#: The profile of mod_conference: callers' keys do nothing in it, and music plays to who is alone.
PROFILE = "routing"
#: The file of PINs in a release, and its context.
PINS = "pins"
#: What a caller types: a secret variable, which a command at their hangup forgets (`model.typed_digits`).
TYPED = "secret_room_pin"
#: ``true``: the caller has typed the PIN.
ADMITTED = "routing_admitted"
#: ``true``: the caller has been in the room; empty for a full room and without the PIN.
ENTERED = "routing_in_room"
#: Of an invited leg: the uuid of the call that invites it.
INVITED_BY = "routing_invited_by"
#: The extension of a release's `keys` file that an invited leg runs before it enters.
JOINS = "joins"


def waiting(room: str) -> str:
    """The global variable with the uuid of the caller who entered an empty room."""
    return f"routing_alone_{room}"
