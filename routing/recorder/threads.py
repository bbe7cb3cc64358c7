"""Threads of the recorder that go on for as long as a block runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

#: How long a thread that listens to FreeSWITCH may hold up the end.
END_SECONDS = 5.0


@contextmanager
def running(stop: Event, threads: Sequence[Thread]) -> Iterator[None]:
    """Start them; at the end set ``stop``, by which they end, and wait for each a moment."""
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(END_SECONDS)
