"""The port through which adapters speak HTTP to other companies' servers. Knows no client and no vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Reply:
    """An HTTP answer: status code, headers by lower-case name, the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class NoReply(Exception):
    """No usable HTTP answer; the text says why and holds no part of the URL, headers or body."""


class Http(Protocol):
    """Sends one request. Redirects are answers like any other; TLS is verified; the body is bounded."""

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        """The answer. Raises NoReply, after ``deadline_s`` seconds at the latest."""
