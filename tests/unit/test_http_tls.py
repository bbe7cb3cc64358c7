"""TLS of webhooks: verified against the trust store and the host's name, within the one deadline."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import gevent
import gevent.ssl
import pytest
from gevent.event import Event
from gevent.pool import Pool
from gevent.server import StreamServer

from routing.http.address import Resolver
from routing.http.client import HttpClient
from routing.model.web import NoReply
from support import certificates
from support.hostile_http import ATTACKS, Guard, hostile

pytestmark = certificates.needs_openssl

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    home = certificates.made(tmp_path_factory.mktemp("tls"), "handler.example")
    return home / "privkey.pem", home / "fullchain.pem"


@pytest.fixture
def port(certificate) -> Iterator[int]:
    def serve(sock, _):
        with sock:
            sock.recv(4096)
            sock.sendall(ANSWER)

    key, cert = certificate
    own = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(cert, key)
    server = StreamServer(("127.0.0.1", 0), serve, ssl_context=own, spawn=Pool())
    server.start()
    yield server.server_port
    server.stop(0)


def ask(url: str, trusted: Path | None = None, deadline_s: float = 3.0) -> int:
    tls = None
    if trusted:
        tls = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.load_verify_locations(str(trusted))
    client = HttpClient(Resolver(time.monotonic, lambda host: [(2, "127.0.0.1")]), tls=tls)
    with gevent.Timeout(5, AssertionError("the client did not keep its deadline")):
        return client.exchange("POST", url, {}, b"{}", deadline_s).status


def test_a_trusted_certificate_of_the_right_name_is_taken(port, certificate):
    assert ask(f"https://handler.example:{port}/", trusted=certificate[1]) == 200


def test_a_certificate_nobody_vouches_for_is_refused(port, capfd):
    with pytest.raises(NoReply, match="TLS certificate refused: self-signed certificate"):
        ask(f"https://handler.example:{port}/")


def test_a_certificate_of_another_name_is_refused(port, certificate, capfd):
    with pytest.raises(NoReply, match="TLS certificate refused: Hostname mismatch"):
        ask(f"https://other.example:{port}/", trusted=certificate[1])


@pytest.mark.thorough
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_inside_tls_ends_for_its_asker_and_holds_up_nobody_else(attack, certificate):
    key, cert = certificate
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(cert, key)
    with hostile(attack, tls=own) as server, Guard(server) as guard, contextlib.suppress(NoReply):
        ask(f"https://handler.example:{server.port}/", trusted=cert, deadline_s=0.2)
    assert not guard.was_blocked


@pytest.mark.parametrize(
    ("answer", "deadline_s", "reason"),
    [(None, 0.1, r"no answer within 0\.1 s"), (ANSWER, 3.0, r"wrong version number|reset|not answer|record")],
    ids=["handshake never ends", "no TLS there"],
)
def test_a_server_that_speaks_no_tls_is_no_answer(answer, deadline_s, reason):
    def serve(sock, _):
        with sock, contextlib.suppress(OSError):
            sock.sendall(answer) if answer else Event().wait(10)

    server = StreamServer(("127.0.0.1", 0), serve, spawn=Pool())
    server.start()
    with pytest.raises(NoReply, match=reason):
        ask(f"https://handler.example:{server.server_port}/", deadline_s=deadline_s)
    server.stop(0)
