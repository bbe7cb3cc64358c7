"""``routing track``: serves the tracking API on gevent, from the live release and Redis."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, generate_latest

from routing.process.log import Lines
from routing.process.secrets import read_secrets, signing_secrets
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.leases import RedisLeases
from routing.track.api import TrackingApi, create
from routing.track.holders import Holders
from routing.track.plan import TrackingPlan, plan_of
from routing.web.connections import ConnectionHandler
from routing.web.limits import Limiter
from routing.web.server import LivePlan, PublicSite, missing

MOST_CONNECTIONS = 2_000


def _counts() -> tuple[Callable[[str, str], None], Callable[[], bytes]]:
    registry = CollectorRegistry()
    requests = Counter(
        "routing_track_requests",
        "Requests by what was asked (session, view) and how it ended (lent, overflow, store_down, no_pool, ...)",
        ["asked", "outcome"],
        registry=registry,
    )
    return (lambda what, outcome: requests.labels(what, outcome).inc()), (lambda: generate_latest(registry))


def _faults(plan: TrackingPlan | None, keys: Callable[[str], Sequence[str]]) -> Iterator[str]:
    if plan is None or not plan.lenders:
        yield "the live release lends no numbers (hint: `pools:` and `project: {tracking: ...}` in the schemes)"
    elif plan.key and not keys(plan.key):
        yield f"the secret {plan.key} is not set: programs are refused (hint: serve with --secrets FILE)"


def serve(root: Path, listen: str, status: str, redis: str, secrets: Path | None, proxies: int) -> None:
    """Serve until SIGTERM. Raises UserFailure or BadAddress when it cannot begin."""
    lines = Lines()
    known = read_secrets(secrets, os.environ)
    store = RedisStore(parse(redis), report=lambda text: lines.write("warning", "redis", words=text))
    count, metrics = _counts()
    live = LivePlan(root, "tracking.json", plan_of, lines)

    def keys(name: str) -> Sequence[str]:
        return signing_secrets(known, name) or ()

    def fault(problem: Exception) -> None:
        lines.write("error", "fault", problem=repr(problem)[:500])

    def health() -> tuple[bool, Mapping[str, Any]]:
        return live() is not None, {"redis": store.is_up}

    missing(root, lines, _faults(live() if (root / "current" / "tracking.json").is_file() else None, keys))
    api = TrackingApi(
        live, RedisLeases(store), Limiter(time.monotonic), keys, time.time, count, fault, Holders(time.monotonic)
    )
    with closing(store):
        PublicSite(
            create(api), listen, status, health, metrics, lines, proxies, ConnectionHandler, MOST_CONNECTIONS
        ).run()
