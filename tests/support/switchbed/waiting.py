"""Waiting for what a program outside does, when there is nothing to be told by."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def until(found: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Ask again and again until there is something; the last answer otherwise."""
    deadline = time.monotonic() + seconds
    while not (answer := found()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer
