"""A time limit that ends a ``with`` block without an exception."""

from __future__ import annotations

import gevent


def time_limit(seconds: float) -> gevent.Timeout:
    """``with time_limit(2):`` leaves the block after two seconds without raising (gevent's silent timeout)."""
    return gevent.Timeout(seconds, False)  # type: ignore[arg-type]
