"""A real redis-server for a test, which is skipped where there is none, and waiting for things to be so."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
from pathlib import Path

import gevent
import gevent.socket
import pytest

from routing.store.program import program
from support.processes import launch
from support.redis_needed import WHY
from support.waiting import until


def free_port() -> int:
    """A free port below those of clients (one could meet itself there), its cluster bus port free too."""
    while True:
        port = random.randrange(22_000, 32_000)
        with gevent.socket.socket() as sock, gevent.socket.socket() as bus, contextlib.suppress(OSError):
            sock.bind(("127.0.0.1", port))
            bus.bind(("127.0.0.1", port + 10_000))
            return port


class Server:
    """A redis-server: on the socket ``path``, or on ``port`` when it has one; a Sentinel when told what to watch."""

    def __init__(self, folder: Path, port: int = 0, *options: str, watching: str = "") -> None:
        if program() is None:
            pytest.skip(WHY)
        folder.mkdir(parents=True, exist_ok=True)
        self.watching = watching
        self.folder, self.port, self.options = folder, port, options
        self.path = folder / "s"
        self.url = f"redis://127.0.0.1:{port}" if port else f"unix://{self.path}"
        self.start()

    def start(self) -> None:
        if self.watching:
            (self.folder / "sentinel.conf").write_text(f"port {self.port}\nbind 127.0.0.1\n{self.watching}")
            self._run("sentinel.conf", "--sentinel")
            return
        at = ["--port", str(self.port), "--bind", "127.0.0.1"] if self.port else ["--port", "0", "--unixsocket", "s"]
        self._run(*at, "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0", *self.options)

    def _run(self, *arguments: str) -> None:
        self.process = launch(
            [str(program()), *arguments], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            until(self.listens)
        except BaseException:
            self.stop()
            raise

    def listens(self) -> bool:
        kind = gevent.socket.AF_INET if self.port else gevent.socket.AF_UNIX
        with gevent.socket.socket(kind) as sock:
            return sock.connect_ex(("127.0.0.1", self.port) if self.port else str(self.path)) == 0

    def pause(self) -> None:
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


class Said(list):
    """What a store reports."""

    def __call__(self, words: str) -> None:
        self.append(words)
