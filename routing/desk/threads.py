"""Runs a WSGI application in threads of a gevent server, so that its views may wait for SQL and disks.

The request's body is read before, in the server's greenlet: a thread must not touch the greenlet's socket. An answer's
parts are made in threads too, except those of a `LiveStream`, which waits in its greenlet for what comes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from gevent.threadpool import ThreadPool

THREADS = 16
#: Of a request; no form of the desk is larger.
LARGEST_BODY = 64 * 1024
_TOO_LARGE = b"request entity too large\n"
_END = object()
StartResponse = Callable[..., Any]


class LiveStream(Protocol):
    """An answer's parts that are made in the server's greenlet."""

    #: Distinguishes it from other iterables.
    is_live: bool

    def __iter__(self) -> Iterator[bytes]: ...


class InThreads:
    """The application as a gevent server calls it."""

    def __init__(self, application: Callable[..., Iterable[bytes]], threads: int = THREADS) -> None:
        self._application = application
        self._pool = ThreadPool(threads)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        body = _body(environ)
        if body is None:
            start_response("413 Content Too Large", [("Content-Type", "text/plain"), ("Connection", "close")])
            return [_TOO_LARGE]
        began: list[Any] = []

        def begin(status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], Any]:
            began[:] = [status, headers]
            return _no_write

        parts = self._pool.apply(self._application, ({**environ, "wsgi.input": io.BytesIO(body)}, begin))
        start_response(*began)
        if getattr(parts, "is_live", False):
            return parts
        if isinstance(parts, list):
            return parts
        return self._each(parts)

    def _each(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts, each made in a thread; closed whatever happens."""
        try:
            made = iter(parts)
            while (part := self._pool.apply(next, (made, _END))) is not _END:
                yield part
        finally:
            close = getattr(parts, "close", None)
            if close:
                self._pool.apply(close)


def _body(environ: dict[str, Any]) -> bytes | None:
    """The request's body; None for one that is too large or of unknown length."""
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if environ.get("HTTP_TRANSFER_ENCODING") or not length.isdigit() or int(length) > LARGEST_BODY:
        return None
    return bytes(environ["wsgi.input"].read(int(length)))


def _no_write(_: bytes) -> None:
    raise NotImplementedError("views return their answer")
