"""Secrets in JSON bodies for CRMs: in any value at any depth, and in addresses inside values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from routing.model.in_clear import PROOF, is_name, is_secret
from routing.model.url_secrets import secret_in


def secrets_in(body: Any, path: str = "", name: str = "") -> Iterator[str]:
    """Paths of clear-text secrets in a body: ``auth.token``, ``rows[0].password``. ``name``: the key of the body."""
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
    """Whether a value is a secret. Many queries have a column `key`: there the value itself must look like one."""
    if is_secret("" if name.lower() == "key" else name, text):
        return True
    if PROOF.match(text) and "{" not in text:
        return True
    pairs = parse_qsl(text) if "=" in text and " " not in text and "://" not in text else ()
    return any(is_secret(each, value) for each, value in pairs) or ("://" in text and bool(secret_in(text)))
