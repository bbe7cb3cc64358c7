"""What a `lookup` adds to the time of the web server that it asks, and its CPU.

    python tools/bench_lookup.py [--questions 2000]

The server is ``sample_orders.py``, a process of its own. Its own time is that of Python's ``http.client``, which sends
the same request over a new connection and reads the answer; the lookup's is the engine's whole decision: breaker, count
of guesses, signature, URL, request, answer, fields. Both are asked in turn, so that the machine treats them alike. CPU
is that of this process per question.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

from routing.decide.lookup_answer import answer
from routing.decide.ports import Ports
from routing.decide.request import build_request
from routing.engine.handlers import Handlers
from routing.http.address import Resolver
from routing.http.breaker import Breaker
from routing.http.client import HttpClient
from routing.model.call import Call
from routing.model.decision import Found
from routing.model.local_guesses import LocalGuesses
from routing.model.typed_digits import TypedDigits

HERE = Path(__file__).resolve().parent
SECRETS = {"SHOP_KEY": "bench"}
CALL = Call("12345678", "/r", "s", "2", "+380440000546", "+380671234567", typed=TypedDigits({"order": "4711"}))
MOST_ADDED_MS = 5.0


def main() -> None:
    """Print the figures; exit 1 when more is added than promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=2000)
    count = parser.parse_args().questions
    command = [sys.executable, str(HERE / "sample_orders.py"), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **SECRETS}) as server:
        try:
            url = re.search(r"http://[\d.]+:\d+", server.stderr.readline())[0]  # type: ignore[union-attr,index]
            _measure(url, count)
        finally:
            server.terminate()


def _measure(url: str, count: int) -> None:
    step = {
        "kind": "lookup", "project": "bench", "url": f"{url}/orders/{{{{order}}}}", "method": "GET", "submit": "http",
        "timeout_s": 2.0, "secret": "SHOP_KEY", "fields": {"status": "status"}, "misses": 5, "within_s": 900,
    }  # fmt: skip
    handlers = Handlers(HttpClient(Resolver(time.monotonic)), Breaker(time.monotonic), SECRETS)
    ports = Ports(**dict.fromkeys(Ports.__dataclass_fields__) | {  # type: ignore[arg-type]
        "webhook": handlers, "guesses": LocalGuesses(time.monotonic),
    })  # fmt: skip
    own, ours = [], []
    own_cpu = ours_cpu = 0.0
    for _ in range(count):
        began, cpu = time.perf_counter(), time.process_time()
        _plain(step, url)
        own.append((time.perf_counter() - began) * 1000)
        own_cpu += time.process_time() - cpu
        began, cpu = time.perf_counter(), time.process_time()
        assert answer(step, CALL, ports).decision == Found()
        ours.append((time.perf_counter() - began) * 1000)
        ours_cpu += time.process_time() - cpu
    for name, times, cpu in (("the server alone", own, own_cpu), ("a lookup", ours, ours_cpu)):
        tail = statistics.quantiles(times, n=100)[98]
        print(f"{name}: p50 {statistics.median(times):.2f} ms, p99 {tail:.2f} ms, CPU {cpu / count * 1000:.2f} ms")
    added_ms = statistics.median(ours) - statistics.median(own)
    ratio = statistics.median(ours) / statistics.median(own)
    print(f"added: {added_ms:.2f} ms, {ratio:.2f} times the server's own time (promised: at most {MOST_ADDED_MS:g} ms)")
    if added_ms > MOST_ADDED_MS:
        sys.exit(1)


def _plain(step: dict[str, object], url: str) -> None:
    request = build_request(step, CALL, "msg_1", int(time.time()), ("bench",))
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=2)
    connection.request("GET", urlsplit(request.url).path, headers=dict(request.headers))
    assert connection.getresponse().read()
    connection.close()


if __name__ == "__main__":
    main()
