"""The engine: its processes, its port, its secrets and its memory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prometheus_client.parser import text_string_to_metric_families

from routing.doctor.diagnosis import Diagnosis, ok, warning, wrong
from routing.doctor.node import CheckedNode, NoAnswer, is_loopback
from routing.model.problem import counted

#: The engine's metric: one row for each secret.
MISSING = "routing_secret_missing"


def healthy(node: CheckedNode) -> Iterator[Diagnosis]:
    """The engine takes calls, on loopback only."""
    try:
        node.http("/health")
    except NoAnswer as silence:
        yield wrong(
            f"the engine does not answer: {silence}; open circuit breakers and missing secrets are unknown",
            "start `routing serve`; until then calls go by the compiled fallbacks",
        )
        return
    if node.compiled_engine and node.compiled_engine != node.engine:
        yield wrong(
            f"the release connects to {node.compiled_engine}, not to {node.engine}",
            "publish with --engine, or serve with --listen",
        )
    ips = node.listeners(int(node.engine.rpartition(":")[2]))
    if not ips:
        yield wrong(
            f"nothing listens on {node.engine}, to which the release connects",
            f"`routing serve --listen {node.engine}`, or publish with --engine where it listens",
        )
    elif not all(map(is_loopback, ips)):
        yield wrong(
            f"the engine listens on {', '.join(ips)}: anybody who reaches it can act as FreeSWITCH",
            f"serve with --listen 127.0.0.1:{node.engine.rpartition(':')[2]}",
        )
    else:
        yield ok(f"the engine is healthy and listens on {node.engine}")


def open_breakers(node: CheckedNode) -> Iterator[Diagnosis]:
    """No circuit breaker of a web server or CRM is open."""
    try:
        found = re.search(r"^routing_breakers_open(?:\{[^}]*\})? ([0-9.]+)", node.http("/metrics"), re.MULTILINE)
    except NoAnswer:
        return
    if found and float(found[1]) > 0:
        yield warning(
            f"{counted(int(float(found[1])), 'web server')} failed repeatedly: no requests for a while",
            "the engine's log names them",
        )


def secrets(node: CheckedNode) -> Iterator[Diagnosis]:
    """The engine has every secret that the live release names."""
    try:
        metrics = text_string_to_metric_families(node.http("/metrics"))
        rows = [sample.labels for metric in metrics if metric.name == MISSING for sample in metric.samples]
    except (NoAnswer, ValueError):
        return
    for row in rows:
        yield wrong(
            f"the engine has no secret {row['secret']} ({row['purpose']}, named by {row['place']})",
            "add it to the file of `routing serve --secrets`, then send SIGHUP; it is not used until then",
        )


def memory(node: CheckedNode) -> Iterator[Diagnosis]:
    """Redis answers."""
    try:
        yield ok(f"Redis answers ({node.redis()})")
    except NoAnswer as silence:
        yield warning(
            f"Redis does not answer: {silence}",
            "until then sticky steps go on and orders are as written; `routing serve` runs one, or set ROUTING_REDIS",
        )
