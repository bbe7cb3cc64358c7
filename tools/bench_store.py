"""What a decision with memory costs: sticky and round robin through the engine, with a local Redis.

    python tools/bench_store.py [--decisions 2000] [--rate 100] [--seconds 5]

The engine's server is a process of its own, a redis-server another. A scripted FreeSWITCH (that of bench_decision)
asks: a sticky step whose caller has twenty talks, and a round robin over eight people with loads, whose turn is taken
in Redis. CPU is user + system of the engine's process per decision, fifty calls open at a time; latency is from TCP
connect to ``resume``, calls arriving at a fixed rate. Then Redis is stopped under the same load, and killed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import bench_decision as scripted
import gevent
import gevent.pool
import gevent.socket

CALLER = "+380501112233"
PEOPLE = [f"person{number}" for number in range(8)]
STICKY = {
    "kind": "sticky", "project": "bench", "timeout_s": 0.5, "calls": "both", "within_s": 10**9, "talked_s": 10,
    "ring_s": 20,
}  # fmt: skip
RING = {
    "kind": "ring", "order": "round_robin", "project": "bench", "timezone": "Europe/Kyiv", "timeout_s": 0.5,
    "at_most_s": None, "skills": {}, "people": [
        {"name": name, "person": name, "sip": [name], "outside": False, "seconds": 20, "weight": 1, "skills": {}}
        for name in PEOPLE
    ],
}  # fmt: skip
TABLE = {
    "people": {name: {"phones": ["desk"], "sip": {name: "desk"}} for name in PEOPLE},
    "accounts": {}, "destinations": [],
}  # fmt: skip
KINDS = {"sticky": (STICKY, b"3:ring:person:person3"), "round robin": ({**RING}, b"3:order:person")}
ON = b"3:continue"


def serve(root: str, port: int, url: str) -> None:
    """The engine's server in this process."""
    from routing.app.engine import Engine
    from routing.app.log import Lines
    from routing.app.memory import memory_in, store_at
    from routing.app.people import People
    from routing.app.releases import Releases
    from routing.app.states import States
    from routing.esl.server import Server
    from routing.esl.watch import Picture
    from routing.http.breaker import Breaker

    states, releases = States(), Releases(Path(root))
    states.seen(Picture((), frozenset(PEOPLE)))
    people = People(memory_in(store_at(url)), states, releases.directory)
    engine = Engine(releases, scripted, Breaker(time.monotonic), Lines(), {}, kinds=people.kinds())  # type: ignore
    Server(("127.0.0.1", port), engine.decide, lambda *_: None).serve_forever()


def release(root: Path, step: dict[str, Any]) -> None:
    """One scheme with the step at 3."""
    home = root / "releases" / scripted.RELEASE / "schemes"
    home.mkdir(parents=True, exist_ok=True)
    (home.parent / "table.json").write_text(json.dumps(TABLE))
    (home / "kharkiv.json").write_text(json.dumps({"scheme": "kharkiv", "answers_first": False, "steps": {"3": step}}))


def remember(url: str) -> None:
    """Talks of the caller, loads of everybody."""
    from routing.model.memory import Talk
    from routing.store.address import parse
    from routing.store.client import Store
    from routing.store.memory import RedisMemory

    store = Store(parse(url), budget_s=2.0)
    memory = RedisMemory(store)
    now, day = time.time(), time.strftime("%Y%m%d")
    for number in range(20):
        memory.remember("bench", CALLER, Talk("person3", now - number, 60, "in", "+380800111222", f"call{number}"))
    for name in PEOPLE:
        memory.count("bench", name, f"of {name}", day, 30, now, day)
    store.close()


def one_call(port: int, reply: bytes, wanted: tuple[bytes, ...]) -> tuple[float, bytes]:
    """Seconds from connect to ``resume``, and which of the wanted decisions came. Raises when none did."""
    began_s, decided_s, came, buffer = time.perf_counter(), 0.0, b"", b""
    with gevent.socket.create_connection(("127.0.0.1", port)) as sock:
        while received := sock.recv(65536):
            buffer += received
            while b"\n\n" in buffer:
                command, _, buffer = buffer.partition(b"\n\n")
                sock.sendall(reply if command == b"connect" else scripted.OK)
                came = next((each for each in wanted if b"routing_decision=" + each in command), came)
                if command == b"resume":
                    decided_s = time.perf_counter()
    if not (came and decided_s):
        raise RuntimeError("the engine closed without a decision that was expected")
    return decided_s - began_s, came


def at_rate(port: int, reply: bytes, wanted: tuple[bytes, ...], rate: float, seconds: float) -> list[Any]:
    calls, began_s = [], time.perf_counter()
    for number in range(int(rate * seconds)):
        gevent.sleep(max(0.0, began_s + number / rate - time.perf_counter()))
        calls.append(gevent.spawn(one_call, port, reply, wanted))
    gevent.joinall(calls, timeout=30, raise_error=True)
    return [call.value for call in calls]


def percentiles(took: list[Any]) -> str:
    ms = sorted(seconds * 1000 for seconds, _ in took)
    return f"p50 {ms[len(ms) // 2]:.1f} ms, p99 {ms[int(len(ms) * 0.99)]:.1f} ms, longest {ms[-1]:.1f} ms"


def measure(port: int, pid: int, reply: bytes, wanted: bytes, options: argparse.Namespace) -> None:
    """CPU, then latency."""
    pool = gevent.pool.Pool(scripted.OPEN_CALLS)

    def many(count: int) -> None:
        for _ in pool.imap_unordered(lambda _: one_call(port, reply, (wanted, ON)), range(count)):
            pass

    many(300)
    before_s = scripted.cpu_seconds(pid)
    many(options.decisions)
    cpu_ms = (scripted.cpu_seconds(pid) - before_s) * 1000 / options.decisions
    print(f"  CPU {cpu_ms:.3f} ms a decision; ", end="")
    took = at_rate(port, reply, (wanted, ON), options.rate, options.seconds)
    late = sum(decision == ON for _, decision in took)
    print(percentiles(took) + (f"; {late} as written, Redis having answered too late" if late else ""))


def faults(port: int, redis: subprocess.Popen[bytes], reply: bytes, wanted: bytes, options: argparse.Namespace) -> None:
    """Redis stops answering in the middle of the load, then dies: nobody waits longer than the budget."""
    for fault, number in (("stuck", signal.SIGSTOP), ("killed", signal.SIGKILL)):
        breaking = gevent.spawn_later(options.seconds / 2, os.kill, redis.pid, number)
        took = at_rate(port, reply, (wanted, ON), options.rate, options.seconds)
        breaking.join()
        on = [each for each in took if each[1] == ON]
        print(f"  Redis {fault}: {len(took) - len(on)} decided, {len(on)} as written; {percentiles(took)}")
        if fault == "stuck":
            os.kill(redis.pid, signal.SIGCONT)
            gevent.sleep(1.0)


def run(name: str, options: argparse.Namespace) -> None:
    step, wanted = KINDS[name]
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        release(root, step)
        url = f"unix://{root}/s"
        redis = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", f"{root}/s", "--save", "", "--dir", directory],
            stdout=subprocess.DEVNULL,
        )
        with gevent.socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        metrics = root / "metrics"
        metrics.mkdir()
        command = [sys.executable, __file__, "--serve", directory, str(port), url]
        with (root / "log").open("w") as log:
            environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(metrics)}
            server = subprocess.Popen(command, stderr=log, stdout=log, env=environment)
        try:
            scripted.wait_for(port, server)
            remember(url)
            reply = scripted.connect_reply(directory)
            print(f"{name}:")
            measure(port, server.pid, reply, wanted, options)
            faults(port, redis, reply, wanted, options)
        finally:
            for process in (server, redis):
                process.kill()
                process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU and latency of decisions with memory.")
    parser.add_argument("--decisions", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--serve", nargs=3, metavar=("ROOT", "PORT", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve[0], int(options.serve[1]), options.serve[2])
        return
    for name in KINDS:
        run(name, options)
    print(
        "targets: <= 1.0 ms CPU, p50 <= 3 ms; no decision waits longer than the 50 ms budget and what it costs itself"
    )


if __name__ == "__main__":
    main()
