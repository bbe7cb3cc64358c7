"""The option `--traces`: its libraries are an extra that few nodes install, and that costs the others no time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

_PARTS = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def tracer_to(endpoint: str) -> Callable[[Mapping[str, Any]], None]:
    """Sends the facts of decisions to a collector; does nothing without an endpoint."""
    if not endpoint:
        return lambda facts: None
    from routing.engine.tracing import DecisionSpans

    return DecisionSpans(endpoint)


def is_installed() -> bool:
    """Whether the libraries are there."""
    return all(map(_is_there, _PARTS))


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of a part that it is in
        return False
