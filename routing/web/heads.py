"""The head of an HTTP request, read strictly: what a proxy in front could read otherwise is refused.

Two lengths, a length beside chunks, folded lines, names with spaces or bare line ends would let one request hide in
another one's body. A name with an underscore would be another header's in WSGI, be it one that only the proxy may set:
such lines are left out, as nginx does.
"""

from __future__ import annotations

import re
from collections import Counter
from io import BytesIO
from typing import Any, Protocol

MOST_LINES, LONGEST_LINE, MOST_BYTES = 100, 16_384, 65_536
_REQUEST = re.compile(r"[A-Z]{1,20} [\x21-\x7e\x80-\xff]+ HTTP/1\.[01]")
_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n")
_DIGITS = re.compile(rb"[0-9]{1,18}")
_ONCE = (b"content-length", b"transfer-encoding", b"host", b"content-type")


class BadHead(ValueError):
    """The request is refused; the text says why."""


class LineReader(Protocol):
    """Where a request comes from."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line with its end, cut at a size."""


def check_request_line(line: str) -> None:
    """Raises BadHead."""
    if not _REQUEST.fullmatch(line):
        raise BadHead(f"not a request line: {line[:80]!a}")


def read_head(source: LineReader) -> BytesIO:
    """The lines of a head up to the empty one, as a parser may have them. Raises BadHead."""
    kept, values, size = [], {}, 0
    counts: Counter[bytes] = Counter()
    for name, value, line in _lines(source):
        size += len(line)
        if size > MOST_BYTES or counts.total() >= MOST_LINES:
            raise BadHead("the head is too large")
        counts[name] += 1
        values[name] = value.strip(b" \t")
        if b"_" not in name:
            kept.append(line)
    _must_be_clear(counts, values)
    return BytesIO(b"".join((*kept, b"\r\n")))


def _lines(source: LineReader) -> Any:
    while (line := source.readline(LONGEST_LINE)) != b"\r\n":
        found = _LINE.fullmatch(line)
        if not found:
            raise BadHead(f"not a header: {line[:80]!a}")
        yield found[1].lower(), found[2], line


def _must_be_clear(counts: Counter[bytes], values: dict[bytes, bytes]) -> None:
    """Where the body ends is said once, in one way."""
    twice = [name for name in _ONCE if counts[name] > 1]
    if twice:
        raise BadHead(f"{twice[0].decode()} stands there twice")
    length, coding = values.get(b"content-length"), values.get(b"transfer-encoding")
    if length is not None and not _DIGITS.fullmatch(length):
        raise BadHead("content-length is no number")
    if coding is not None and (length is not None or coding.lower() != b"chunked"):
        raise BadHead("the length of the body is not clear")
