"""A child process that is written to and read from by greenlets: in a process group of its own, ended with the engine.

Python's own `subprocess`, not gevent's, which takes the end of every child: also of those for which threads wait.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import gevent
from gevent.os import make_nonblocking, nb_read, nb_write

from routing.engine.control import die_with_parent
from routing.engine.starting import bare_environment

#: How soon it is noticed that it has ended.
_LOOKS_SECONDS = 0.05
#: Looks until a process that has closed its output has ended.
_SOON = 10
#: A process that is killed ends at once, unless the machine is in trouble.
_KILLED_SECONDS = 1.0
_LONGEST_LINE = 16 * 1024
_CHUNK = 32 * 1024


class TalkingChild:
    """A command. Raises OSError or ValueError when it cannot be started; its standard error goes nowhere."""

    def __init__(self, command: str) -> None:
        self._process = subprocess.Popen(
            shlex.split(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            bufsize=0, start_new_session=True, env=bare_environment(), preexec_fn=die_with_parent,
        )  # fmt: skip
        self._unread, self._users, self._is_killed = b"", 0, False
        for fd in (self._input, self._output):
            make_nonblocking(fd)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def _input(self) -> int:
        assert self._process.stdin
        return self._process.stdin.fileno()

    @property
    def _output(self) -> int:
        assert self._process.stdout
        return self._process.stdout.fileno()

    def write(self, data: bytes) -> None:
        """Write all of it. Raises OSError when it has ended."""
        with self._used():
            while data:
                data = data[nb_write(self._input, data) :]

    def line(self) -> bytes:
        """The next line that it writes. Raises OSError when it has ended, or writes too much."""
        with self._used():
            while b"\n" not in self._unread:
                part = nb_read(self._output, _CHUNK)
                if not part or len(self._unread) > _LONGEST_LINE:
                    raise OSError("it has ended" if not part else "it wrote too much")
                self._unread += part
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def wait(self) -> None:
        """Until it has ended, however it ends."""
        while self._process.poll() is None:
            gevent.sleep(_LOOKS_SECONDS)

    @property
    def how_ended(self) -> str:
        """Its exit status or signal as text, soon after it has ended; "" while it runs."""
        for _ in range(_SOON):
            if (status := self._process.poll()) is not None:
                return f"exit status {status}" if status >= 0 else f"signal {-status}"
            gevent.sleep(_LOOKS_SECONDS)
        return ""

    def kill(self) -> None:
        """Kill it with all that it has started. Whoever waits to read or write gets OSError."""
        self._is_killed = True
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_KILLED_SECONDS)
        self._close()

    @contextmanager
    def _used(self) -> Iterator[None]:
        """Its pipes stay open: another child could get their numbers while a greenlet still waits for them."""
        if self._is_killed:
            raise OSError("it has ended")
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._close()

    def _close(self) -> None:
        if self._is_killed and not self._users:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    with suppress(OSError):
                        pipe.close()
