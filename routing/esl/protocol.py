"""The event socket's wire format: commands out, messages in.

A message is a block of ``Name: value`` lines and, by its Content-Length, a body. Lines are split first; a value is
percent-decoded only when it is read, so no value can forge a header. Pure: bytes in, bytes out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

LONGEST_HEAD = 64 * 1024
LONGEST_BODY = 4 * 1024 * 1024
#: A header block of which only some lines are kept may be this long in all. FreeSWITCH repeats what a caller sent in
#: many variables and percent-encodes it: SIP headers of 60 kB become 1 MB and more.
LONGEST_STREAM = 16 * 1024 * 1024
#: Enough of a line to hold its header's name.
_NAME = 256
#: Separates the assignments of ``multiset``. Decisions never contain it; a value with it is refused.
SEPARATOR = ";"
#: Characters that end a line, end a C string, or make FreeSWITCH expand a value.
UNSAFE = ("\r", "\n", "\0", "$")


class EventSocket(NamedTuple):
    """Where FreeSWITCH's event socket is, and its password."""

    host: str
    port: int
    password: str

    @classmethod
    def at(cls, address: str, password: str) -> EventSocket:
        """Raises ValueError for anything but ``host:port``; its text can be shown."""
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            raise ValueError(f"`{address}` is not an address: write 127.0.0.1:8021")
        return cls(host.strip("[]"), int(port), password)


class ProtocolError(Exception):
    """The peer does not speak the event socket's protocol, or exceeds its limits."""


class Oversized(ProtocolError):
    """A message exceeds the limits."""


def execute(application: str, argument: str = "") -> bytes:
    """``sendmsg`` that runs a dialplan application on the session. Raises ValueError for unsafe text."""
    _must_be_plain(f"{application} {argument}")
    head = f"sendmsg\ncall-command: execute\nexecute-app-name: {application}\n"
    return (head + f"execute-app-arg: {argument}\n\n" if argument else head + "\n").encode()


def set_variables(variables: Mapping[str, str]) -> bytes:
    """One command that sets all channel variables. Raises ValueError for a value that is not plain text."""
    return execute("multiset", f"^^{SEPARATOR}{assignments(variables)}")


def assignments(variables: Mapping[str, str]) -> str:
    """``name=value;name=value``, as ``multiset`` and ``uuid_setvar_multi`` take them.

    Raises ValueError for a value that is not plain text.
    """
    for name, value in variables.items():
        _must_be_plain(name + value)
        if SEPARATOR in value or SEPARATOR in name or "=" in name:
            raise ValueError(f"{name!r} with {value!r} cannot be set in one command")
    return SEPARATOR.join(f"{name}={value}" for name, value in variables.items())


def _must_be_plain(text: str) -> None:
    for sign in UNSAFE:
        if sign in text:
            raise ValueError(f"{sign!r} may not be sent to FreeSWITCH: {text[:80]!r}")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its header block as received, with a newline before it, and its body."""

    head: bytes
    body: bytes = b""

    def get(self, name: str) -> str | None:
        """A header's value, percent-decoded; None when absent. Bytes that are not UTF-8 become U+FFFD."""
        raw = raw_header(self.head, name.encode())
        if raw is None:
            return None
        return (unquote_to_bytes(raw) if b"%" in raw else raw).decode("utf-8", "replace")


def raw_header(head: bytes, name: bytes) -> bytes | None:
    """The undecoded value of a header in a block that starts with a newline; None when absent."""
    start = head.find(b"\n" + name + b": ")
    if start < 0:
        return None
    start += len(name) + 3
    end = head.find(b"\n", start)
    return head[start : end if end >= 0 else len(head)].rstrip(b"\r")


class Parser:
    """Incremental: ``feed`` received bytes, ``next`` gives complete messages or raises ProtocolError.

    With ``keeps``, a header block longer than ``longest_head`` is reduced to the lines that begin with one of them.
    """

    def __init__(
        self, longest_head: int = LONGEST_HEAD, longest_body: int = LONGEST_BODY, keeps: tuple[bytes, ...] = ()
    ) -> None:
        self._buffer = bytearray()
        self._scanned = 0
        self._dropped = 0
        self._longest_head = longest_head
        self._longest_body = longest_body
        self._keeps = keeps

    def feed(self, received: bytes) -> None:
        """Take received bytes."""
        self._buffer += received

    def next(self) -> Message | None:
        """The next whole message, or None until more bytes come."""
        end = self._head_end()
        if end < 0:
            return None
        head = b"\n" + bytes(self._buffer[:end])
        length = _body_length(head, self._longest_body)
        whole = end + 2 + length
        if len(self._buffer) < whole:
            return None
        message = Message(head, bytes(self._buffer[end + 2 : whole]))
        del self._buffer[:whole]
        self._scanned = self._dropped = 0
        return message

    def _head_end(self) -> int:
        end = self._buffer.find(b"\n\n", self._scanned)
        if end > self._longest_head or (end < 0 and len(self._buffer) > self._longest_head):
            if not self._keeps:
                raise Oversized(f"a header block of more than {self._longest_head} bytes")
            end = self._shorten(end)
        self._scanned = end if end >= 0 else max(0, len(self._buffer) - 1)
        return end

    def _shorten(self, end: int) -> int:
        """Drop lines that nobody reads; returns where the header block ends now, -1 when it is incomplete."""
        before = len(self._buffer)
        lines = bytes(self._buffer[: end if end >= 0 else before]).split(b"\n")
        going_on = [] if end >= 0 else [self._begun(lines.pop())]
        kept = b"\n".join([line for line in lines if line.startswith(self._keeps)] + going_on)
        self._buffer[: end if end >= 0 else before] = kept
        self._dropped += before - len(self._buffer)
        if len(kept) > self._longest_head or self._dropped > LONGEST_STREAM:
            raise Oversized(f"a header block of more than {max(len(kept), self._dropped)} bytes")
        return len(kept) if end >= 0 else -1

    def _begun(self, line: bytes) -> bytes:
        """An incomplete line: all of it when it is read, else only enough to hold its name."""
        if line.startswith(self._keeps) or len(line) <= _NAME:
            return line
        if b": " not in line[:_NAME]:
            raise ProtocolError("a line that is not a header")
        return line[:_NAME]


def _body_length(head: bytes, longest: int) -> int:
    raw = raw_header(head, b"Content-Length")
    if raw is None:
        return 0
    if not (raw.isdigit() and len(raw) < 10 and int(raw) <= longest):
        raise ProtocolError(f"Content-Length {raw[:20]!r} is not 0..{longest}")
    return int(raw)
