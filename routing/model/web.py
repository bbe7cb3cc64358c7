"""The port for HTTP requests to other companies' servers. Knows no client and no vendor."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

_NEAR = (".local", ".lan", ".internal", ".home.arpa", "localhost")


def is_web_address(text: str) -> bool:
    """Whether it is an http(s) URL with a host, without blanks."""
    try:
        parts = urlsplit(text)
        has_host = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return has_host and not re.search(r"\s", text)


def is_near(url: str) -> bool:
    """Whether a URL's host is this machine or in a private network."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_NEAR)


def is_sent_unencrypted(url: str) -> bool:
    """Whether requests to a URL are sent unencrypted over foreign networks."""
    return url.startswith("http:") and not is_near(url)


@dataclass(frozen=True)
class Reply:
    """An HTTP answer: status code, headers by lower-case name, the whole body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


class NoReply(Exception):
    """No valid HTTP answer; the text says why and contains no part of the URL, headers or body.

    ``is_sent``: a byte of the request may have reached the server, which may have acted on it.
    """

    is_sent = False


class Http(Protocol):
    """Sends one request. Redirects are not followed; TLS is verified; the body's size is limited."""

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        """The answer. Raises NoReply, after ``deadline_s`` seconds at the latest."""
