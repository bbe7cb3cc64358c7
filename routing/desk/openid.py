"""An OpenID Connect provider, asked by the desk: code flow with PKCE, state and nonce; the id token is checked whole.

Addresses and keys come from the provider's own document, whose issuer must be the one of the schemes. Requests are few
at a time and have deadlines, so that a provider that stalls takes no thread from those who sign in otherwise.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock
from typing import Any, cast
from urllib.parse import urlsplit

from authlib.common.urls import url_encode
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from routing.desk.plan import OpenIdProvider
from routing.model.web import NoReply, Reply, is_sent_unencrypted

#: For one request to the provider; requests at a time.
DEADLINE_SECONDS, AT_ONCE = 5.0, 4
#: How long the provider's document is kept, how old its keys are when an unknown one makes the desk ask anew.
KEPT_SECONDS, KEYS_SECONDS = 3600.0, 30.0
#: How far the provider's clock may be off.
LEEWAY_SECONDS = 60
#: Signatures that only the provider can make: no `none`, and none by the secret that the desk has too.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
Exchange = Callable[[str, str, Mapping[str, str], bytes, float], Reply]


class ProviderAway(Exception):
    """The provider does not answer, or not as it should; the text says why, without secrets."""


class TokenRefused(Exception):
    """What the browser or the provider brought does not sign anybody in; the text says why."""


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """What the desk remembers while somebody is at the provider."""

    state: str
    nonce: str
    verifier: str
    issuer: str
    next_page: str = ""

    @staticmethod
    def new(issuer: str, next_page: str) -> SignInAttempt:
        """One that nobody can guess."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return SignInAttempt(state, nonce, verifier, issuer, next_page)


@dataclass
class OpenIdClient:
    """Asks providers. ``now``: seconds since the epoch."""

    exchange: Exchange
    now: Callable[[], float]
    _places: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(AT_ONCE))
    _lock: Lock = field(default_factory=Lock)
    #: Address -> when it was read, what it says.
    _known: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    def address(self, provider: OpenIdProvider, attempt: SignInAttempt, back: str, again: bool = False) -> str:
        """Where the browser goes. ``again``: the provider asks for the password even if it knows the browser. Raises
        ProviderAway."""
        return str(
            prepare_grant_uri(
                self._document(provider)["authorization_endpoint"],
                client_id=provider.client_id,
                response_type="code",
                redirect_uri=back,
                scope="openid email profile",
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
                **({"prompt": "login"} if again else {}),
            )
        )

    def claims(
        self, provider: OpenIdProvider, secret: str, attempt: SignInAttempt, back: str, given: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """What the provider says of who has come back with ``given`` in the address. Raises ProviderAway and
        TokenRefused."""
        document = self._document(provider)
        _must_be_the_answer(provider, document, attempt, given)
        token = self._token(provider, document, secret, attempt, back, given["code"])
        return self._checked(provider, document, attempt, token)

    def _token(
        self, provider: OpenIdProvider, document: Mapping[str, Any], secret: str, attempt: SignInAttempt, back: str,
        code: str,
    ) -> Mapping[str, Any]:  # fmt: skip
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        body = url_encode([*fields.items(), ("code_verifier", attempt.verifier)])
        methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = next((each for each in ("client_secret_basic", "client_secret_post") if each in methods), None)
        if method is None:
            raise ProviderAway("it accepts no client secret")
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        auth = ClientAuth(provider.client_id, secret, method)
        address, headers, body = auth.prepare("POST", document["token_endpoint"], headers, body)
        reply = self._request("POST", address, headers, str(body).encode())
        if 400 <= reply.status < 500:
            raise TokenRefused(f"the provider refused the code: {_object(reply).get('error', reply.status)!s:.80}")
        return _object(_ok(reply))

    def _checked(
        self, provider: OpenIdProvider, document: Mapping[str, Any], attempt: SignInAttempt, token: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        raw = token.get("id_token")
        if not isinstance(raw, str) or not isinstance(token.get("access_token", ""), str):
            raise TokenRefused("there is no id token")
        found = self._decoded(document["jwks_uri"], raw)
        options = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": provider.client_id},
            "nonce": {"essential": True, "value": attempt.nonce},
        }
        about = {"nonce": attempt.nonce, "client_id": provider.client_id, "access_token": token.get("access_token")}
        claims = CodeIDToken(found.claims, found.header, options, about)
        try:
            claims.validate(int(self.now()), LEEWAY_SECONDS)
        except (JoseError, TypeError, ValueError, AttributeError) as problem:
            raise TokenRefused(f"the id token is not for us or over: {problem!s:.120}") from None
        return dict(claims)

    def _decoded(self, jwks: str, raw: str) -> jwt.Token:
        """The token, if a key of the provider's has signed it; unknown keys are looked for once more."""
        for oldest_s in (KEPT_SECONDS, KEYS_SECONDS):
            try:
                keys = KeySet.import_key_set(cast(Any, self._kept(jwks, oldest_s)))
                return jwt.decode(raw, keys, algorithms=[*ALGORITHMS])
            except (JoseError, ValueError, TypeError, KeyError, AttributeError) as problem:
                why = f"{type(problem).__name__} {problem!s:.120}"
        raise TokenRefused(f"no key of the provider's has signed the id token: {why}")

    def _document(self, provider: OpenIdProvider) -> Mapping[str, Any]:
        found = self._kept(get_well_known_url(provider.issuer, external=True), KEPT_SECONDS)
        if found.get("issuer") != provider.issuer:
            raise ProviderAway("its document is another issuer's")
        for name in _ENDPOINTS:
            address = found.get(name)
            if not isinstance(address, str) or urlsplit(address).scheme not in ("https", "http"):
                raise ProviderAway(f"its document has no {name}")
            if is_sent_unencrypted(address):
                raise ProviderAway(f"its {name} is not encrypted")
        return found

    def _kept(self, address: str, oldest_s: float) -> dict[str, Any]:
        """What stands at an address, not older than this. Raises ProviderAway."""
        with self._lock:
            read_s, found = self._known.get(address, (float("-inf"), {}))
        if self.now() - read_s < oldest_s:
            return found
        found = _object(_ok(self._request("GET", address, {"Accept": "application/json"}, b"")))
        with self._lock:
            self._known[address] = self.now(), found
        return found

    def _request(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Reply:
        with self._place():
            try:
                return self.exchange(method, address, headers, body, DEADLINE_SECONDS)
            except NoReply as problem:
                raise ProviderAway(str(problem)) from None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise ProviderAway("too many wait for it")
        try:
            yield
        finally:
            self._places.release()


def _must_be_the_answer(
    provider: OpenIdProvider, document: Mapping[str, Any], attempt: SignInAttempt, given: Mapping[str, str]
) -> None:
    """Whether an address is the answer to the attempt, by the provider that was asked. Raises TokenRefused."""
    if not secrets.compare_digest(given.get("state", "").encode(), attempt.state.encode()):
        raise TokenRefused("the answer is to another question")
    is_named = bool(document.get("authorization_response_iss_parameter_supported"))
    if attempt.issuer != provider.issuer or given.get("iss", "" if is_named else provider.issuer) != provider.issuer:
        raise TokenRefused("another provider has answered")
    if given.get("error") or not given.get("code"):
        raise TokenRefused(f"the provider signs nobody in: {given.get('error', 'no code')[:80]}")


def _ok(reply: Reply) -> Reply:
    if reply.status != 200:
        raise ProviderAway(f"it answers {reply.status}")
    return reply


def _object(reply: Reply) -> dict[str, Any]:
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise ProviderAway("its answer is no JSON") from None
    if not isinstance(found, dict):
        raise ProviderAway("its answer is no object")
    return found
