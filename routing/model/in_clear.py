"""Signs of a clear-text secret in a scheme folder: one table for addresses, headers, bodies and forms.

YAML contains secrets only by name, and only in headers: git, logs and journals would show a value.
"""

from __future__ import annotations

import re

from routing.model.secret import is_key

#: Names of credentials among parameters, headers and keys. A plain `key` has other meanings too.
_NAMES = re.compile(
    r"(.*[_.-])?(token|secret|auth|authorization|pass|pwd|pw|sig|signature|jwt|credentials?|cookie)|(.*[_.-])key"
    r"|(php)?sess(ion)?_?id|sid|.*(token|secret|passw|api.?key|auth.?key|access.?key).*",
    re.IGNORECASE,
)
#: An authentication scheme and its credential.
PROOF = re.compile(r"(bearer|basic|digest|token|apikey|zoho-oauthtoken)\s+\S", re.IGNORECASE)
_PLACES = re.compile(r"\{+[^{}]*\}+")
_LONG_KEY = 8
#: The right place for a secret.
HINT = 'put its name in a header: `headers: {Authorization: "Bearer {NAME}"}`'


def is_name(name: str) -> bool:
    """Whether this is the name of a credential."""
    return _NAMES.fullmatch(name) is not None


def is_secret(name: str, value: str) -> bool:
    """Whether a parameter's value is a secret; a placeholder such as ``{phone}`` is none."""
    bare = _PLACES.sub("", value)
    named = is_name(name) or (name.lower() == "key" and len(bare) >= _LONG_KEY)
    return bool(bare) and (named or is_key(bare))
