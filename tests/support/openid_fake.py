"""An OpenID Connect provider over real HTTP on loopback, made from the public specification. It can lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

CLIENT, SECRET = "desk-1", "s3cret of the desk"


@cache
def first_key() -> Any:
    """A provider's key; making one takes long."""
    return RSAKey.generate_key(2048, {"kid": "k1"})


@dataclass
class OpenIdFake:
    """``changes``: what it does to an id token's claims before it signs them; ``sign``: how it signs; ``wrong``: what
    it answers at a path: a status, bytes, or an event that it waits for."""

    now: float
    key: Any = field(default_factory=first_key)
    changes: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    wrong: dict[str, int | bytes | threading.Event] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    sign: Callable[[dict[str, Any]], str] | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    published: list[Any] | None = None

    def __post_init__(self) -> None:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake._serve(self, b"")

            def do_POST(self) -> None:
                fake._serve(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/realm"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Stop serving."""
        for each in self.wrong.values():
            if isinstance(each, threading.Event):
                each.set()
        self.server.shutdown()
        self.server.server_close()

    def settings(self, claim: str = "email") -> dict[str, str]:
        """What stands of it in ``desk.json``."""
        return {
            "issuer": self.issuer, "client_id": CLIENT, "secret": "OPENID", "claim": claim, "label": "Keycloak",
        }  # fmt: skip

    def agrees(self, address: str, **claims: Any) -> dict[str, str]:
        """The person at the browser has signed in here: the parameters with which they go back."""
        given = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (given["client_id"], given["response_type"]) == (CLIENT, "code")
        assert "openid" in given["scope"].split() and given["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = given | {"claims": json.dumps(claims)}
        return {"code": code, "state": given["state"]}

    def _serve(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        path = urlsplit(request.path).path.removeprefix("/realm")
        self.asked.append((path, dict(request.headers), body.decode()))
        found = self.wrong.get(path)
        if isinstance(found, threading.Event):
            found.wait(60)
            return
        if isinstance(found, bytes):
            return _send(request, 200, found)
        if found:
            return _send(request, found, b"{}")
        answers = {
            "/.well-known/openid-configuration": self._document, "/keys": self._keys,
            "/token": lambda: self._token(body),
        }  # fmt: skip
        status, answer = answers[path]()
        return _send(request, status, json.dumps(answer).encode())

    def _document(self) -> tuple[int, dict[str, Any]]:
        plain = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/login",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
        }  # fmt: skip
        return 200, plain | self.document

    def _keys(self) -> tuple[int, dict[str, Any]]:
        keys = [self.key] if self.published is None else self.published
        return 200, {"keys": [key.as_dict(private=False) for key in keys]}

    def _token(self, body: bytes) -> tuple[int, dict[str, Any]]:
        given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        begun = self.codes.pop(given.get("code", ""), None)
        header = self.asked[-1][1].get("Authorization", "")
        basic = base64.b64decode(header.removeprefix("Basic ")).decode() if header else ""
        posted = f"{given.get('client_id')}:{given.get('client_secret')}"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        if f"{CLIENT}:{SECRET}" not in (basic, posted):
            return 401, {"error": "invalid_client"}
        if begun is None or begun["code_challenge"] != challenge.decode().rstrip("="):
            return 400, {"error": "invalid_grant"}
        assert given["redirect_uri"] == begun["redirect_uri"]
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "248289761001", "iat": int(self.now), "exp": int(self.now) + 300,
            "nonce": begun["nonce"], "email_verified": True, **json.loads(begun["claims"]), **self.changes,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": (self.sign or self.signed)(claims)}

    def signed(self, claims: dict[str, Any], key: Any = None, alg: str = "", kid: str = "") -> str:
        """An id token."""
        key = key or self.key
        alg = alg or ("ES256" if isinstance(key, ECKey) else "RS256")
        return jwt.encode({"alg": alg, "kid": kid or key.kid}, claims, key, [alg])

    def unsigned(self, claims: dict[str, Any], alg: str = "none", tail: str = "") -> str:
        """One with `alg: none`, or with a signature that is none."""
        return ".".join((_part({"alg": alg, "kid": self.key.kid}), _part(claims), tail))

    def by_its_public_key(self, claims: dict[str, Any]) -> str:
        """HS256 with the public key as the secret, which everybody knows."""
        signed = f"{_part({'alg': 'HS256', 'kid': self.key.kid})}.{_part(claims)}"
        mac = hmac.new(self.key.as_pem(private=False), signed.encode(), "sha256").digest()
        return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    def by_the_desks_secret(self, claims: dict[str, Any]) -> str:
        """HS256 with the secret that the desk has too."""
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET.ljust(32, "x")), ["HS256"])


def _part(facts: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(facts).encode()).decode().rstrip("=")


def _send(request: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    request.send_response(status)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
