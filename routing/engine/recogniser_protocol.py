"""What the engine and a recogniser write to each other: lines of JSON, and samples. Pure."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from routing.model.recognition import SAMPLE_RATE, Recognised


def request(request_id: int, language: str, phrases: Sequence[str], audio: bytes) -> bytes:
    """A request: a line, then the samples."""
    facts = {
        "id": request_id, "language": language, "phrases": list(phrases), "rate": SAMPLE_RATE, "bytes": len(audio),
    }  # fmt: skip
    return json.dumps(facts).encode() + b"\n" + audio


def is_ready(line: bytes) -> bool:
    """Whether a recogniser's first line says so. Raises ValueError for what is no line of JSON."""
    return _object(line).get("ready") is True


def _object(line: bytes) -> dict[str, Any]:
    """Raises ValueError for everything that is no JSON object."""
    try:
        value = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def answer(line: bytes, request_id: int) -> Recognised:
    """The answer to a request. Raises ValueError."""
    facts = _object(line)
    text, confidence = facts.get("text"), facts.get("confidence")
    if facts.get("id") != request_id:
        raise ValueError("the answer to another request")
    if not isinstance(text, str) or isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise ValueError("neither text nor confidence")
    if math.isnan(sure := float(min(max(confidence, 0), 1))):
        raise ValueError("no confidence")
    return Recognised(text, sure)
