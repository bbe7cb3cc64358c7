"""Channel variables of a leg with a confirm key."""

from __future__ import annotations

#: The extension of the prompt, in a release's file of keys.
ASK = "confirm"
#: The confirm key, the reject key, the prompt, and the file of `ASK`.
KEY, REJECTS = "routing_confirm", "routing_reject"
SOUND, FILE = "routing_confirm_asks", "routing_confirm_file"
