"""What counts as a voicemail message: callers who hang up at the tone leave none.

A message has a minimum length and contains audible sound. This module knows no files.
"""

from __future__ import annotations

from collections.abc import Mapping

#: The channel variable with the shortest length in whole seconds; default: `LEAST_SECONDS`.
LEAST = "routing_message_least"
LEAST_SECONDS = 2
#: Mean amplitude (of 32,768) from which 20 ms count as audible: FreeSWITCH's `record` treats less as silence.
SILENCE_ENERGY = 100
#: A message contains at least this much audible sound.
HEARD_SECONDS = 0.5


def least_seconds(channel: Mapping[str, str]) -> int:
    """The shortest message of a voicemail, by the call's channel variables."""
    value = channel.get(LEAST, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else LEAST_SECONDS
