"""Limits of bytes and time for input from strangers, counted where the bytes are read.

A deadline that is only checked when the reader pauses does not work: endless input (``100 Continue``, trailers, reply
lines) never lets it pause. Pure: the clock is an argument.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

#: Bytes per read: other greenlets run between two reads.
CHUNK = 16 * 1024


class TooMuch(OSError):
    """More bytes arrived than an honest server sends."""


class OutOfTime(TimeoutError):
    """The deadline has passed."""


@dataclass
class Budget:
    """``left``: bytes that may still arrive; ``until_s``: the deadline for all of them, on the clock (monotonic s)."""

    left: int
    until_s: float
    clock: Callable[[], float]

    def left_s(self) -> float:
        """The remaining seconds. Raises OutOfTime after the deadline."""
        left_s = self.until_s - self.clock()
        if left_s <= 0:
            raise OutOfTime("no answer in time")
        return left_s

    def spend(self, count: int) -> None:
        """Count received bytes. Raises TooMuch."""
        self.left -= count
        if self.left < 0:
            raise TooMuch("it sends without end")


class Counted(io.RawIOBase):
    """A raw stream over ``receive(most)``, which returns ``b""`` at the end; parsers read it through a buffer."""

    def __init__(self, receive: Callable[[int], bytes]) -> None:
        super().__init__()
        self._receive = receive
        #: Receive nothing more: a buffer around the stream then only returns what it holds.
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
