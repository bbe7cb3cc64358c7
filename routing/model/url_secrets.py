"""Secrets in web addresses: ``https://x/?token=abc``, ``https://user:pass@host``.

Git, logs and journals would show them; headers carry secrets by name instead.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from routing.model.in_clear import is_secret
from routing.model.secret import is_key

#: In any address in a text: the part before its host, and its parameters.
_BEFORE_HOST = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/?#`\"']*@", re.IGNORECASE)
_PARAMETER = re.compile(r"([?&#;])([^\s=?&#;`\"']+)=([^\s&#;`\"')]+)")
HIDDEN = "***"


def secret_in(address: str) -> str:
    """Which part of an address, or of a path with a query, is a clear-text secret; the empty string for none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if "@" in parts.netloc:
        return "a password"
    path, _, of_path = parts.path.partition(";")
    for query in (parts.query, parts.fragment.rpartition("?")[2], of_path):
        for name, value in parse_qsl(query.replace(";", "&")):
            if is_secret(name, value):
                return f"a secret, the parameter `{name}`"
    if any(map(is_key, unquote(path).split("/"))):
        return "a secret, a part of its path"
    return ""


def masked(text: str) -> str:
    """A text with the secrets in its addresses masked."""
    return _PARAMETER.sub(_hidden, _BEFORE_HOST.sub(rf"\1{HIDDEN}@", text)) if "://" in text else text


def _hidden(found: re.Match[str]) -> str:
    sign, name, value = found.groups()
    return f"{sign}{name}={HIDDEN}" if is_secret(unquote(name), value) else found[0]
