"""What lending numbers costs: leases a second and how long one takes, in the store and over the HTTP API.

    python tools/bench_track.py [--visitors 5000] [--numbers 200] [--parallel 50]

Starts a redis-server of its own on a unix socket. Every visitor asks once for a number; with fewer numbers than
visitors most get the overflow number, as on a busy day. A call's question is asked for each number. The store's lines
are measured in one process with greenlets, the API's against one `routing track` process over loopback.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import gevent
from gevent.pool import Pool

from routing.model.entities import Visitor
from routing.model.visitors import Lending
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.leases import RedisLeases
from routing.store.program import HOW_TO_GET, program

VISITOR = Visitor({"region": "521", "category": "drainage"}, {"utm_source": "google", "landing": "/kharkiv/"})
ORIGIN = "https://www.example.com"
TRACKING = {"origins": [ORIGIN], "key": None, "entities": {"region": {"expression": None, "level": "session"}}}


def main() -> int:
    """Measure and print a table."""
    options = _options()
    if not program():
        print(f"nothing measured: {HOW_TO_GET}")
        return 0
    with tempfile.TemporaryDirectory(prefix="bench-track-") as made, _redis(Path(made)) as url:
        print(f"{options.visitors} visitors, {options.numbers} numbers, {options.parallel} at once")
        print(f"{'':34}{'a second':>10}{'p50 ms':>10}{'p99 ms':>10}")
        _store(url, options)
        _api(Path(made), url, options)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure leases.")
    parser.add_argument("--visitors", type=int, default=5000)
    parser.add_argument("--numbers", type=int, default=200)
    parser.add_argument("--parallel", type=int, default=50)
    return parser.parse_args()


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    command = [str(program()), "--port", "0", "--unixsocket", str(folder / "s"), "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        next(line for line in process.stdout if "eady to accept" in line)
        yield f"unix://{folder / 's'}"
        process.terminate()
        process.stdout.read()


def _numbers(count: int) -> list[str]:
    return [f"+38057{number:07}" for number in range(count)]


def _store(url: str, options: argparse.Namespace) -> None:
    store = RedisStore(parse(url), budget_s=10.0)
    leases, numbers = RedisLeases(store), _numbers(options.numbers)
    lending, now = Lending("bench", "site", numbers, 600, 3600), time.time()
    names = [f"visitor-{number:08}" for number in range(options.visitors)]

    def lend(name: str) -> Any:
        return leases.lend(lending, name, VISITOR, {"category": "pumps"}, now)

    got = _measured("lend", [lambda name=name: lend(name) for name in names], options.parallel)
    given = [number for number in got if number]
    assert len(given) == len(set(given)) == min(options.numbers, options.visitors)
    _measured("lend again (the same number)", [lambda name=name: lend(name) for name in names[:2000]], options.parallel)
    asked = [lambda number=number: leases.holder("bench", "site", number, now) for number in numbers * 10]
    _measured("a call asks whose number it is", asked, options.parallel)
    _measured("the same, one call at a time", asked, 1)
    store.close()


def _measured(words: str, acts: list[Callable[[], Any]], parallel: int) -> list[Any]:
    took: list[float] = []

    def timed(act: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = act()
        took.append(time.perf_counter() - began)
        return answer

    began = time.perf_counter()
    answers = Pool(parallel).map(timed, acts)
    _line(words, len(acts) / (time.perf_counter() - began), took)
    return list(answers)


def _line(words: str, rate: float, took: list[float]) -> None:
    took.sort()
    p50, p99 = took[len(took) // 2] * 1000, took[int(len(took) * 0.99)] * 1000
    print(f"{words:34}{rate:>10,.0f}{p50:>10.2f}{p99:>10.2f}")


def _api(folder: Path, url: str, options: argparse.Namespace) -> None:
    release = folder / "root/releases/bench"
    release.mkdir(parents=True)
    pool = {"name": "web", "numbers": _numbers(options.numbers), "overflow": "+380800330521", "lease_s": 600}
    plan = {"project": "bench", "tracking": TRACKING, "shown": {}}
    plan["pools"] = [{**pool, "keep_s": 3600, "page": [], "questions": {}}]
    (release / "tracking.json").write_text(json.dumps(plan))
    (folder / "root/current").symlink_to(release)
    command = [sys.executable, "-m", "routing", "track", "--root", str(folder / "root"), "--proxies", "1"]
    command += ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
    environment = {**os.environ, "ROUTING_REDIS": url}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr
        listen = json.loads(process.stderr.readline())["listen"]
        _ask(listen, "POST /v1/session", min(options.visitors, 3000), options.parallel)
        _ask(listen, "the same, one at a time", min(options.visitors, 500), 1)
        process.terminate()
        process.stderr.read()


def _ask(listen: str, words: str, count: int, parallel: int) -> None:
    """Each greenlet has a connection of its own, as a visitor's browser; addresses differ: none asks too often."""
    from gevent import monkey

    monkey.patch_socket()
    took: list[float] = []
    began = time.perf_counter()

    def visit(part: int) -> None:
        connection = HTTPConnection(listen)
        for number in range(part, count, parallel):
            body = json.dumps({"visitor": f"visitor-{number:08}", "entities": {"region": "521"}})
            headers = {"Origin": ORIGIN, "X-Forwarded-For": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"}
            asked = time.perf_counter()
            connection.request("POST", "/v1/session", body, headers)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
            took.append(time.perf_counter() - asked)
        connection.close()

    gevent.joinall([gevent.spawn(visit, part) for part in range(parallel)], raise_error=True)
    _line(words, count / (time.perf_counter() - began), took)


if __name__ == "__main__":
    sys.exit(main())
