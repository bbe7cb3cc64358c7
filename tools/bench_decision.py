"""What a decision costs: CPU and latency of the engine, beside greenswitch's server and Genesis doing the same.

    python tools/bench_decision.py [--decisions 2000] [--rate 100] [--seconds 5] [--genesis var/genesis]

Each server is a process of its own. A scripted FreeSWITCH connects, answers ``connect`` with a real reply of some 190
headers, acknowledges every command and closes when the server does. All three read the call's facts, ask a handler
that answers at once inside the process (no I/O step), check its answer, write a log line, count metrics, and send one
``multiset`` (the others ``resume`` too). CPU is user + system of the server's process per decision, fifty calls open at
a time; latency is from TCP connect to the decision, calls arriving at a fixed rate.

Genesis is optional: ``pip install --target var/genesis genesis``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gevent
import gevent.pool
import gevent.socket

HERE = Path(__file__).resolve().parent
REPLY = HERE.parent / "tests" / "wire" / "connect_reply.txt"
RELEASE = "abcdef012345"
STEP = {"kind": "webhook", "url": "http://127.0.0.1:1/route", "timeout_s": 2.0, "ring_s": 30, "destinations": []}
TABLE = {"people": {"ivan": {"phones": ["desk"]}}, "accounts": {"1001": "ivan.desk"}, "destinations": []}
OK = b"Content-Type: command/reply\nReply-Text: +OK\n\n"
OPEN_CALLS = 50


# the servers


def work(root: str) -> Any:
    """The engine's decision with a handler that answers at once, inside the process."""
    from routing.engine.deciding import Engine
    from routing.engine.handlers import Handlers
    from routing.engine.ports import ports_of
    from routing.http.breaker import Breaker
    from routing.model.web import Reply
    from routing.process.log import Lines
    from routing.release.tables import Releases

    class Instant:
        def exchange(self, *_: Any) -> Reply:
            return Reply(200, {"content-type": "application/json"}, b'{"ring": "ivan", "caller_name": "Olha"}')

    releases = Releases(Path(root))
    return Engine(releases, ports_of(releases, Handlers(Instant(), Breaker(time.monotonic), {})), Lines())


def call_of(headers: Mapping[str, str]) -> Any:
    """The call's facts from headers that a library has parsed."""
    from routing.model.call import Call

    get = headers.get
    return Call(
        uuid=get("Unique-ID", ""),
        release=get("variable_routing_release", ""),
        scheme=get("variable_routing_scheme", ""),
        step=get("variable_routing_step", ""),
        number=get("variable_routing_number", ""),
        caller=get("variable_routing_caller", ""),
    )


def multiset(variables: Mapping[str, str]) -> str:
    return "^^;" + ";".join(f"{name}={value}" for name, value in variables.items())


def serve_engine(root: str, port: int) -> None:
    from routing.esl.server import CallServer

    CallServer(("127.0.0.1", port), work(root).decide, lambda *_: None).serve_forever()


def serve_greenswitch(root: str, port: int) -> None:
    import greenswitch

    decide = work(root).decide

    class Application:
        def __init__(self, session: Any) -> None:
            self.session = session

        def run(self) -> None:
            variables = decide(call_of(self.session.session_data))
            self.session.call_command("multiset", multiset(variables))
            self.session.send("resume")

    greenswitch.OutboundESLServer("127.0.0.1", port, Application, max_connections=1000).listen()


def serve_genesis(root: str, port: int) -> None:
    from genesis import Outbound

    from routing.decide.registry import decide

    engine = work(root)
    # gevent's timers have no business in an asyncio process: the same decision without the engine's own deadline
    engine._within_budget = lambda step, call: decide(step, call, engine.ports)

    async def handle(session: Any) -> None:
        variables = engine.decide(call_of(session.context))
        head = "sendmsg\ncall-command: execute\nexecute-app-name: multiset\nexecute-app-arg: "
        await session.send(head + multiset(variables))
        await session.send("resume")

    asyncio.run(Outbound(handle, "127.0.0.1", port, events=False, linger=False).start())


SERVERS: dict[str, Callable[[str, int], None]] = {
    "engine": serve_engine,
    "greenswitch": serve_greenswitch,
    "genesis": serve_genesis,
}


# the scripted FreeSWITCH


def connect_reply(root: str) -> bytes:
    facts = {
        "uuid": "3740e285-2bb6-4782-99e3-8733cc7924f0",
        "release": f"{root}/releases/{RELEASE}",
        "scheme": "kharkiv",
        "step": "3",
        "number": "%2B380800111222",
        "caller": "%2B380501112233",
        "caller_pays": "true",
    }
    text = REPLY.read_text()
    for name, value in facts.items():
        text = text.replace("{" + name + "}", value)
    return text.strip().encode() + b"\n\n"


def one_call(port: int, reply: bytes) -> float:
    """Seconds from connect to the decision. Raises RuntimeError when none comes."""
    began_s = time.perf_counter()
    decided_s, buffer = 0.0, b""
    with gevent.socket.create_connection(("127.0.0.1", port)) as sock:
        while received := sock.recv(65536):
            buffer += received
            while b"\n\n" in buffer:
                command, _, buffer = buffer.partition(b"\n\n")
                sock.sendall(reply if command == b"connect" else OK)
                if b"routing_decision=3:ring:person:ivan" in command:
                    decided_s = time.perf_counter()
                if command == b"exit":
                    sock.shutdown(gevent.socket.SHUT_WR)
    if not decided_s:
        raise RuntimeError("the server closed without a decision")
    return decided_s - began_s


def cpu_seconds(pid: int) -> float:
    """User and system time of all threads of a process, from the scheduler's own nanoseconds."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(each.read_text().split()[0]) for each in threads) / 1e9


@dataclass
class Figures:
    """CPU in milliseconds a decision; latency in milliseconds."""

    cpu_ms: float
    p50_ms: float
    p99_ms: float


def measure(port: int, pid: int, reply: bytes, options: argparse.Namespace) -> Figures:
    pool = gevent.pool.Pool(OPEN_CALLS)
    for _ in pool.imap_unordered(lambda _: one_call(port, reply), range(200)):
        pass
    before_s = cpu_seconds(pid)
    for _ in pool.imap_unordered(lambda _: one_call(port, reply), range(options.decisions)):
        pass
    cpu_ms = (cpu_seconds(pid) - before_s) * 1000 / options.decisions
    took_ms = sorted(each * 1000 for each in at_rate(port, reply, options.rate, options.seconds))
    return Figures(cpu_ms, took_ms[len(took_ms) // 2], took_ms[int(len(took_ms) * 0.99)])


def at_rate(port: int, reply: bytes, rate: float, seconds: float) -> list[float]:
    calls = []
    began_s = time.perf_counter()
    for number in range(int(rate * seconds)):
        gevent.sleep(max(0.0, began_s + number / rate - time.perf_counter()))
        calls.append(gevent.spawn(one_call, port, reply))
    gevent.joinall(calls, timeout=30, raise_error=True)
    return [call.value for call in calls]


# the bench


def release(root: Path) -> None:
    home = root / "releases" / RELEASE / "schemes"
    home.mkdir(parents=True)
    (home.parent / "table.json").write_text(json.dumps(TABLE))
    (home / "kharkiv.json").write_text(json.dumps({"scheme": "kharkiv", "answers_first": False, "steps": {"3": STEP}}))


def run(name: str, root: str, options: argparse.Namespace) -> Figures | str:
    """A server's figures, or why it was not measured."""
    if name == "genesis" and not (options.genesis / "genesis").is_dir():
        return f"skipped: pip install --target {options.genesis} genesis"
    with gevent.socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    metrics = Path(root) / f"metrics-{name}"
    metrics.mkdir()
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
    command = [sys.executable, __file__, "--server", name, "--root", root, "--port", str(port)]
    command += ["--genesis", str(options.genesis)]
    with (Path(root) / f"{name}.log").open("w") as log:
        server = subprocess.Popen(command, stderr=log, stdout=log, env=environment)
    try:
        wait_for(port, server)
        return measure(port, server.pid, connect_reply(root), options)
    except (RuntimeError, OSError) as problem:
        return f"failed: {problem}\n" + (Path(root) / f"{name}.log").read_text()[-2000:]
    finally:
        server.kill()
        server.wait()


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.returncode}")
        try:
            gevent.socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            gevent.sleep(0.05)
    raise RuntimeError("the server does not listen")


def table(results: Mapping[str, Figures | str]) -> None:
    engine = results.get("engine")
    print(f"{'server':<12} {'CPU/decision':>13} {'x engine':>9} {'p50':>9} {'p99':>9}")
    for name, figures in results.items():
        if isinstance(figures, str):
            print(f"{name:<12} {figures}")
            continue
        ratio = f"{figures.cpu_ms / engine.cpu_ms:.1f}" if isinstance(engine, Figures) else ""
        print(f"{name:<12} {figures.cpu_ms:>10.3f} ms {ratio:>9} {figures.p50_ms:>6.1f} ms {figures.p99_ms:>6.1f} ms")
    print("targets: engine <= 0.6 ms CPU, p99 <= 15 ms; greenswitch >= 2x, genesis >= 4x")


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU and latency of a decision.")
    parser.add_argument("--decisions", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--genesis", type=Path, default=Path("var/genesis"))
    parser.add_argument("--only", choices=SERVERS)
    parser.add_argument("--server", choices=SERVERS, help=argparse.SUPPRESS)
    parser.add_argument("--root", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.server:
        sys.path.append(str(options.genesis.resolve()))
        SERVERS[options.server](options.root, options.port)
        return
    with tempfile.TemporaryDirectory() as directory:
        release(Path(directory))
        table({name: run(name, directory, options) for name in SERVERS if not options.only or name == options.only})


if __name__ == "__main__":
    main()
