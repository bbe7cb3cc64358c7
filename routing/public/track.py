"""``routing track``: serves the tracking API and that of orders to call back, on gevent, from the live release, Redis
and the journal's database."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, generate_latest

from routing.model.callback_plan import TABLE, CallbackPlan
from routing.model.callback_plan import plan_of as callback_plan_of
from routing.process.log import Lines
from routing.process.secrets import read_secrets, signing_secrets
from routing.public.callback_desk import CallbackDesk
from routing.public.callbacks import PATHS, CallbackApi, add_routes
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.leases import RedisLeases
from routing.track.api import TrackingApi, create
from routing.track.holders import Holders
from routing.track.plan import TrackingPlan, plan_of
from routing.web.connections import ConnectionHandler
from routing.web.limits import HourlyLimits, Limiter
from routing.web.server import LivePlan, PublicSite, missing

MOST_CONNECTIONS = 2_000


def _counts() -> tuple[Callable[[str, str], None], Callable[[], bytes]]:
    registry = CollectorRegistry()
    requests = Counter(
        "routing_track_requests",
        "Requests by what was asked (session, view, order, ...) and how it ended (lent, overflow, ordered, proof, ...)",
        ["asked", "outcome"],
        registry=registry,
    )
    return (lambda what, outcome: requests.labels(what, outcome).inc()), (lambda: generate_latest(registry))


def _faults(plan: TrackingPlan | None, keys: Callable[[str], Sequence[str]]) -> Iterator[str]:
    if plan is None or not (plan.lenders or plan.callbacks):
        yield "the live release lends no numbers (hint: `pools:` and `project: {tracking: ...}` in the schemes)"
    elif plan.key and not keys(plan.key):
        yield f"the secret {plan.key} is not set: programs are refused (hint: serve with --secrets FILE)"


def serve(
    root: Path, listen: str, status: str, redis: str, secrets: Path | None, proxies: int, database: str = ""
) -> None:
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
    limiter = Limiter(time.monotonic)
    api = TrackingApi(live, RedisLeases(store), limiter, keys, time.time, count, fault, Holders(time.monotonic))
    desk = CallbackDesk(
        database or str(root.absolute() / "journal.db"), lambda reason: lines.write("error", "journal", problem=reason)
    )
    orders = CallbackApi(
        _calling_back(root, lines), desk, limiter, HourlyLimits(time.monotonic), keys, time.time, count
    )
    with closing(store), closing(desk):
        PublicSite(
            application(api, orders), listen, status, health, metrics, lines, proxies, ConnectionHandler,
            MOST_CONNECTIONS,
        ).run()  # fmt: skip


def application(api: TrackingApi, orders: CallbackApi) -> Flask:
    """The tracking API, and beside it that of orders to call back."""

    def origins() -> Collection[str]:
        plan = orders.plan()
        return plan.origins if plan else ()

    app = create(api, origins, PATHS)
    add_routes(app, orders)
    return app


def _calling_back(root: Path, lines: Lines) -> Callable[[], CallbackPlan | None]:
    """The live release's plan of callbacks; None when it has none."""
    live = LivePlan(root, TABLE, callback_plan_of, lines)
    return lambda: live() if (root / "current" / TABLE).is_file() else None
