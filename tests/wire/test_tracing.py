"""Decisions as OpenTelemetry spans: what a collector gets, and what a collector that is away costs."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from click.testing import CliRunner
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from routing.cli.serve import serve
from routing.engine.tracing import DecisionSpans
from support.served import Served, decide
from support.wire_release import webhook, write_release

CALL = "3740e285-2f1c-4f7e-9d3f-0a4be1d04c55"
FACTS = {
    "call": CALL, "scheme": "kharkiv", "step": "3", "kind": "webhook", "number": "+380800330521",
    "caller": "+380671234567", "verdict": "decided", "decision": "1:person:ivan", "reason": "handler: person ivan",
    "host": "crm.example", "ms": 12.5,
}  # fmt: skip
#: To a collector that is away.
MANY_SPANS = """
import json, sys
from routing.engine.tracing import DecisionSpans
spans = DecisionSpans("http://127.0.0.1:9/v1/traces")
for _ in range(5_000):
    spans(json.loads(sys.argv[1]))
spans.close()
"""


class Collector:
    """Takes what is sent to it."""

    def __init__(self):
        self.got = got = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                request = ExportTraceServiceRequest()
                request.ParseFromString(self.rfile.read(int(self.headers["Content-Length"])))
                got.append(request)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1/traces"

    def spans(self):
        return [
            span for request in self.got for resource in request.resource_spans
            for scope in resource.scope_spans for span in scope.spans
        ]  # fmt: skip

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def collector():
    made = Collector()
    yield made
    made.stop()


@pytest.fixture
def spans_to():
    made = []

    def make(url):
        made.append(DecisionSpans(url))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_a_decision_is_a_span_of_its_calls_trace(collector, spans_to):
    spans = spans_to(collector.url)
    spans(FACTS)
    spans(FACTS | {"step": "4", "kind": "sticky", "verdict": "failed", "reason": "Redis did not answer", "ms": 500.0})
    spans.close()
    first, second = collector.spans()
    assert first.trace_id.hex() == second.trace_id.hex() == CALL.replace("-", "")
    assert (first.name, second.name) == ("decide webhook", "decide sticky")
    assert first.end_time_unix_nano - first.start_time_unix_nano == 12_500_000
    assert (first.status.code, second.status.message) == (0, "Redis did not answer")
    shown = {each.key: each.value.string_value for each in first.attributes}
    assert shown["routing.decision"] == "1:person:ivan"
    assert FACTS["caller"] not in str(first), "numbers of callers are not sent"


def test_a_call_without_a_uuid_has_a_trace_too(collector, spans_to):
    spans = spans_to(collector.url)
    spans(FACTS | {"call": "no uuid"})
    spans.close()
    (span,) = collector.spans()
    assert int(span.trace_id.hex(), 16)


@pytest.mark.process
def test_a_dead_collector_fills_no_log():
    """In a process of its own: the library's thread goes on sending, and warns on stderr, for seconds after `close`."""
    ended = subprocess.run(
        [sys.executable, "-c", MANY_SPANS, json.dumps(FACTS)], stderr=subprocess.PIPE, check=True, text=True
    )
    lines = ended.stderr.splitlines()
    assert 0 < len(lines) < 50, ended.stderr


@pytest.mark.process
@pytest.mark.parametrize("hangs", [False, True], ids=["a collector", "one that hangs"])
def test_an_engine_sends_its_decisions_and_ends_whatever_the_collector_does(collector, tmp_path, hangs):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1/traces" if hangs else collector.url
        release = write_release(tmp_path, **{"3": webhook("http://127.0.0.1:9/route")})
        engine = Served(tmp_path, "--traces", url, "--workers", "1")
        try:
            assert decide(engine, release)
            engine.process.terminate()
            assert engine.process.wait(30) == 0
        finally:
            engine.end()
    assert [span.name for span in collector.spans()] == ([] if hangs else ["decide webhook"])


@pytest.mark.parametrize("url", ["127.0.0.1:4318", "ftp://x/v1/traces", "http:///v1/traces"])
def test_a_url_that_is_none(url, tmp_path):
    told = CliRunner().invoke(serve, ["--root", str(tmp_path), "--traces", url])
    assert told.exit_code == 2
    assert f"`{url}` is no URL of a collector: write http://127.0.0.1:4318/v1/traces" in " ".join(told.output.split())


def test_libraries_that_are_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr("routing.engine.trace_option._PARTS", ("no_such_library.sdk",))
    told = CliRunner().invoke(serve, ["--root", str(tmp_path), "--traces", "http://127.0.0.1:4318/v1/traces"])
    assert told.exit_code == 2
    assert "pip install 'routing[traces]'" in told.output
