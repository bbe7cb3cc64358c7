"""What a decision with memory costs: sticky and every order that the engine decides, with a local Redis.

    python tools/bench_store.py [--decisions 2000] [--rate 100] [--seconds 3] [--beside ../older-checkout]

The engine's server is a process of its own, a redis-server another. A scripted FreeSWITCH (that of bench_decision)
asks: a sticky step whose caller has twenty talks, and rings of eight people with loads, skills and weights, whose
turns are taken in Redis. CPU is user + system of the engine's process per decision, the median of rounds of 200,
fifty calls open at a time; latency is from TCP connect to the decision, calls arriving at a fixed rate. ``--beside``
measures the engine of another checkout in turn with this one's, round by round: on a noisy machine only the ratio
says much. Then Redis is stopped under load, and killed.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bench_decision as scripted
import gevent
import gevent.pool
import gevent.socket

from routing.store.program import program

TARGET_CPU_MS, TARGET_P50_MS = 1.0, 3.0
ROUND = 200
CALLER = "+380501112233"
PEOPLE = [f"person{number}" for number in range(8)]
STICKY = {
    "kind": "sticky", "project": "bench", "timeout_s": 0.5, "calls": "both", "within_s": 10**9, "talked_s": 10,
    "ring_s": 20,
}  # fmt: skip
RING = {
    "kind": "ring", "project": "bench", "timezone": "Europe/Kyiv", "timeout_s": 0.5, "at_most_s": None, "people": [
        {
            "name": name, "person": name, "sip": [name], "outside": False, "seconds": 20, "weight": 1 + place % 3,
            "skills": {"language": ["uk", "pl"] if place % 2 else ["uk"], "drainage": place % 4},
        }
        for place, name in enumerate(PEOPLE)
    ],
}  # fmt: skip
SKILLS = {"language": "language", "drainage": {"value": 1}}
TABLE = {
    "people": {name: {"phones": ["desk"], "sip": {name: "desk"}} for name in PEOPLE},
    "accounts": {}, "destinations": [],
}  # fmt: skip
#: In the words of product.md.
ORDERS = {
    "in order, waits for the busy": "in_order_waiting", "random": "random", "weighted random": "weighted",
    "round robin": "round_robin", "fewest calls": "fewest_calls", "longest idle": "longest_idle",
    "least talk": "least_talk", "by skill": "by_skill",
}  # fmt: skip
#: What is asked, and how the decision begins.
STEPS: dict[str, tuple[dict[str, Any], bytes]] = {"sticky": (STICKY, b"3:ring:person:person3")} | {
    words: (RING | {"order": order, "skills": SKILLS if order == "by_skill" else {}}, b"3:order:person")
    for words, order in ORDERS.items()
}
BROKEN = ("sticky", "round robin")
ON = b"3:continue"


@dataclass(frozen=True)
class Bed:
    """An engine and its Redis, running."""

    port: int
    engine: subprocess.Popen[bytes]
    redis: subprocess.Popen[bytes]
    reply: bytes
    wanted: bytes

    def decide(self, count: int) -> float:
        """CPU milliseconds a decision."""
        pool, before_s = gevent.pool.Pool(scripted.OPEN_CALLS), scripted.cpu_seconds(self.engine.pid)
        for _ in pool.imap_unordered(lambda _: one_call(self.port, self.reply, (self.wanted, ON)), range(count)):
            pass
        return (scripted.cpu_seconds(self.engine.pid) - before_s) * 1000 / count

    def at_rate(self, rate: float, seconds: float) -> list[tuple[float, bytes]]:
        """Calls arriving at a fixed rate: seconds to the decision, and which it was."""
        calls, began_s = [], time.perf_counter()
        for number in range(int(rate * seconds)):
            gevent.sleep(max(0.0, began_s + number / rate - time.perf_counter()))
            calls.append(gevent.spawn(one_call, self.port, self.reply, (self.wanted, ON)))
        gevent.joinall(calls, timeout=30, raise_error=True)
        return [call.value for call in calls]


def serve(root: str, port: int, url: str) -> None:
    """The engine's server in this process."""
    from routing.engine.deciding import Engine
    from routing.engine.handlers import Handlers
    from routing.engine.ports import ports_of
    from routing.engine.states import States
    from routing.esl.server import CallServer
    from routing.esl.watch import Snapshot
    from routing.http.breaker import Breaker
    from routing.process.log import Lines
    from routing.process.memory import memory_in, store_at
    from routing.release.tables import Releases

    states, releases = States(), Releases(Path(root))
    states.seen(Snapshot((), frozenset(PEOPLE)))
    handlers = Handlers(scripted, Breaker(time.monotonic), {})  # type: ignore[arg-type]
    ports = ports_of(releases, handlers, memory=memory_in(store_at(url)), presence=states.presence_of)
    engine = Engine(releases, ports, Lines())
    CallServer(("127.0.0.1", port), engine.decide, lambda *_: None).serve_forever()


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
    from routing.store.client import RedisStore
    from routing.store.memory import RedisMemory

    store = RedisStore(parse(url), budget_s=2.0)
    memory = RedisMemory(store)
    now, day = time.time(), time.strftime("%Y%m%d")
    for number in range(20):
        memory.remember("bench", CALLER, Talk("person3", now - number, 60, "in", "+380800111222", f"call{number}"))
    for name in PEOPLE:
        memory.count("bench", name, f"of {name}", day, 30, now, day)
    store.close()


def one_call(port: int, reply: bytes, wanted: tuple[bytes, ...]) -> tuple[float, bytes]:
    """Seconds from connect to the decision, and which of the wanted decisions came. Raises when none did."""
    began_s, decided_s, came, buffer = time.perf_counter(), 0.0, b"", b""
    with gevent.socket.create_connection(("127.0.0.1", port)) as sock:
        while received := sock.recv(65536):
            buffer += received
            while b"\n\n" in buffer:
                command, _, buffer = buffer.partition(b"\n\n")
                sock.sendall(reply if command == b"connect" else scripted.OK)
                if b"routing_decision=" in command:
                    came = next((each for each in wanted if b"routing_decision=" + each in command), came)
                    decided_s = time.perf_counter()
    if not (came and decided_s):
        raise RuntimeError("the engine closed without a decision that was expected")
    return decided_s - began_s, came


@contextmanager
def bed(name: str, checkout: Path | None) -> Iterator[Bed]:
    """The engine of a checkout, or of this one, with a Redis that remembers."""
    step, wanted = STEPS[name]
    with tempfile.TemporaryDirectory() as directory, ExitStack() as ending:
        release(Path(directory), step)
        with gevent.socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url = f"unix://{directory}/s"
        quiet = [str(program()), "--port", "0", "--unixsocket", f"{directory}/s", "--save", "", "--dir", directory]
        redis = subprocess.Popen(quiet, stdout=subprocess.DEVNULL)
        ending.callback(end, redis)
        Path(directory, "metrics").mkdir()
        environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": f"{directory}/metrics"}
        if checkout:
            environment["PYTHONPATH"] = str(checkout.resolve())
        command = [sys.executable, __file__, "--serve", directory, str(port), url]
        with Path(directory, "log").open("w") as log:
            engine = subprocess.Popen(command, stderr=log, stdout=log, env=environment)
        ending.callback(end, engine)
        scripted.wait_for(port, engine)
        remember(url)
        yield Bed(port, engine, redis, scripted.connect_reply(directory), wanted)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill and reap."""
    process.kill()
    process.wait()


def ms(took: list[tuple[float, bytes]], share: float) -> float:
    """A percentile of latencies in milliseconds."""
    return sorted(seconds * 1000 for seconds, _ in took)[min(int(len(took) * share), len(took) - 1)]


def row(name: str, options: argparse.Namespace) -> None:
    """Measure one step and print its line."""
    with ExitStack() as ending:
        beds = [ending.enter_context(bed(name, checkout)) for checkout in (None, options.beside)[: 1 + options.both]]
        for each in beds:
            each.decide(ROUND)
        rounds = [[each.decide(ROUND) for each in beds] for _ in range(max(1, options.decisions // ROUND))]
        cpu_ms, *others = (statistics.median(figures) for figures in zip(*rounds, strict=True))
        took = beds[0].at_rate(options.rate, options.seconds)
    p50_ms, p99_ms, late = ms(took, 0.5), ms(took, 0.99), sum(decision == ON for _, decision in took)
    missed = " ".join(["CPU"] * (cpu_ms > TARGET_CPU_MS) + ["p50"] * (p50_ms > TARGET_P50_MS))
    verdict = f"MISSED: {missed}" if missed else "met"
    beside = "".join(f"{other:>8.3f} ms {cpu_ms / other:>6.2f} x" for other in others)
    print(f"{name:<30}{cpu_ms:>7.3f} ms{beside}{p50_ms:>8.1f} ms{p99_ms:>8.1f} ms{late:>6}  {verdict}", flush=True)


def faults(name: str, options: argparse.Namespace) -> None:
    """Redis stops answering in the middle of the load, then dies: nobody waits longer than the budget."""
    with bed(name, None) as here:
        for fault, number in (("stuck", signal.SIGSTOP), ("killed", signal.SIGKILL)):
            breaking = gevent.spawn_later(options.seconds / 2, os.kill, here.redis.pid, number)
            took = here.at_rate(options.rate, options.seconds)
            breaking.join()
            on = sum(decision == ON for _, decision in took)
            longest = f"p50 {ms(took, 0.5):.1f} ms, p99 {ms(took, 0.99):.1f} ms, longest {ms(took, 1):.1f} ms"
            print(f"{name}, Redis {fault}: {len(took) - on} decided, {on} as written; {longest}")
            if fault == "stuck":
                os.kill(here.redis.pid, signal.SIGCONT)
                gevent.sleep(1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description="CPU and latency of decisions with memory.")
    parser.add_argument("--decisions", type=int, default=2000)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--beside", type=Path, help="another checkout, measured in turn with this one")
    parser.add_argument("--only", choices=STEPS)
    parser.add_argument("--serve", nargs=3, metavar=("ROOT", "PORT", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve[0], int(options.serve[1]), options.serve[2])
        return
    options.both = options.beside is not None
    print(f"a decision; target: <= {TARGET_CPU_MS} ms CPU, p50 <= {TARGET_P50_MS} ms; late: Redis answered too late")
    beside = f"{'beside':>11}{'ratio':>8}" if options.both else ""
    print(f"{'':<30}{'CPU':>10}{beside}{'p50':>11}{'p99':>11}{'late':>6}  target")
    for name in STEPS:
        if options.only in (None, name):
            row(name, options)
    for name in BROKEN:
        if options.only in (None, name):
            faults(name, options)
    print("target: no decision waits longer than the 50 ms budget and what it costs itself")


if __name__ == "__main__":
    main()
