"""What a stranger may send us: so many bytes until so late, counted where the bytes are read.

A deadline that waits for the reader to pause is none: who sends without end (``100 Continue``, trailers, lines of a
reply) never lets it pause. Pure: the clock is an argument.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

#: Bytes asked for at a time: between two of these others get their turn.
CHUNK = 16 * 1024


class TooMuch(OSError):
    """More came than an honest server sends."""


class OutOfTime(TimeoutError):
    """The time is over."""


@dataclass
class Budget:
    """``left``: bytes that may still come; ``until_s``: when everything must have come, on the clock (monotonic s)."""

    left: int
    until_s: float
    clock: Callable[[], float]

    def left_s(self) -> float:
        """Seconds that are left. Raises OutOfTime when there are none."""
        left_s = self.until_s - self.clock()
        if left_s <= 0:
            raise OutOfTime("no answer in time")
        return left_s

    def spend(self, count: int) -> None:
        """So many bytes came. Raises TooMuch."""
        self.left -= count
        if self.left < 0:
            raise TooMuch("it sends without end")


class Counted(io.RawIOBase):
    """A stream of what ``receive(most)`` gives, ``b""`` at its end: what parsers read, a buffer around it."""

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        super().__init__()
        self._receive = receive
        #: Nothing more is to be received: a buffer around it tells what it holds, and waits for nothing.
        self.is_dry = False

    def readable(self) -> bool:
        """As io.RawIOBase."""
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        """As io.RawIOBase; at most `CHUNK` bytes."""
        if self.is_dry:
            return None
        came = self._receive(min(len(buffer), CHUNK))
        buffer[: len(came)] = came
        return len(came)
