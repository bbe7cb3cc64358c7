"""Engines that fail: each accepts the switch's connection and goes wrong at one position of the protocol."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable


def at_accept(line: socket.socket) -> None:
    """Closes at once."""


def after_writing_connect(line: socket.socket) -> None:
    """Says connect and closes without reading the reply."""
    line.sendall(b"connect\n\n")


def after_the_reply(line: socket.socket) -> None:
    """Reads the whole connect reply and closes."""
    line.sendall(b"connect\n\n")
    _read(line)


def exits_first(line: socket.socket) -> None:
    """Says exit before anything else."""
    line.sendall(b"exit\n\n")
    _read(line)


def in_the_middle_of_a_command(line: socket.socket) -> None:
    """Closes inside a sendmsg."""
    line.sendall(b"connect\n\n")
    _read(line)
    line.sendall(b"sendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-a")


def answers_nonsense(line: socket.socket) -> None:
    """Decides something that is no decision, as if taken over, and lets go."""
    line.sendall(b"connect\n\n")
    _read(line)
    for value in (b"routing_decision=1:ring:person:../../etc", b"routing_ring_for=9999"):
        line.sendall(b"sendmsg\ncall-command: execute\nexecute-app-name: set\nexecute-app-arg: " + value + b"\n\n")
    line.sendall(b"resume\n\n")
    _read(line)


class Silent:
    """Keeps the line and says nothing, before or after connect, until it is released."""

    def __init__(self, first: bytes) -> None:
        self.first = first
        self.released = threading.Event()

    def __call__(self, line: socket.socket) -> None:
        line.sendall(self.first)
        self.released.wait(30)


class Engine:
    """Serves ``behave`` on ``address``; without it nobody listens there."""

    def __init__(self, behave: Callable[[socket.socket], None] | None) -> None:
        self._behave = behave
        # held even when nobody listens, so that nobody else ever does
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        if behave:
            self._listener.listen()
            self._thread = threading.Thread(target=self._serve, name="faulty engine", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Let a silent line go and close."""
        if isinstance(self._behave, Silent):
            self._behave.released.set()
        if self._behave:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        assert self._behave is not None
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                self._behave(line)


def _read(line: socket.socket) -> bytes:
    line.settimeout(5)
    return line.recv(65536)


#: The webhook step of the bed waits 1 s; the watchdog may take 3 s more; the rest is this machine's own. Without the
#: watchdog a silent engine would hold the caller for 25 s.
BUDGET_S = 1 + 3 + 2.0
FAULTS: dict[str, Callable[[], Callable[[socket.socket], None] | None]] = {
    "absent": lambda: None,
    "closes at accept": lambda: at_accept,
    "closes after writing connect": lambda: after_writing_connect,
    "closes after the connect reply": lambda: after_the_reply,
    "exits first": lambda: exits_first,
    "closes inside a command": lambda: in_the_middle_of_a_command,
    "answers nonsense": lambda: answers_nonsense,
    "silent": lambda: Silent(b""),
    "silent after connect": lambda: Silent(b"connect\n\n"),
}
#: Where the engine is asked: by a webhook step first or after a greeting (the call is answered), and by every other
#: kind of dynamic step. What was compiled for its failure rings danylo on each of them.
NUMBERS = {
    "ringing": "+380800330008",
    "answered": "+380800330011",
    "visitor": "+380800330131",
    "crm": "+380800330100",
    "sticky": "+380800330022",
    "ring": "+380800330132",
    "known": "+380800330133",
}
