"""Secrets in the headers of requests: the names in a header, and the header with their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

#: The name of a secret in a header's text: ``{CRM_TOKEN}``.
PLACE = re.compile(r"\{([A-Za-z][A-Za-z0-9_]{0,63})\}")


def secrets_of(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every header with each secret that it names."""
    yield from ((header, name) for header, value in headers.items() for name in PLACE.findall(value))


def filled(headers: Mapping[str, str], secret: Callable[[str], str]) -> dict[str, str]:
    """The headers with their secrets' values. Raises what ``secret`` raises."""
    return {name: PLACE.sub(lambda found: secret(found[1]), value) for name, value in headers.items()}
