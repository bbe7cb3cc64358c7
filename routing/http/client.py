"""One HTTP request to a webhook handler, with one deadline for everything.

DNS, connect, TLS, headers and body share the deadline. At most 64 kB of body; redirects are answers like any
other; TLS is verified; a connection is used once, so nothing is ever sent twice. A connect that failed is
tried once more, a request of which a byte was sent never. Knows nothing of steps or decisions.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import gevent
import gevent.socket
import gevent.ssl

from routing.http.address import Address, AddressRefused, Resolver, check_address

LONGEST_BODY = 64 * 1024
#: Pause before the same address is tried again: a handler that restarts is back in about this time.
RETRY_SECONDS = 0.05
DEFAULT_PORTS = {"http": 80, "https": 443}
#: What stays as it is in a request target; anything else (a space, Cyrillic) is percent-encoded.
URL_SIGNS = "%/?:@!$&'()*+,;=~-._"


class NoAnswer(Exception):
    """No usable HTTP answer; the text says why and names no secret (neither path nor query of the URL)."""


@dataclass(frozen=True)
class Reply:
    """Status code, ``Content-Type`` ("" when absent), body (at most 64 kB)."""

    status: int
    content_type: str
    body: bytes


@dataclass
class Client:
    """Sends requests. ``link_local`` allows link-local addresses; ``tls`` replaces the system's trust."""

    resolver: Resolver
    link_local: bool = False
    tls: gevent.ssl.SSLContext | None = None

    def exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        """The handler's answer. Raises NoAnswer, after ``deadline_s`` seconds at the latest."""
        timer = gevent.Timeout.start_new(deadline_s)
        try:
            return self._exchange(method, url, headers, body, deadline_s)
        except gevent.Timeout as fired:
            if fired is not timer:
                raise
            raise NoAnswer(f"no answer within {deadline_s:g} s") from None
        except NoAnswer:
            raise
        except http.client.HTTPException as problem:
            raise NoAnswer(f"not HTTP: {type(problem).__name__}") from None
        except (OSError, ValueError) as problem:
            raise NoAnswer(_words(problem)) from None
        finally:
            timer.close()

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        parts = urlsplit(url)
        sock = self._connected(parts, deadline_s)
        try:
            sock.sendall(_request(method, parts, headers, body))
            return _reply(sock, method)
        finally:
            sock.close()

    def _connected(self, parts: SplitResult, deadline_s: float) -> gevent.socket.socket:
        """A connection ready for the request: two tries at most, the second at another address if any."""
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
            raise NoAnswer("the URL is not http or https")
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        addresses = self.resolver.addresses(parts.hostname, port, deadline_s / 2)
        for _, (host, _) in addresses:
            check_address(host, self.link_local)
        first, second = addresses[0], addresses[1 % len(addresses)]
        try:
            return self._connect(first, parts, deadline_s / 2 if first != second else None)
        except (ssl.SSLCertVerificationError, AddressRefused):
            raise
        except OSError:
            gevent.sleep(0.0 if first != second else RETRY_SECONDS)
            return self._connect(second, parts, None)

    def _connect(self, address: Address, parts: SplitResult, patience_s: float | None) -> gevent.socket.socket:
        family, where = address
        sock = gevent.socket.socket(family, gevent.socket.SOCK_STREAM)
        try:
            sock.settimeout(patience_s)
            sock.connect(where)
            sock.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)
            if parts.scheme == "https":
                # the handshake apart: interrupted inside wrap_socket, gevent would leave the socket open
                sock = self._trust().wrap_socket(sock, server_hostname=parts.hostname, do_handshake_on_connect=False)
                sock.do_handshake()
            sock.settimeout(None)
        except BaseException:
            sock.close()
            raise
        return sock

    def _trust(self) -> gevent.ssl.SSLContext:
        if self.tls is None:
            self.tls = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.tls.load_default_certs()
        return self.tls


def _request(method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = request_lines(method, parts, {"Connection": "close", **headers}, body)
    return "\r\n".join([*lines, "", ""]).encode("ascii", "strict") + body


def request_lines(method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> list[str]:
    """The lines of a request's head. Raises NoAnswer when one of them would be two."""
    target = quote((parts.path or "/") + ("?" + parts.query if parts.query else ""), safe=URL_SIGNS)
    host = parts.netloc.rpartition("@")[2].encode("idna").decode()
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    if any(set(line) & {"\r", "\n", "\0"} for line in lines):
        raise NoAnswer("the request holds a line break")
    return lines


def _reply(sock: gevent.socket.socket, method: str) -> Reply:
    response = http.client.HTTPResponse(sock, method=method)
    try:
        response.begin()
        body = response.read(LONGEST_BODY + 1)
        if len(body) > LONGEST_BODY:
            raise NoAnswer(f"the answer is longer than {LONGEST_BODY // 1024} kB")
        if response.length:
            raise NoAnswer("the answer broke off")
        return Reply(response.status, response.getheader("Content-Type") or "", body)
    finally:
        response.close()


def _words(problem: Exception) -> str:
    """An OS or TLS error in words without file names, addresses of memory or the URL."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"TLS certificate refused: {problem.verify_message}"
    text = getattr(problem, "strerror", None) or str(problem) or type(problem).__name__
    return text[:1].lower() + text[1:200]
