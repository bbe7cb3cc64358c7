"""A limit of processor time for the work on one record, for any work: a loop, a regex.

The kernel counts and interrupts, so the work checks no clock. Only a process' main thread can be interrupted: other
threads have no limit. A slow or busy machine does not matter: only the process' own processor time counts.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(Exception):
    """The limit is exceeded."""


@contextmanager
def within(cpu_s: float) -> Iterator[None]:
    """Raises TooLong inside the block after ``cpu_s`` seconds of this process' processor time."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"it takes longer than {cpu_s:g} s")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, cpu_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
