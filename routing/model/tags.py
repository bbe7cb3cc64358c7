"""The labels of a call in a channel variable: each followed by a comma, in the order of the `tag` steps."""

from __future__ import annotations

import re

#: Set by ``tag`` steps.
TAGS = "routing_tags"
_TAG = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: More labels than any call has.
MOST = 200


def tags_of(text: str) -> tuple[str, ...]:
    """The distinct labels in a value of `TAGS`, in order; anything else is skipped."""
    return tuple(dict.fromkeys(tag for tag in text.split(",")[:MOST] if _TAG.fullmatch(tag)))
