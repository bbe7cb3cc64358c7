"""Waiting among greenlets for what another one does; `support.switchbed.waiting` waits for programs outside."""

from __future__ import annotations

from collections.abc import Callable

import gevent


def within(seconds: float = 30.0) -> gevent.Timeout:
    """How long a test waits, as a context."""
    return gevent.Timeout(seconds, AssertionError("it took too long"))


def until(true: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for something to be so."""
    with within(seconds):
        while not true():
            gevent.sleep(0.001)
