"""Rooms where callers and people talk: names that the compiler, the switch and the journal share."""

from __future__ import annotations

import re

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
#: Of the leg of somebody of the company: where the key leads that masks the room's recording; what came of the key.
MASKS, PAUSES = "routing_room_masks", "routing_room_pauses"
#: The realm of that key.
REALM = "room"
#: The script that pauses a recording, or lets it go on: the whole room's, or that of the call's own leg.
PAUSED = (
    "~local a=freeswitch.API() session:setVariable([[{result}]], "
    "a:execute([[conference]], [[{room} recording {command} {file}]])"
    "..a:execute([[uuid_record]], [[{call} {does} {file}]]))"
)
_FOUND = {
    "result": r"(\w+)", "room": r"\w+", "command": "(pause|resume)", "file": r"(\S+)", "call": r"\S+", "does": r"\w+",
}  # fmt: skip
#: What it looks like, with its variables or without: variable of the result, command, file.
PAUSED_SCRIPT = re.compile("".join(_FOUND.get(part, re.escape(part)) for part in re.split(r"\{(\w+)\}", PAUSED)))


def masked_by(room: str) -> str:
    """The global variable with the uuid of the call whose recording of a room is masked."""
    return f"routing_cut_{room}"


def waiting(room: str) -> str:
    """The global variable with the uuid of the caller who entered an empty room."""
    return f"routing_alone_{room}"
