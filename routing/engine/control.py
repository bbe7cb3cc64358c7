"""What a worker and its supervisor say to each other over the line between them.

The worker beats; asked, it answers with one line of JSON: what it takes people for. Bytes and facts only.
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
#: Longest wait for the answers of workers.
ANSWER_SECONDS = 1.0


def answer(facts: Mapping[str, Any]) -> bytes:
    """A worker's answer to a question."""
    return json.dumps(facts).encode() + b"\n"


@dataclass
class ControlConnection:
    """The supervisor's end of a worker's line."""

    sock: socket.socket
    #: How many questions were answered, and the last answer.
    answered: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    _unread: bytes = b""

    def read(self, answered: threading.Condition) -> bool:
        """Take what the worker said; answers are told to whoever waits. False when the line broke."""
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
    """What workers answer now, from any thread but the one that reads; those that do not in time are left out."""
    with answered:
        requests = [(control, control.answered) for control in controls]
        for control, _ in requests:
            with suppress(OSError):
                control.sock.send(QUESTION)
        answered.wait_for(lambda: all(control.answered > before for control, before in requests), ANSWER_SECONDS)
        return [control.facts for control, before in requests if control.answered > before]


def die_with_parent() -> None:
    """Have the kernel kill this process when its starter ends, however it ends (Linux).

    A worker that is stopped cannot see that its line broke.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
