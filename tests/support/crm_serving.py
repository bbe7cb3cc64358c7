"""A fake vendor's API over real HTTP on loopback, and an Http port that sends the vendor's addresses there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import gevent.socket
from gevent.pywsgi import WSGIServer

from routing.model.web import Http, Reply
from support.crm_fake import Fake


class Redirected:
    """The real client, told that every vendor lives at one address."""

    def __init__(self, http: Http, address: str) -> None:
        self.http, self.address = http, address

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        here = urlunsplit(urlsplit(url)._replace(scheme="http", netloc=self.address))
        return self.http.request(method, here, headers, body, deadline_s)


def application(fake: Fake) -> Callable[..., list[bytes]]:
    def serve(environ: Mapping[str, Any], start: Callable[..., Any]) -> list[bytes]:
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        query = environ["QUERY_STRING"]
        url = environ["PATH_INFO"] + (f"?{query}" if query else "")
        began = time.perf_counter()
        fake.wait()
        reply = fake.answer(environ["REQUEST_METHOD"], url, headers, environ["wsgi.input"].read())
        sent = [(name, line) for name, value in reply.headers.items() for line in value.splitlines()]
        sent.append(("X-Took", f"{time.perf_counter() - began:.6f}"))
        body = [] if reply.status == HTTPStatus.NO_CONTENT else [("Content-Length", str(len(reply.body)))]
        start(f"{reply.status} {HTTPStatus(reply.status).phrase}", sent + body)
        return [reply.body]

    return serve


@contextmanager
def serving(fake: Fake, port: int = 0) -> Iterator[str]:
    """``host:port`` where the fake is served; any free port, or this one."""
    listener = gevent.socket.socket()
    listener.setsockopt(gevent.socket.IPPROTO_TCP, gevent.socket.TCP_NODELAY, 1)
    listener.setsockopt(gevent.socket.SOL_SOCKET, gevent.socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen()
    server = WSGIServer(listener, application(fake), log=None)
    server.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.stop(timeout=0)
