"""What counts as a message of a voicemail: callers who hang up at the tone leave none.

A message lasts for a while and holds something that is heard. Knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Mapping

#: The channel variable with the shortest length in whole seconds; without it `LEAST_SECONDS` holds.
LEAST = "routing_message_least"
LEAST_SECONDS = 2
#: Mean amplitude (of 32,768) from which 20 ms count as heard: FreeSWITCH's `record` takes less for silence.
SILENCE_ENERGY = 100
#: A message holds at least so much that is heard.
HEARD_SECONDS = 0.5


def least_seconds(channel: Mapping[str, str]) -> int:
    """The shortest message of a voicemail, by the call's channel variables."""
    value = channel.get(LEAST, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else LEAST_SECONDS
