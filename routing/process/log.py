"""Log lines as JSON objects, one a line, on standard error; a full pipe never stops a call.

A line that cannot be written at once is dropped and counted. Secrets are never logged: callers pass hosts, not URLs.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

LONGEST_LINE = 4000


class Lines:
    """Writes log lines to a file descriptor without ever waiting; ``dropped`` counts the lines lost."""

    def __init__(self, descriptor: int = 2, now: Callable[[], float] = time.time) -> None:
        self._descriptor, self._socket = _without_waiting(descriptor)
        self._is_own = self._descriptor != descriptor
        self._now = now
        self.dropped = 0

    def close(self) -> None:
        """Close the descriptor; later lines are dropped."""
        if self._socket:
            self._socket.close()
        elif self._is_own:
            os.close(self._descriptor)
            self._descriptor = -1

    def write(self, level: str, event: str, **facts: Any) -> None:
        """Write one line: ``time``, ``level``, ``event`` and the facts."""
        when = datetime.fromtimestamp(self._now(), UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": when, "level": level, "event": event, **facts}, default=str)
        if len(line) > LONGEST_LINE:
            cut = line[: LONGEST_LINE // 2]
            line = json.dumps({"time": when, "level": level, "event": event, "cut": cut})
        try:
            self._put(line.encode() + b"\n")
        except OSError:
            self.dropped += 1

    def _put(self, data: bytes) -> None:
        if self._socket is None:
            os.write(self._descriptor, data)
        else:
            self._socket.send(data, socket.MSG_DONTWAIT)


def _without_waiting(descriptor: int) -> tuple[int, socket.socket | None]:
    """The same file opened again in non-blocking mode, so that others who share it keep their mode.

    A socket (systemd's journal) cannot be opened again, but supports non-blocking sends.
    """
    try:
        return os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK), None
    except OSError:
        pass
    try:
        return descriptor, socket.socket(fileno=os.dup(descriptor))
    except OSError:
        return descriptor, None


@dataclass
class Recurring:
    """A fault that comes again and again: due once, then once a minute, and at once when it is another."""

    every_s: float = 60.0
    now: Callable[[], float] = time.monotonic
    _last: str = field(default="", init=False)
    _at: float = field(default=0.0, init=False)

    def is_due(self, fault: str) -> bool:
        """Whether it should be logged now; it counts as logged then."""
        if fault == self._last and self.now() - self._at < self.every_s:
            return False
        self._last, self._at = fault, self.now()
        return True


class LogHandler(logging.Handler):
    """Writes records of ``logging`` (libraries' too) in the same form."""

    def __init__(self, lines: Lines) -> None:
        super().__init__(logging.WARNING)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; a traceback becomes one field."""
        facts = {"logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            facts["traceback"] = (logging.Formatter().formatException(record.exc_info))[-1500:]
        self._lines.write(record.levelname.lower(), "log", **facts)
