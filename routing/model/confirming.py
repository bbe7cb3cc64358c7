"""Channel variables of a leg with a confirm key."""

from __future__ import annotations

#: The value of FreeSWITCH's `group_confirm_key` with which a leg runs an extension instead of waiting for that key.
RUNS_EXTENSION = "exec"

#: The extension of the prompt, in a release's file of keys.
ASK = "confirm"
#: The confirm key, the reject key, the prompt, and the file of `ASK`.
KEY, REJECTS = "routing_confirm", "routing_reject"
SOUND, FILE = "routing_confirm_asks", "routing_confirm_file"
