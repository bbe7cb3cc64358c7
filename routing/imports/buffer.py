"""A window over a long stream: patterns match at its position, and only what a match needs is in memory."""

from __future__ import annotations

import re
from typing import BinaryIO

from routing.imports.fault import ImportFault

CHUNK = 1 << 20
#: The longest value or line; a database takes no longer packet either.
LONGEST = 1 << 26
#: What is not found within so many bytes is not there, unless it is a long value.
REACH = 1 << 16


class DumpWindow:
    """Bytes of a stream from a position on, with the number of the line there."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.data = b""
        self.at = 0
        self.line = 1
        self.is_complete = False

    def match(self, pattern: re.Pattern[bytes], reach: int = REACH) -> re.Match[bytes] | None:
        """The pattern here. A match that touches the end of what is read is tried again with more.

        ``reach``: how much must be read before nothing is found.
        """
        while True:
            found = pattern.match(self.data, self.at)
            left = len(self.data) - self.at
            if self.is_complete or (found.end() < len(self.data) if found else left >= reach):
                return found
            self.read_on()

    def passed(self, end: int) -> None:
        """Go on to a position of `data`."""
        self.line += self.data.count(b"\n", self.at, end)
        self.at = end

    def take(self, pattern: re.Pattern[bytes], reach: int = REACH) -> re.Match[bytes] | None:
        """`match`, and go on behind it."""
        if found := self.match(pattern, reach):
            self.passed(found.end())
        return found

    def starts_with(self, sign: bytes) -> bool:
        """Whether these bytes come next."""
        while len(self.data) - self.at < len(sign) and not self.is_complete:
            self.read_on()
        return self.data.startswith(sign, self.at)

    def pass_until(self, sign: bytes) -> None:
        """Go on behind the first byte of a sign, or to the end."""
        while (found := self.data.find(sign, self.at)) < 0:
            self.passed(max(self.at, len(self.data) - len(sign)))
            if self.is_complete:
                self.passed(len(self.data))
                return
            self.read_on()
        self.passed(found + 1)

    @property
    def is_at_end(self) -> bool:
        """Whether nothing follows."""
        while self.at == len(self.data) and not self.is_complete:
            self.read_on()
        return self.at == len(self.data)

    def read_on(self) -> None:
        """Read as much again as is there, so that long values cost no more than twice their length."""
        left = len(self.data) - self.at
        if left > LONGEST + REACH:
            raise ImportFault(f"line {self.line}: a value or a line is longer than {LONGEST >> 20} MB: this is no dump")
        more = self._stream.read(max(CHUNK, left))
        self.is_complete = not more
        self.data = self.data[self.at :] + more
        self.at = 0
