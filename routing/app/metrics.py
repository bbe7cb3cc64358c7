"""The engine's Prometheus metrics; workers share them through files (the client library's multiprocess mode).

PROMETHEUS_MULTIPROC_DIR must be in the environment before this module is imported in a worker.
"""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)

DECISIONS = Counter(
    "routing_decisions",
    "Decisions by step kind and verdict (decided, continued, refused, failed, gone)",
    ["kind", "verdict"],
)
DECISION_SECONDS = Histogram(
    "routing_decision_seconds", "From the call's facts to its decision", ["kind"], buckets=SECONDS
)
UNDECIDED = Counter("routing_undecided", "Sockets that ended without a decision, by reason", ["reason"])
POPS = Counter("routing_pops", "Screen pops by way: redis, node (this one's screens alone), lost", ["way"])
OPEN_CALLS = Gauge("routing_open_calls", "Calls being decided now", multiprocess_mode="livesum")
OPEN_BREAKERS = Gauge(
    "routing_breakers_open", "Webhook URLs left alone, in one worker at most", multiprocess_mode="livemax"
)
DROPPED_LINES = Gauge(
    "routing_log_lines_dropped", "Log lines lost because nobody read them", multiprocess_mode="livesum"
)


def exposition(directory: Path) -> bytes:
    """All workers' metrics in Prometheus' text form."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(directory))  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def forget_process(directory: Path, pid: int) -> None:
    """Drop a dead worker's gauges; its counters stay."""
    mark_process_dead(pid, path=str(directory))  # type: ignore[no-untyped-call]
