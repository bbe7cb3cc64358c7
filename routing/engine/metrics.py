"""The engine's Prometheus metrics; workers share them through files (the client library's multiprocess mode).

PROMETHEUS_MULTIPROC_DIR must be in the environment before this module is imported in a worker.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from routing.engine.missing import MissingSecret

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)

DECISIONS = Counter(
    "routing_decisions",
    "Decisions by step kind and verdict (decided, continued, refused, failed, late, gone)",
    ["kind", "verdict"],
)
DECISION_SECONDS = Histogram(
    "routing_decision_seconds", "From the call's facts to its decision", ["kind"], buckets=SECONDS
)
UNDECIDED = Counter("routing_undecided", "Sockets that ended without a decision, by reason", ["reason"])
CALLBACKS = Counter(
    "routing_callbacks",
    "Attempts to call clients back: begun; unknown, which FreeSWITCH has never begun or has no record of",
    ["what"],
)
POPS = Counter("routing_pops", "Screen pops by way: redis, node (this one's screens alone), lost", ["way"])
REFUSALS = Counter(
    "routing_guesses_refused", "Refusals of who guesses passwords: an account at an address, a whole address", ["what"]
)
RECOGNITION_SECONDS = Histogram(
    "routing_recognition_seconds", "From a caller's audio to a recogniser's answer", buckets=SECONDS
)
RECOGNISERS_UP = Gauge(
    "routing_recogniser_up", "Whether a recogniser answers in every worker (1)", ["recogniser"],
    multiprocess_mode="livemin",
)  # fmt: skip
OPEN_CALLS = Gauge("routing_open_calls", "Calls being decided now", multiprocess_mode="livesum")
WAITING = Gauge("routing_calls_waiting", "Calls held for a busy person", multiprocess_mode="livesum")
QUEUED = Gauge("routing_queue_callers", "Callers in queues, who wait, ring or talk", multiprocess_mode="livesum")
QUEUE_OFFERS = Counter("routing_queue_offers", "Offers of a caller to people", ["queue"])
QUEUE_CALLS = Counter("routing_queue_calls", "Callers by how their wait ended: talk, hangup, left", ["queue", "ended"])
QUEUE_WAIT_SECONDS = Histogram(
    "routing_queue_wait_seconds", "From a caller's arrival to the talk", ["queue"],
    buckets=(5, 10, 20, 30, 60, 90, 120, 180, 300, 600, 1800),
)  # fmt: skip
MISSED_OUT = Counter("routing_queue_missed_out", "People whom missed offers have paused")
OPEN_BREAKERS = Gauge(
    "routing_breakers_open", "Webhook URLs whose breaker is open, in one worker at most", multiprocess_mode="livemax"
)
REDIS_UP = Gauge(
    "routing_redis_up", "Whether every worker reaches Redis (1), or one does not", multiprocess_mode="livemin"
)
SWITCH_UP = Gauge(
    "routing_switch_known", "Whether every worker knows who is free, by FreeSWITCH (1)", multiprocess_mode="livemin"
)
PHONES = Gauge(
    "routing_phones_registered",
    "SIP accounts registered, by the worker that knows of least",
    multiprocess_mode="livemin",
)
BUSY = Gauge(
    "routing_people_busy", "People who ring or talk, by the worker that knows of most", multiprocess_mode="livemax"
)
CARDS = Counter("routing_cards", "Cards that people asked for by keys in a talk, by outcome", ["outcome"])
DROPPED_LINES = Gauge(
    "routing_log_lines_dropped", "Log lines lost because nobody read them", multiprocess_mode="livesum"
)


def exposition(
    directory: Path, release: str = "", missing: tuple[MissingSecret, ...] = (), *, is_drained: bool = False
) -> bytes:
    """All workers' metrics in Prometheus' text form, which release is live ("" for none), the secrets that it
    misses, and whether the node is drained."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(directory))  # type: ignore[no-untyped-call]
    registry.register(_Live(release, missing, is_drained))
    return generate_latest(registry)


@dataclass(frozen=True)
class _Live(Collector):
    """The name of the live release, and the secrets that it misses, as labels of a 1; whether the node is drained."""

    release: str
    missing: tuple[MissingSecret, ...]
    is_drained: bool

    def collect(self) -> Iterator[Metric]:
        """See Collector."""
        live = GaugeMetricFamily("routing_release_live", "The release that new calls enter", labels=["release"])
        if self.release:
            live.add_metric([self.release], 1)
        yield live
        labels = ["secret", "purpose", "place"]
        secrets = GaugeMetricFamily(
            "routing_secret_missing", "Secrets that the live release names and the engine was not given", labels=labels
        )
        for each in self.missing:
            secrets.add_metric([each.name, each.purpose, each.place], 1)
        yield secrets
        yield GaugeMetricFamily(
            "routing_drained", "Whether the node is drained: it gets no new calls (1)", value=float(self.is_drained)
        )


def forget_process(directory: Path, pid: int) -> None:
    """Drop a dead worker's gauges; its counters stay."""
    mark_process_dead(pid, path=str(directory))  # type: ignore[no-untyped-call]
