"""The labels of a call, as its channel carries them: each with a comma behind it, in the order in which they came."""

from __future__ import annotations

import re

#: Set by ``tag`` steps.
TAGS = "routing_tags"
_TAG = re.compile(r"[a-z][a-z0-9_]{0,63}")
#: More than any call has; a call of ten schemes that label in every step has no more.
MOST = 200


def tags_of(text: str) -> tuple[str, ...]:
    """The labels in a value of `TAGS`, each once, in order; whatever is no label is left out."""
    return tuple(dict.fromkeys(tag for tag in text.split(",")[:MOST] if _TAG.fullmatch(tag)))
