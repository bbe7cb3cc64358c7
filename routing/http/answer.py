"""Writing an HTTP request's head, reading its answer, and one mapping of all errors to NoReply.

Shared by the client of webhooks and the pool for CRMs. Opens no connections.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, quote

import gevent

from routing.http.connection import MeteredConnection
from routing.model.budget import OutOfTime
from routing.model.web import NoReply, Reply

#: Characters that stay as they are in a request target; others (a space, Cyrillic) are percent-encoded.
URL_SIGNS = "%/?:@!$&'()*+,;=~-._"

#: Limit for everything before the body: interim answers, the status line, headers. A body may take twice its length on
#: the wire, for the sizes of its chunks.
HEAD_BYTES = 96 * 1024


@dataclass
class RequestState:
    """How far a request came; ``is_sent``: its first byte may be on the way."""

    is_sent: bool = False


@contextmanager
def answering(deadline_s: float) -> Iterator[RequestState]:
    """One deadline for a whole exchange. Turns every error in it into NoReply, whose text never shows the URL."""
    exchange = RequestState()
    try:
        with _no_reply(deadline_s):
            yield exchange
    except NoReply as problem:
        problem.is_sent = exchange.is_sent
        raise


@contextmanager
def _no_reply(deadline_s: float) -> Iterator[None]:
    timer = gevent.Timeout.start_new(deadline_s)
    try:
        yield
    except gevent.Timeout as fired:
        if fired is not timer:
            raise
        raise NoReply(_too_late(deadline_s)) from None
    except OutOfTime:
        raise NoReply(_too_late(deadline_s)) from None
    except http.client.HTTPException as problem:
        raise NoReply(f"not HTTP: {type(problem).__name__}") from None
    except OSError as problem:
        raise NoReply(error_text(problem)) from None
    except ValueError:
        raise NoReply("the URL cannot be requested") from None
    finally:
        timer.close()


def _too_late(deadline_s: float) -> str:
    return f"no answer within {deadline_s:.3g} s"


def error_text(problem: OSError) -> str:
    """The text of an OS or TLS error, without file names, memory addresses or the URL."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return f"TLS certificate refused: {problem.verify_message}"
    text = problem.strerror or str(problem) or type(problem).__name__
    return text[:1].lower() + text[1:200]


def head(method: str, parts: SplitResult, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request up to its body. Raises NoReply for a line break in a line, and for a header that is not ASCII."""
    target = quote((parts.path or "/") + ("?" + parts.query if parts.query else ""), safe=URL_SIGNS)
    host = parts.netloc.rpartition("@")[2].encode("idna").decode()
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    if any(set(line) & {"\r", "\n", "\0"} for line in lines):
        raise NoReply("the request holds a line break")
    try:
        return "\r\n".join([*lines, "", ""]).encode("ascii")
    except UnicodeEncodeError:
        raise NoReply("a header is not ASCII (hint: check the secrets)") from None


def read(connection: MeteredConnection, method: str, longest: int) -> tuple[Reply, bool]:
    """An answer with at most ``longest`` bytes of body, and whether the connection may be used again."""
    connection.budget.left += HEAD_BYTES
    response = http.client.HTTPResponse(connection, method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        connection.budget.left += longest * 2
        body = response.read(longest + 1)
        if len(body) > longest:
            raise NoReply(f"the answer is longer than {longest // 1024} kB")
        if response.length:
            raise NoReply("the answer broke off")
        keep = not response.will_close and connection.is_drained
        return Reply(response.status, _headers(response), body), keep
    finally:
        response.close()


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    """Headers by lower-case name; the values of a repeated header (cookies) are separated by line breaks."""
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        key = name.lower()
        headers[key] = f"{headers[key]}\n{value}" if key in headers else value
    return headers
