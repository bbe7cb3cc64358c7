"""Secrets in the JSON bodies that authors write for their CRMs: in any value at any depth, in addresses in them too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from routing.model.in_clear import PROOF, is_name, is_secret
from routing.model.url_secrets import secret_in


def secrets_in(body: Any, path: str = "", name: str = "") -> Iterator[str]:
    """Where in a body a secret stands in clear: ``auth.token``, ``rows[0].password``. ``name``: what holds the body."""
    if isinstance(body, dict):
        for key, value in body.items():
            holder = name if is_name(name) else str(key)
            yield from secrets_in(value, f"{path}.{key}" if path else str(key), holder)
    elif isinstance(body, list):
        for index, value in enumerate(body):
            yield from secrets_in(value, f"{path}[{index}]", name)
    elif isinstance(body, str | int | float) and not isinstance(body, bool) and _is_one(name, str(body)):
        yield path or "the text"


def _is_one(name: str, text: str) -> bool:
    """Of a value. A column is called `key` in many a query: there the value must look like one."""
    if is_secret("" if name.lower() == "key" else name, text):
        return True
    if PROOF.match(text) and "{" not in text:
        return True
    pairs = parse_qsl(text) if "=" in text and " " not in text and "://" not in text else ()
    return any(is_secret(each, value) for each, value in pairs) or ("://" in text and bool(secret_in(text)))
