"""``routing serve`` as an operator runs it: real processes, real ports, real signals."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.serve import serve as command
from routing.engine.serve import ServeFault, ServeOptions, run
from support.redis_needed import needs_redis
from support.served import PATIENCE_SECONDS, Served, decide
from support.wire_peer import Peer
from support.wire_release import NAME, TABLE, webhook, write_release

pytestmark = pytest.mark.process


class Handler(BaseHTTPRequestHandler):
    """Answers once the test lets it."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.set()
        self.server.may_answer.wait(10)
        body = b'{"ring": "ivan"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def handler() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked, server.may_answer = threading.Event(), threading.Event()
    server.may_answer.set()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.may_answer.set()
    server.shutdown()
    server.server_close()


def alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture
def serve(tmp_path, handler) -> Iterator[Callable[..., tuple[Served, str]]]:
    started: list[Served] = []

    def start(*arguments: str) -> tuple[Served, str]:
        release = write_release(tmp_path, **{"3": webhook(f"http://127.0.0.1:{handler.server_port}/route")})
        started.append(Served(tmp_path, *arguments))
        return started[-1], release

    yield start
    for each in started:
        each.end()


def test_calls_are_decided_counted_and_logged_and_a_dead_worker_is_replaced(serve):
    engine, release = serve("--workers", "2")
    for _ in range(4):
        assert decide(engine, release) == "3:ring:person:ivan"
    # a call has its decision before the engine has written it down
    assert engine.until(lambda: engine.line("decision"))["verdict"] == "decided"
    for told in (
        'routing_decisions_total{kind="webhook",verdict="decided"} 4.0',
        'routing_decision_seconds_count{kind="webhook"} 4.0',
        "routing_open_calls 0.0",
    ):
        engine.until(lambda told=told: told in engine.get("/metrics"))

    first, second = engine.workers()
    os.kill(first, signal.SIGKILL)
    engine.until(lambda: json.loads(engine.get("/health"))["ready"] == 2 and first not in engine.workers())
    assert second in engine.workers()
    engine.process.send_signal(signal.SIGHUP)
    assert decide(engine, release) == "3:ring:person:ivan"

    engine.process.send_signal(signal.SIGTERM)
    assert engine.process.wait(PATIENCE_SECONDS) == 0
    assert engine.line("worker_died")["pid"] == first


def test_a_call_under_way_is_decided_while_the_engine_ends(serve, handler):
    engine, release = serve("--workers", "1", "--drain", "10")
    handler.may_answer.clear()
    decided: list[dict[str, str]] = []

    def call():
        with Peer(engine.port) as peer:
            decided.append(peer.decision(release=release))

    calling = threading.Thread(target=call)
    calling.start()
    assert handler.asked.wait(PATIENCE_SECONDS)
    engine.process.send_signal(signal.SIGTERM)
    engine.until(lambda: _refuses(engine.port))
    handler.may_answer.set()
    calling.join(PATIENCE_SECONDS)
    (decision,) = decided
    assert decision.items() >= {"routing_decision": "3:ring:person:ivan", "routing_ring_for": "30"}.items()
    assert decision["routing_verdict"] == "decided"
    assert engine.process.wait(PATIENCE_SECONDS) == 0


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except ConnectionError:
        return True
    return False


def test_no_worker_outlives_a_killed_engine(serve):
    engine, _ = serve("--workers", "2")
    workers = engine.workers()
    assert len(workers) == 2
    engine.process.kill()
    engine.until(lambda: not any(alive(pid) for pid in workers))
    engine.until(lambda: _refuses(engine.port))


def options(root: Path, **settings: object) -> ServeOptions:
    return ServeOptions(root, **{"listen": "127.0.0.1:0", "http": "127.0.0.1:0", **settings})


@pytest.mark.parametrize("port", ["listen", "http"])
def test_a_taken_port_is_an_error_in_words(tmp_path, port):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        places = {"listen": "127.0.0.1:0", "http": "127.0.0.1:0", port: place}
        words = [word for name, value in places.items() for word in (f"--{name}", value)]
        ran = CliRunner().invoke(command, ["--root", str(tmp_path), *words])
    assert (ran.exit_code, ran.stdout) == (1, "")
    assert ran.stderr == f"routing serve: cannot listen on {place}: address already in use\n"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"listen": "localhost:8084"}, "'localhost:8084' is a name: write the address of loopback, 127.0.0.1:8084"),
        ({"listen": "0.0.0.0:8084"}, "is not on loopback"),
        ({"http": "192.0.2.1:80"}, "is not on loopback"),
        ({"secrets": Path("/nowhere/secrets")}, "/nowhere/secrets: No such file or directory"),
    ],
)
def test_what_cannot_be_served_is_an_error_in_words(tmp_path, settings, words):
    with pytest.raises(ServeFault, match=re.escape(words)):
        run(options(**{"root": tmp_path, **settings}))


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("KEY=hush\n", 0o644, "others can read it (hint: `chmod 600 "),
        ("# fine\n\nKEY=hush\nhush\n", 0o600, "secrets:4:1: not NAME=value"),
        ("=hush\n", 0o600, "secrets:1:1: not NAME=value"),
        ("KEY=\n", 0o600, "secrets:1:1: KEY has no value"),
        ("KEY=hush\n# x\nKEY=hush2\n", 0o600, "secrets:3:1: KEY stands in line 1 already"),
    ],
)
def test_a_secrets_file_that_cannot_be_used_is_an_error_that_shows_no_secret(tmp_path, text, mode, words):
    file = tmp_path / "secrets"
    file.write_text(text)
    file.chmod(mode)
    with pytest.raises(ServeFault, match=re.escape(words)) as fault:
        run(options(tmp_path, secrets=file))
    assert "hush" not in str(fault.value)


def test_what_cannot_be_reached_is_told_at_start_and_stands_in_the_metrics(serve, monkeypatch):
    monkeypatch.setenv("ROUTING_ESL_PASSWORD", "x")
    engine, _ = serve("--workers", "1", "--redis", "redis://127.0.0.1:1", "--esl", "127.0.0.1:1")
    assert "no release is live" in engine.line("missing")["words"]
    assert "cannot be reached" in engine.until(lambda: engine.line("redis"))["words"]
    assert "everybody counts as free" in engine.until(lambda: engine.line("states"))["words"]
    engine.until(lambda: "routing_redis_up 0.0" in engine.get("/metrics"))
    engine.until(lambda: "routing_switch_known 0.0" in engine.get("/metrics"))
    assert "routing_release_live{" not in engine.get("/metrics")


def test_every_worker_tells_what_it_takes_people_for(serve):
    engine, _ = serve("--workers", "2", "--esl", "")
    told = json.loads(engine.get("/people"))["workers"]
    assert sorted(each.pop("pid") for each in told) == engine.workers()
    assert (
        told
        == [{"known": False, "registered": [], "busy": [], "busy_elsewhere": [], "queues": [], "recognisers": {}}] * 2
    )
    os.kill(engine.workers()[0], signal.SIGSTOP)  # one that does not answer holds up nobody for long
    assert len(json.loads(engine.get("/people"))["workers"]) == 1


def test_a_stopped_worker_does_not_outlive_a_killed_engine(serve):
    engine, _ = serve("--workers", "1", "--esl", "")
    (worker,) = engine.workers()
    os.kill(worker, signal.SIGSTOP)
    engine.process.kill()
    engine.process.wait()
    assert engine.until(lambda: not Path(f"/proc/{worker}").exists() or is_dead(worker))


def is_dead(pid: int) -> bool:
    """Whether nobody has waited for it yet."""
    return ") Z " in Path(f"/proc/{pid}/stat").read_text()


def test_what_is_there_is_not_complained_of(serve, tmp_path, monkeypatch):
    monkeypatch.delenv("ROUTING_ESL_PASSWORD", raising=False)
    (tmp_path / "current").symlink_to(f"releases/{NAME}")
    engine, _ = serve("--workers", "1", "--esl", "")
    assert engine.line("missing") is None
    assert engine.line("started")["release"] == NAME
    engine.until(lambda: "routing_redis_up 1.0" in engine.get("/metrics"))
    assert f'routing_release_live{{release="{NAME}"}} 1.0' in engine.get("/metrics")


def test_a_missing_password_of_the_event_socket_is_told(serve, monkeypatch):
    monkeypatch.delenv("ROUTING_ESL_PASSWORD", raising=False)
    engine, _ = serve("--workers", "1")
    engine.until(lambda: "ROUTING_ESL_PASSWORD is not set" in engine.log.read_text())


def make_live(root: Path, *secrets: tuple[str, str, int]) -> None:
    """A release that names secrets becomes live."""
    name = f"live{len(secrets)}"
    rows = [{"name": each, "purpose": "a signing key", "place": where, "places": n} for each, where, n in secrets]
    (root / "releases" / name).mkdir(parents=True)
    (root / "releases" / name / "table.json").write_text(json.dumps({**TABLE, "secrets": rows}))
    (root / "next").symlink_to(f"releases/{name}")
    (root / "next").rename(root / "current")


def missed(engine: Served) -> list[str]:
    lines = (json.loads(line) for line in engine.log.read_text().splitlines() if line.startswith("{"))
    return [line["words"] for line in lines if line["event"] == "missing" and "the secret" in line["words"]]


def test_a_secret_that_is_missing_is_reported_before_a_call_needs_it_and_once(serve, tmp_path):
    file = tmp_path / "secrets"
    file.write_text("A_KEY=aaaaaaaa\n")
    file.chmod(0o600)
    known, one, two = ("A_KEY", "x of scheme a", 1), ("B_KEY", "x of scheme b", 1), ("C_KEY", "x of scheme c", 3)
    make_live(tmp_path, known, one)
    engine, _ = serve("--workers", "1", "--esl", "", "--secrets", str(file))
    hint = f"that handler or CRM is not asked (hint: add it to {file}, then send SIGHUP)"
    first = f"the secret B_KEY is not set (a signing key, named by x of scheme b): {hint}"
    engine.until(lambda: missed(engine) == [first])
    gauge = 'routing_secret_missing{place="x of scheme b",purpose="a signing key",secret="B_KEY"} 1.0'
    assert gauge in engine.get("/metrics")
    make_live(tmp_path, known, one, two)
    second = f"the secret C_KEY is not set (a signing key, named by x of scheme c and 2 more): {hint}"
    engine.until(lambda: missed(engine) == [first, second])
    file.write_text("A_KEY=aaaaaaaa\nB_KEY=bbbbbbbb\nC_KEY=cccccccc\n")
    engine.process.send_signal(signal.SIGHUP)
    engine.until(lambda: "routing_secret_missing{" not in engine.get("/metrics"))


@needs_redis
def test_two_engines_that_start_at_once_share_one_redis(serve, tmp_path):
    first, _ = serve("--workers", "1", "--esl", "")
    with ThreadPoolExecutor() as pool:  # whose threads the engines end with
        more = [pool.submit(Served, tmp_path, "--workers", "1", "--esl", "") for _ in range(2)]
        others = [each.result() for each in more]
        try:
            first.process.kill()  # whose Redis it was: another engine's takes its place
            for engine in others:
                engine.until(lambda engine=engine: "routing_redis_up 1.0" in engine.get("/metrics"))
        finally:
            for engine in others:
                engine.end()
