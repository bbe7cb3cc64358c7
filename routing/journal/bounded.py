"""A bound of processor time around the work on one record, which holds whatever the work is: a loop, a regex.

The kernel counts and interrupts; nothing has to look at a clock. Only a process' main thread can be interrupted:
elsewhere there is no bound. A machine that is slow or busy ends nothing: time in which others ran does not count.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(Exception):
    """The time is over."""


@contextmanager
def within(cpu_s: float) -> Iterator[None]:
    """Raises TooLong inside the block after so many seconds of this process' processor time."""
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
