"""Parses a request's body strictly: JSON of bounded size, a visitor id made by the page, the page's path."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

LARGEST_BODY = 8 * 1024
_VISITOR = re.compile(r"[A-Za-z0-9_-]{16,64}")
LONGEST_PAGE = 2048


class InvalidRequest(ValueError):
    """The request is malformed; the text says what is wrong."""


@dataclass(frozen=True)
class TrackingRequest:
    """A request; ``page`` is a path, ``content`` the unchecked JSON object."""

    visitor_id: str
    page: str
    pool: str
    content: Mapping[str, Any]


def read(body: bytes) -> TrackingRequest:
    """The request in a body. Raises InvalidRequest."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidRequest("the body is not JSON") from None
    if not isinstance(content, dict):
        raise InvalidRequest("the body is not an object")
    visitor_id = content.get("visitor")
    if not isinstance(visitor_id, str) or not _VISITOR.fullmatch(visitor_id):
        raise InvalidRequest("visitor must be 16 to 64 letters, digits, _ or -")
    pool = content.get("pool")
    return TrackingRequest(visitor_id, _path(content.get("page")), pool if isinstance(pool, str) else "", content)


def _path(page: Any) -> str:
    if page is None:
        return "/"
    if not isinstance(page, str) or len(page) > LONGEST_PAGE:
        raise InvalidRequest(f"page must be a URL of at most {LONGEST_PAGE} characters")
    try:
        return urlsplit(page).path or "/"
    except ValueError:
        raise InvalidRequest("page is not a URL") from None
