"""The protocol between a worker and its supervisor, over a socket pair.

The worker sends heartbeats. It answers a request with one line of JSON: the states of people as it knows them.
"""

from __future__ import annotations

import ctypes
import json
import signal
import socket
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

BEAT = b".\n"
QUESTION = b"?"
CHUNK = 64 * 1024
_PR_SET_PDEATHSIG = 1
#: How long the supervisor waits for the workers' answers.
ANSWER_SECONDS = 1.0


def answer(facts: Mapping[str, Any]) -> bytes:
    """A worker's answer to a request."""
    return json.dumps(facts).encode() + b"\n"


@dataclass
class ControlConnection:
    """The supervisor's end of a worker's control socket."""

    sock: socket.socket
    #: How many requests the worker has answered, and its last answer.
    answered: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    _unread: bytes = b""

    def read(self, answered: threading.Condition) -> bool:
        """Read what the worker sent and notify the waiting threads of answers. False when the connection is closed."""
        try:
            received = self.sock.recv(CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            received = b""
        *controls, self._unread = (self._unread + received).split(b"\n")
        for text in controls:
            if text + b"\n" != BEAT:
                with answered:
                    self.answered, self.facts = self.answered + 1, json.loads(text)
                    answered.notify_all()
        return bool(received)


def ask(controls: Iterable[ControlConnection], answered: threading.Condition) -> list[Mapping[str, Any]]:
    """The workers' answers to a request, without those that are late. Not for the thread that reads."""
    with answered:
        requests = [(control, control.answered) for control in controls]
        for control, _ in requests:
            with suppress(OSError):
                control.sock.send(QUESTION)
        answered.wait_for(lambda: all(control.answered > before for control, before in requests), ANSWER_SECONDS)
        return [control.facts for control, before in requests if control.answered > before]


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends, however it ends (Linux).

    A stopped worker cannot notice that its control socket was closed.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
