"""Health and metrics over HTTP."""

from __future__ import annotations

import http.client
import json
import socket

import pytest

from routing.http.status import StatusServer


@pytest.fixture
def status():
    server = StatusServer(
        ("127.0.0.1", 0), lambda: (server.well, {"workers": 2}), lambda: b"routing_x 1\n", {"/people": lambda: b"{}\n"}
    )
    server.well = True
    server.start()
    yield server
    server.shutdown()
    server.server_close()


def get(server: StatusServer, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*server.server_address, timeout=3)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_health_tells_whether_calls_are_taken(status):
    code, body = get(status, "/health")
    assert (code, json.loads(body)) == (200, {"status": "ok", "workers": 2})
    status.well = False
    code, body = get(status, "/health")
    assert (code, json.loads(body)["status"]) == (503, "unavailable")


def test_metrics_and_nothing_else(status):
    assert get(status, "/metrics") == (200, b"routing_x 1\n")
    assert get(status, "/people") == (200, b"{}\n")
    assert get(status, "/etc/passwd") == (404, b"/health or /metrics or /people\n")


def test_a_client_that_leaves_or_talks_nonsense_does_no_harm(status):
    for said in (b"", b"\xff" * 100_000 + b"\r\n\r\n", b"GET /health"):
        with socket.create_connection(status.server_address, timeout=3) as peer:
            peer.sendall(said)
    assert get(status, "/health")[0] == 200
