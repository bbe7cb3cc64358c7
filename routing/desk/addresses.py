"""Parameters of addresses for pages with thousands of links: Flask's own take longer than all else of a cell. Pure."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from urllib.parse import quote_plus


def query(parameters: Mapping[str, str]) -> str:
    """``?name=value&...``; "" for none."""
    pairs = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in parameters.items())
    return f"?{pairs}" if pairs else ""


@functools.lru_cache(maxsize=20_000)
def _quoted(text: str) -> str:
    return quote_plus(text)
