"""Secrets in web addresses: ``https://x/?token=abc``, ``https://user:pass@host``.

They would stand in git, in logs and in journals, wherever a call is told of; headers carry secrets by name.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from routing.model.in_clear import is_secret
from routing.model.secret import is_key

#: Wherever an address stands in a text: what is before its host, and its parameters.
_BEFORE_HOST = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^\s/?#`\"']*@", re.IGNORECASE)
_PARAMETER = re.compile(r"([?&#;])([^\s=?&#;`\"']+)=([^\s&#;`\"')]+)")
HIDDEN = "***"


def secret_in(address: str) -> str:
    """Which part of an address, or of a path with a query, is a secret in clear; the empty string when none is."""
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
    """A text with the secrets of the addresses in it hidden."""
    return _PARAMETER.sub(_hidden, _BEFORE_HOST.sub(rf"\1{HIDDEN}@", text)) if "://" in text else text


def _hidden(found: re.Match[str]) -> str:
    sign, name, value = found.groups()
    return f"{sign}{name}={HIDDEN}" if is_secret(unquote(name), value) else found[0]
