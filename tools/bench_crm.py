"""What a CRM look-up costs beyond the CRM's own time, and the engine's CPU for it.

A vendor's fake runs in a process of its own and answers every request after 50 ms over real HTTP. The engine's client,
greenlets and rules ask it for callers that were never asked for before, so nothing comes from memory; the owner is
known. Overhead = the time of a look-up less the time during which the vendor worked on a request, as it says itself.
"""

# ruff: noqa: E402

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import gevent

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from routing.crm.systems import Systems
from routing.crm.tasks import Greenlets as Tasks
from routing.http.address import Resolver
from routing.http.breaker import Breaker
from routing.http.pool import HttpPool
from routing.model.lookup import OwnerFound
from routing.model.web import Reply
from support import crm_serving
from support.crm_bed import FAKES, ORDER, config
from support.crm_fake import Fake

VENDORS = {fake.__name__: fake for fake in FAKES}
LATENCY_S = 0.050
TARGET_MS = 5.0


@dataclass(frozen=True)
class Figures:
    """Milliseconds of a look-up."""

    p50: float
    p99: float
    cpu: float


def callers(count: int) -> list[str]:
    return [f"+38067{1_000_000 + number}" for number in range(count)]


def serve(name: str, count: int) -> None:
    """The fake's process: tells its address, then serves until its input ends."""
    fake = VENDORS[name](wait=lambda: gevent.sleep(LATENCY_S))
    fake.world.user(17)
    for caller in callers(count):
        fake.world.deal(fake.world.contact(caller, owner=17), owner=17)
    fake.token = "hush-bench"
    with crm_serving.serving(fake) as address:
        print(address, flush=True)
        gevent.get_hub().threadpool.apply(sys.stdin.read)


class Timed:
    """The client, noting when the vendor worked."""

    def __init__(self, http: crm_serving.Redirected) -> None:
        self.http = http
        self.worked: list[tuple[float, float]] = []

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline_s: float) -> Reply:
        reply = self.http.request(method, url, headers, body, deadline_s)
        now = time.perf_counter()
        self.worked.append((now - float(reply.headers["x-took"]), now))
        return reply


def measure(name: str, count: int) -> Figures:
    command = [sys.executable, __file__, "--serve", name, "--lookups", str(count)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        return lookups(VENDORS[name](), server.stdout.readline().strip(), count)
    finally:
        server.kill()
        server.wait()


def lookups(fake: Fake, address: str, count: int) -> Figures:
    http = Timed(crm_serving.Redirected(HttpPool(Resolver(time.monotonic)), address))
    systems = Systems(http, Breaker(time.monotonic), Tasks(), fake.secrets, time.monotonic, time.time)
    asked = config(fake)
    took: list[float] = []
    first, *others = callers(count)
    used = 0.0
    for caller in (first, *others):
        http.worked = []
        before, began = cpu(), time.perf_counter()
        outcome = systems.lookup(asked, caller, ORDER[1:], lambda owner: True, 10.0, {})
        ended = time.perf_counter()
        assert isinstance(outcome, OwnerFound), outcome
        if caller != first:
            took.append((ended - began - length(http.worked)) * 1000)
            used += cpu() - before
    took.sort()
    return Figures(statistics.median(took), took[int(len(took) * 0.99) - 1], used * 1000 / len(others))


def length(intervals: list[tuple[float, float]]) -> float:
    """How long at least one of the intervals lasted."""
    total, reached = 0.0, 0.0
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lookups", type=int, default=40)
    parser.add_argument("--vendor", choices=VENDORS)
    parser.add_argument("--serve", choices=VENDORS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.lookups)
        return
    print(f"{'CRM':<14} {'overhead p50':>14} {'p99':>10} {'engine CPU':>12}")
    for name in [options.vendor] if options.vendor else VENDORS:
        figures = measure(name, options.lookups)
        print(f"{name:<14} {figures.p50:>11.2f} ms {figures.p99:>7.2f} ms {figures.cpu:>9.2f} ms")
    print(f"target: overhead p50 <= {TARGET_MS:g} ms beyond the vendor's {LATENCY_S * 1000:g} ms an answer")


if __name__ == "__main__":
    main()
