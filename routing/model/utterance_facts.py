"""What is known of what a caller said at a speech menu. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class UtteranceFacts:
    """What is known of an utterance. ``heard_at``, ``until``: when it was said and has to go, in seconds since the
    epoch; ``heard``: what the recogniser heard, "" for no words; ``confidence``: 0 to 1; ``option``: whose phrase that
    is."""

    heard_at: float = 0.0
    until: float = 0.0
    heard: str = ""
    confidence: float = 0.0
    option: str = ""
    recogniser: str = ""
    language: str = ""
    scheme: str = ""
    step: str = ""
