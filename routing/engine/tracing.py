"""Decisions as OpenTelemetry spans for Jaeger, Tempo and the like (`routing serve --traces URL`): one trace a call.

The id of a trace is the call's uuid without its dashes, so that a trace is found by the call and the call by the trace.
A thread of the library sends spans in batches: a collector that is dead or hangs costs a decision nothing, and spans
that find no place in the library's buffer are dropped.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Status, StatusCode

from routing.engine.deciding import USUAL_OUTCOMES

#: A collector that takes longer does not get this batch. The engine's end waits for the last one as long.
SEND_SECONDS = 2.0
#: Warns of every single span that finds no place.
_FULL = "opentelemetry.sdk._shared_internal"
#: Facts of a decision's log line that are attributes: no numbers of callers.
_SHOWN = ("scheme", "step", "kind", "verdict", "decision", "reason", "host", "person")


class DecisionSpans:
    """Called with the facts of each decision's log line. ``endpoint``: a collector's URL for OTLP over HTTP."""

    def __init__(self, endpoint: str) -> None:
        self._ids = _CallIds()
        facts = {"service.name": "routing", "service.instance.id": str(os.getpid()), "host.name": os.uname().nodename}
        self._provider = TracerProvider(resource=Resource.create(facts), id_generator=self._ids, shutdown_on_exit=False)
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=SEND_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("routing")
        atexit.register(self.close)
        logging.getLogger(_FULL).setLevel(logging.ERROR)

    def __call__(self, facts: Mapping[str, Any]) -> None:
        """``facts``: ``call``, ``kind``, ``verdict``, ``reason``, ``ms`` and more (`routing.engine.deciding`)."""
        ended_ns = time.time_ns()
        self._ids.call = str(facts["call"])
        span = self._tracer.start_span(
            f"decide {facts['kind']}",
            context=Context(),
            start_time=ended_ns - round(facts["ms"] * 1e6),
            attributes={f"routing.{name}": str(facts[name]) for name in _SHOWN if facts.get(name)},
        )
        if facts["verdict"] not in USUAL_OUTCOMES:
            span.set_status(Status(StatusCode.ERROR, str(facts["reason"])))
        span.end(ended_ns)

    def close(self) -> None:
        """Send what is left, as long as that takes no longer than a batch may."""
        sending = threading.Thread(target=self._provider.shutdown, daemon=True)
        sending.start()
        sending.join(SEND_SECONDS)


class _CallIds(RandomIdGenerator):
    """Trace ids that are uuids of calls."""

    call = ""

    def generate_trace_id(self) -> int:
        try:
            return UUID(self.call).int or super().generate_trace_id()
        except ValueError:
            return super().generate_trace_id()
