"""Credentials of CRMs: a fixed key, or a token that is requested and renewed once for all look-ups that wait for it.

Tokens are kept in memory only. Refresh tokens that change with every use are not supported: several workers share one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from gevent.lock import BoundedSemaphore

from routing.crm.fault import Fault
from routing.crm.lookup import Lookup, content_of
from routing.crm.record import text, under
from routing.model.web import Reply

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
#: A token is renewed this long before it ends.
EARLY_SECONDS = 60.0
DEFAULT_TOKEN_SECONDS = 1800.0


@dataclass(frozen=True)
class Key:
    """Headers that never change: an API key, a private application's token."""

    proof: Mapping[str, str] = field(repr=False)

    def headers(self, lookup: Lookup) -> Mapping[str, str]:
        """The headers."""
        return self.proof

    def renew(self, lookup: Lookup, refused: Mapping[str, str]) -> bool:
        """Nothing to renew."""
        return False


@dataclass(frozen=True)
class Grant:
    """A token: request headers that carry it, and its lifetime in seconds."""

    headers: Mapping[str, str] = field(repr=False)
    seconds: float = DEFAULT_TOKEN_SECONDS


@dataclass
class Token:
    """Headers from ``fetch``; a lock lets one look-up fetch while the others wait for its token."""

    fetch: Callable[[Lookup], Grant]
    grant: Grant | None = field(default=None, repr=False)
    until_s: float = 0.0
    lock: BoundedSemaphore = field(default_factory=BoundedSemaphore, repr=False)

    def headers(self, lookup: Lookup) -> Mapping[str, str]:
        """The headers of a valid token. Raises Fault."""
        grant = self.grant
        if grant is None or lookup.clock() >= self.until_s:
            grant = self._fetched(lookup, grant)
        return grant.headers

    def renew(self, lookup: Lookup, refused: Mapping[str, str]) -> bool:
        """Fetch another token, unless another look-up has done it meanwhile. Raises Fault."""
        stale = self.grant if self.grant and self.grant.headers == refused else None
        if stale is not None:
            self._fetched(lookup, stale)
        return True

    def _fetched(self, lookup: Lookup, stale: Grant | None) -> Grant:
        if not self.lock.acquire(timeout=lookup.left_s()):
            raise Fault("another call fetches its token, which takes too long")
        try:
            if self.grant is None or self.grant is stale:
                self.grant = self.fetch(lookup)
                self.until_s = lookup.clock() + max(self.grant.seconds - EARLY_SECONDS, self.grant.seconds / 2)
            return self.grant
        finally:
            self.lock.release()


def oauth(url: str, form: Mapping[str, str], scheme: str = "Bearer") -> Callable[[Lookup], Grant]:
    """Fetches a token from an OAuth 2.0 token endpoint; ``form`` is its request (client credentials, refresh)."""

    def fetch(lookup: Lookup) -> Grant:
        reply = lookup.bare("POST", url, FORM, urlencode(form).encode())
        answer = _token_answer(reply)
        seconds = under(answer, "expires_in")
        good_for = float(seconds) if isinstance(seconds, int | float) else DEFAULT_TOKEN_SECONDS
        return Grant({"Authorization": f"{scheme} {answer['access_token']}"}, good_for)

    return fetch


def _token_answer(reply: Reply) -> Any:
    """The answer of a token endpoint; Zoho sends errors with status 200."""
    if reply.status in (400, 401, 403):
        raise Fault("the token endpoint refuses our credentials")
    try:
        answer = content_of(reply)
    except Fault as problem:
        raise Fault(f"the token endpoint: {problem}") from None
    if not text(under(answer, "access_token")):
        raise Fault("the token endpoint gave no token")
    return answer
