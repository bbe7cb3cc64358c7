"""Messages between ``routing publish --nodes`` and a node: a line of JSON, and bytes behind it if ``bytes`` says so.

Both sides read and write with a deadline: a peer that hangs, or a network that swallows, ends a wait and not a publish.
"""

from __future__ import annotations

import json
import os
import select
import time
from typing import Any

LONGEST_LINE, LONGEST_BODY = 64 * 1024, 1024 * 1024 * 1024
_CHUNK = 256 * 1024

Message = dict[str, Any]


class PipeFault(Exception):
    """The peer is gone, says nothing, or says what no peer says; the text says which."""


class PeerGone(PipeFault):
    """The peer has closed its side."""


class PeerSilent(PipeFault):
    """The peer has not read or written for the whole deadline."""


class NotAMessage(PipeFault):
    """A line that is no message; ``line`` is its beginning."""

    def __init__(self, line: bytes) -> None:
        super().__init__("no message")
        self.line = line.decode("utf-8", "replace")[:200].strip()


class MessagePipe:
    """Two file descriptors. Not for several threads at once. Every method raises PipeFault."""

    def __init__(self, reads: int, writes: int, silence_s: float) -> None:
        self._reads, self._writes, self._silence_s = reads, writes, silence_s
        self._held = bytearray()
        os.set_blocking(reads, False)
        os.set_blocking(writes, False)

    def send(self, message: Message, body: bytes = b"") -> None:
        """Send a message, and bytes behind it. ``silence_s`` holds for each part that the peer takes."""
        line = json.dumps(message | {"bytes": len(body)}).encode() + b"\n"
        for part in (line, body):
            left = memoryview(part)
            while left:
                self._ready(writes=True)
                try:
                    left = left[os.write(self._writes, left[:_CHUNK]) :]
                except BlockingIOError:
                    continue
                except OSError:
                    raise PeerGone("the connection broke off") from None

    def receive(self) -> tuple[Message, bytes]:
        """The next message and its bytes."""
        while b"\n" not in self._held:
            if len(self._held) > LONGEST_LINE:
                raise NotAMessage(bytes(self._held))
            self._read()
        line, _, rest = bytes(self._held).partition(b"\n")
        self._held = bytearray(rest)
        try:
            message = json.loads(line)
            size = int(message.get("bytes", 0))
        except (ValueError, TypeError, AttributeError):
            raise NotAMessage(line) from None
        if not 0 <= size <= LONGEST_BODY:
            raise NotAMessage(line)
        while len(self._held) < size:
            self._read()
        body = bytes(self._held[:size])
        del self._held[:size]
        return message, body

    def _read(self) -> None:
        self._ready(writes=False)
        try:
            got = os.read(self._reads, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            raise PeerGone("the connection broke off") from None
        if not got:
            raise PeerGone("the connection broke off")
        self._held += got

    def _ready(self, *, writes: bool) -> None:
        end = time.monotonic() + self._silence_s
        poll = select.poll()  # any descriptor, also those above 1023
        poll.register(self._writes if writes else self._reads, select.POLLOUT if writes else select.POLLIN)
        if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
            raise PeerSilent(f"no answer for {self._silence_s:.0f} s")
