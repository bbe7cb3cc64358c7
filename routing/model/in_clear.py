"""What looks like a secret that stands in clear in a scheme folder: one table for addresses, headers, bodies and forms.

Secrets stand in YAML by name, in headers alone: a value would stand in git, in logs and in journals.
"""

from __future__ import annotations

import re

from routing.model.secret import is_key

#: Names of parameters, headers and keys by which servers know who asks. `key` alone is also what others call a word.
_NAMES = re.compile(
    r"(.*[_.-])?(token|secret|auth|authorization|pass|pwd|pw|sig|signature|jwt|credentials?|cookie)|(.*[_.-])key"
    r"|(php)?sess(ion)?_?id|sid|.*(token|secret|passw|api.?key|auth.?key|access.?key).*",
    re.IGNORECASE,
)
#: A word that servers want before a proof, and the proof.
PROOF = re.compile(r"(bearer|basic|digest|token|apikey|zoho-oauthtoken)\s+\S", re.IGNORECASE)
_PLACES = re.compile(r"\{+[^{}]*\}+")
_LONG_KEY = 8
#: Where a secret belongs instead.
HINT = 'a header carries it by name, `headers: {Authorization: "Bearer {NAME}"}`'


def is_name(name: str) -> bool:
    """Whether what bears this name is a secret."""
    return _NAMES.fullmatch(name) is not None


def is_secret(name: str, value: str) -> bool:
    """Whether a parameter's value is a secret; a place that is filled in, ``{phone}``, is none."""
    bare = _PLACES.sub("", value)
    named = is_name(name) or (name.lower() == "key" and len(bare) >= _LONG_KEY)
    return bool(bare) and (named or is_key(bare))
