"""Tokens with which a page may see one person's pops for a while: ``ivan.1795421100.<signature>``. Pure.

Browsers' EventSource cannot send headers, so the token is part of the URL, and URLs appear in logs: a token is
therefore valid for one person, for reading, and for a short time. The signature is HMAC-SHA256 with the project's key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_SECONDS = 12 * 3600
_TOKEN = re.compile(r"([a-z][a-z0-9_]{0,63})\.([0-9]{1,12})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True)
class TokenClaims:
    """Whose pops may be seen, and until when (seconds since the epoch)."""

    person: str
    until: int


def signed(key: str, project: str, allowed: TokenClaims) -> str:
    """The token."""
    text = f"routing pops\n{project}\n{allowed.person}\n{allowed.until}".encode()
    mark = base64.urlsafe_b64encode(hmac.digest(key.encode(), text, hashlib.sha256)).decode().rstrip("=")
    return f"{allowed.person}.{allowed.until}.{mark}"


def read(token: str, keys: Sequence[str], project: str, now: float) -> TokenClaims | None:
    """What a token allows; None when its signature is wrong or it has expired."""
    found = _TOKEN.fullmatch(token)
    if not found:
        return None
    allowed = TokenClaims(found[1], int(found[2]))
    # compare every key: the response time must not depend on which one is nearest
    right = [hmac.compare_digest(token, signed(key, project, allowed)) for key in keys]
    return allowed if any(right) and now < allowed.until <= now + LONGEST_SECONDS else None
