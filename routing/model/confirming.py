"""Channel variables of a leg whose phone is asked for a key when it is picked up, for those who write and read them."""

from __future__ import annotations

#: The extension that asks, in a release's file of keys.
ASK = "confirm"
#: The key that takes the call, the one that refuses it, the sound that asks, and where `ASK` is.
KEY, REJECTS = "routing_confirm", "routing_reject"
SOUND, FILE = "routing_confirm_asks", "routing_confirm_file"
