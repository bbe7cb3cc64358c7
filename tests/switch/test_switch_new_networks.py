"""A leaked password is seen: an account that registers from a network where it never was is told, by a signed POST."""

import contextlib
import http.server
import json
import os
import signal
import sys
import threading

import pytest

from support.processes import launch
from support.redis_needed import needs_redis
from support.switchbed import redises
from support.switchbed.agent import HOST
from support.switchbed.lab import Lab, company_with, until

ELSEWHERE, NEAR = "127.9.9.9", "127.0.0.7"


class Heard(http.server.BaseHTTPRequestHandler):
    """Keeps what it is told."""

    told: list[tuple[dict[str, str], dict[str, object]]]

    def do_POST(self):
        said = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append((dict(self.headers), json.loads(said)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words):
        """Nobody reads it."""


@pytest.fixture
def told():
    """Messages, and the address that takes them."""
    handler = type("Told", (Heard,), {"told": []})
    with http.server.ThreadingHTTPServer((HOST, 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield handler.told, f"http://{HOST}:{server.server_port}/told"
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def recording(lab, folder, redis):
    """`routing journal` of the lab, for as long as the block runs; gives its log."""
    log = folder / "journal.log"
    spool = lab.switch.home / "spool"
    command = [sys.executable, "-m", "routing", "journal", "--spool", spool, "--root", lab.root, "--redis", redis]
    with log.open("wb") as out:
        process = launch(command, stdout=out, stderr=out, env=os.environ | {"ROUTING_NOTICE_SECRET": "s3cret"})
    try:
        yield log
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@needs_redis
def test_a_new_network_of_an_account_is_told_once(tmp_path, told):
    messages, url = told
    company = company_with(f"notify: ['{url}']")
    lab = Lab(tmp_path / "lab", more={"company.yaml": company})
    with redises.alone(tmp_path / "redis") as redis, recording(lab, tmp_path, redis.url):
        store = redises.store_at(redis.url)
        node = lab.switch.esl.api("switchname").strip()

        def known():
            return sorted(store.ask("x", ("ZRANGE", "routing:{lab:networks}:of:2002", 0, -1))[0])

        try:
            with lab.phone("2002"):
                assert until(lambda: known() == [b"127.0.0.0/24"], 60)
            with lab.phone("2002", host=NEAR), lab.phone("2003", host=ELSEWHERE):
                pass
            with lab.phone("2002", host=ELSEWHERE):
                assert until(lambda: messages)
            with lab.phone("2002", host=ELSEWHERE), lab.phone("2002", host=HOST):
                pass
            assert until(lambda: not store.ask("x", ("HLEN", "routing:{lab:networks}:untold"))[0])
        finally:
            store.close()
    ((headers, said),) = messages
    assert headers["Webhook-Signature"].startswith("v1,")
    assert (said["kind"], said["account"], said["phone"]) == ("new_network", "2002", "support.desk")
    assert (said["network"], said["address"]) == ("127.9.9.0/24", ELSEWHERE)
    assert said["node"] == node
    lab.stop()
