"""Keys that a person presses during a talk: names that the compiler, the fixed dialplan and tests share."""

from __future__ import annotations

#: The file of a release, and its context; the context of the targets that may be asked.
TALK, TARGETS = "talk", "targets"
#: The realm of all keys in a talk: FreeSWITCH listens to those of one realm at a time.
REALM = "talk"
#: Keys of a talk: ask a colleague while the other party waits; send the other party on without asking.
ASK, SEND = "*2", "##"
#: The other party waits with music until the same key brings them back.
HOLD = "*3"
#: Keys while a colleague is asked: back to who waits; all three together.
BACK, JOIN = "*", "#"
#: Of every leg of a call: the uuid of its caller's leg. Keys are bound once a call.
BOUND = "routing_talk"
#: The uuid of who waits: the name of the room in which they do.
WAITS = "routing_held"
#: ``true``: this leg has pressed the key that takes both legs out of their talk.
PRESSES = "routing_presses"
#: ``true``: this leg asks, or holds.
ASKS = "routing_asks"
#: Commands at the hangup of who asks: the party who waits goes where it was to go, or comes back to their phone.
SENT_ON = f"uuid_transfer ${{{WAITS}}} ${{routing_digits}} XML routing_transferred"
COMES_BACK = f"uuid_transfer ${{{WAITS}}} nobody XML routing_transferred"
#: A command as the room of who waits opens: they hear there that they are recorded.
HEARS = "hears"
IN_ROOM = f"uuid_broadcast ${{uuid}} execute_extension::{HEARS} aleg"
#: A person's phone, as targets of legs name it: ``ivan.desk``.
PHONE = r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*"
#: ``true``: keys are bound to this leg for itself, as it has called a colleague.
OWN_KEYS = "routing_own_keys"
#: The rest of an argument of ``execute_extension`` in that file; before a talk: whose keys count.
FILE = f"XML:${{routing_release}}/{TALK}.xml {TALK}"
CALLED, CALLER, BOTH = (f"{whose} {FILE}" for whose in ("called", "caller", "both"))
#: Of a call to a client (`CALLER`): their leg, which is the called one, binds the keys of its other party.
KEYS_OF_CLIENT_LEG = f"client {FILE}"
