"""Keeps a number of worker processes running on one listening socket.

A worker that dies is replaced; one whose heartbeat stops is killed first. The workers share the socket, so another
worker takes the calls that wait for a dead or stuck one. Knows nothing of calls.
"""

from __future__ import annotations

import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from routing.engine.control import ControlConnection, ask
from routing.process.log import Lines

#: A worker without a heartbeat for this long is stuck; a new one has the longer time to start.
STUCK_SECONDS = 10.0
START_SECONDS = 30.0
#: Pause before a worker that died young is replaced; doubles up to the last value.
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0
YOUNG_SECONDS = 5.0
#: A round of the loop longer than this means that the supervisor itself was stopped: missed heartbeats do not count.
SLEPT_SECONDS = 5.0

Signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass
class WorkerProcess:
    """A worker process: its control socket, the times of its start and of its last heartbeat (monotonic seconds)."""

    process: subprocess.Popen[bytes]
    control: ControlConnection
    started_s: float
    beat_s: float
    ready: bool = False


@dataclass
class Supervisor:
    """``command``: a worker's arguments for the descriptor of its control socket; ``ended``: called with the pid of a
    dead worker.

    ``closing`` is called first when the engine ends: it closes the supervisor's copy of the listening socket, or calls
    would wait in a backlog that nobody reads. ``look`` is called every second, ``reload`` on SIGHUP.
    """

    command: Callable[[int], list[str]]
    inherited: tuple[int, ...]
    environment: dict[str, str]
    workers: int
    lines: Lines
    ended: Callable[[int], None]
    closing: Callable[[], None]
    look: Callable[[], None]
    reload: Callable[[], None]
    children: list[WorkerProcess] = field(default_factory=list)
    stopping: bool = False
    _pause_s: float = 0.0
    _resume_s: float = 0.0
    _answered: threading.Condition = field(default_factory=threading.Condition)

    def run(self, drain_s: float) -> None:
        """Keep workers running until SIGTERM or SIGINT, then give them ``drain_s`` seconds and end them."""
        with selectors.DefaultSelector() as selector, _signals(selector) as caught:
            while not self.stopping:
                self._fill(selector)
                before_s = time.monotonic()
                for key, _ in selector.select(1.0):
                    if key.data is None:
                        self._signalled(caught())
                    else:
                        self._read(key.data, selector)
                if time.monotonic() - before_s < SLEPT_SECONDS:
                    self._end_stuck()
                self.look()
            self.closing()
            self._end(drain_s)

    def ready_workers(self) -> int:
        """Workers that take calls now."""
        return sum(child.ready for child in self.children)

    def people(self) -> list[Mapping[str, Any]]:
        """The states of people in each worker (`routing.engine.states.States.facts`); call it from another thread."""
        return ask([child.control for child in list(self.children) if child.ready], self._answered)

    def _fill(self, selector: selectors.BaseSelector) -> None:
        while len(self.children) < self.workers and time.monotonic() >= self._resume_s:
            child = self._start()
            self.children.append(child)
            selector.register(child.control.sock, selectors.EVENT_READ, child)

    def _start(self) -> WorkerProcess:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                self.command(theirs.fileno()),
                pass_fds=(*self.inherited, theirs.fileno()),
                env=self.environment,
                stdin=subprocess.DEVNULL,
            )
        ours.setblocking(False)
        now_s = time.monotonic()
        return WorkerProcess(process, ControlConnection(ours), now_s, now_s)

    def _read(self, child: WorkerProcess, selector: selectors.BaseSelector) -> None:
        if child.control.read(self._answered):
            child.beat_s, child.ready = time.monotonic(), True
            return
        selector.unregister(child.control.sock)
        self.children.remove(child)
        self._reap(child)

    def _reap(self, child: WorkerProcess) -> None:
        child.control.sock.close()
        try:
            status = child.process.wait(1.0)
        except subprocess.TimeoutExpired:
            child.process.kill()
            status = child.process.wait()
        self.ended(child.process.pid)
        if self.stopping:
            return
        young = time.monotonic() - child.started_s < YOUNG_SECONDS
        longer_s = min(max(self._pause_s * 2, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
        self._pause_s = longer_s if young else 0.0
        self._resume_s = time.monotonic() + self._pause_s
        self.lines.write("error", "worker_died", pid=child.process.pid, status=status)

    def _end_stuck(self) -> None:
        for child in self.children:
            timeout_s = STUCK_SECONDS if child.ready else START_SECONDS
            if time.monotonic() - child.beat_s > timeout_s:
                self.lines.write("error", "worker_stuck", pid=child.process.pid)
                child.process.kill()

    def _signalled(self, signals: bytes) -> None:
        for number in signals:
            if number == signal.SIGHUP:
                self._send(signal.SIGHUP)
                self.reload()
            else:
                self.stopping = True

    def _send(self, number: int) -> None:
        for child in self.children:
            child.process.send_signal(number)

    def _end(self, drain_s: float) -> None:
        self._send(signal.SIGTERM)
        deadline_s = time.monotonic() + drain_s + 1.0
        for child in self.children:
            try:
                child.process.wait(max(0.0, deadline_s - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
            self._reap(child)
        self.children.clear()


@contextmanager
def _signals(selector: selectors.BaseSelector) -> Iterator[Callable[[], bytes]]:
    """Signals as bytes on a socket that the selector watches; the function returns the caught signal numbers."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    selector.register(ours, selectors.EVENT_READ, None)
    before = {number: signal.signal(number, _noted) for number in Signals}
    woken = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    try:
        yield lambda: ours.recv(64)
    finally:
        signal.set_wakeup_fd(woken)
        for number, handler in before.items():
            signal.signal(number, handler)
        ours.close()
        theirs.close()


def _noted(number: int, frame: FrameType | None) -> None:
    """Does nothing: the loop reads the wake-up byte instead."""


def worker_command(options: str) -> list[str]:
    """Arguments that start a worker of this installation."""
    return [sys.executable, "-m", "routing.engine.worker", options]
