"""``routing serve`` with one worker and handlers that mean harm: each of their calls goes on with its scheme in time,
and the calls of other schemes are decided meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack

import gevent
import pytest
from gevent.pywsgi import WSGIServer

from support.hostile_http import ATTACKS, hostile
from support.served import Served, decide
from support.waiting import within
from support.wire_peer import Peer
from support.wire_release import webhook, write_release

pytestmark = pytest.mark.process
#: Between two calls of the other scheme.
PAUSE_S = 0.05


@pytest.fixture
def honest() -> Iterator[str]:
    def application(_, start):
        start("200 OK", [("Content-Length", "16")])
        return [b'{"ring": "ivan"}']

    server = WSGIServer(("127.0.0.1", 0), application, log=None)
    server.start()
    yield f"http://127.0.0.1:{server.server_port}/route"
    server.stop()


def _verdict(engine: Served, release: str, step: str) -> dict[str, str]:
    with Peer(engine.port) as peer, within(20):
        return peer.decision(release=release, step=step)


def test_a_handler_holds_up_nobody_but_its_own_call(tmp_path, honest):
    with ExitStack() as stack:
        servers = [stack.enter_context(hostile(attack)) for attack in ATTACKS]
        hooks = {str(n): f"http://127.0.0.1:{each.port}/route" for n, each in enumerate(servers, 10)}
        steps = {step: webhook(url, timeout_s=1.0) for step, url in hooks.items()}
        release = write_release(tmp_path, **{"3": webhook(honest)}, **steps)
        engine = Served(tmp_path, "--workers", "1")
        stack.callback(engine.end)
        (worker,) = engine.workers()
        held = [gevent.spawn(_verdict, engine, release, step) for step in steps]
        decided = []
        while not all(each.ready() for each in held):
            decided.append(decide(engine, release))
            gevent.sleep(PAUSE_S)
        assert set(decided) == {"3:ring:person:ivan"}
        for step, each in zip(steps, held, strict=True):
            assert each.get()["routing_decision"] == f"{step}:continue"
            assert int(each.get()["routing_took_ms"]) < 5000
        assert engine.workers() == [worker]
        assert engine.line("worker_stuck") is None
        assert json.loads(engine.get("/health"))["ready"] == 1
