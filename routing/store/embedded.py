"""The embedded Redis: a redis-server as a child process, on a unix socket below the release root, ended with us.

Two engines on one root share it; when its starter ends the other engine starts a new one. Only the holder of the
folder's lock starts one, and the server itself holds the lock too: two servers would write one file, and the first to
end would remove the other's socket. An append-only file in the folder keeps the data over a restart. `program` finds
the executable.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import pwd
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

from routing.model.socket_path import short_path
from routing.store.program import HOW_TO_GET, program

FOLDER = "redis"
SOCKET = "redis.sock"
LOCK = "lock"
#: How often it is checked, and how long a new one may take to listen.
LOOK_SECONDS = 0.5
START_SECONDS = 10.0
#: A child that has listened is replaced when it cannot be reached for so long (its socket is gone), or does not answer
#: for so long.
UNREACHED_SECONDS = 2.0
SILENT_SECONDS = 30.0
#: Timeouts of the answer to a PING, and of the end of a child that is replaced.
PING_SECONDS = 1.0
END_SECONDS = 5.0
#: The data is small; the embedded Redis must not use up the node's memory.
MOST_MEMORY = "512mb"
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def url(root: Path) -> str:
    """The URL of a release root's Redis."""
    return f"unix://{root.resolve() / FOLDER / SOCKET}"


def answers(root: Path) -> bool:
    """Whether the root's Redis listens."""
    return _reached(root) is not None


def _reached(root: Path) -> bool | None:
    """Whether the root's Redis answers; None when it does not even listen."""
    try:
        with socket.socket(socket.AF_UNIX) as sock, short_path(root.resolve() / FOLDER / SOCKET) as path:
            sock.settimeout(PING_SECONDS)
            sock.connect(path)
            try:
                sock.sendall(b"PING\r\n")
                return bool(sock.recv(64))
            except OSError:
                return False
    except OSError:
        return None


class Embedded:
    """Starts and stops the server. ``report`` is called for starts and faults, from a thread of its own."""

    def __init__(self, root: Path, report: Callable[[str], None] = lambda text: None) -> None:
        self._root = root.resolve()
        self._folder = self._root / FOLDER
        self._report = report
        self._reported = ""
        self._stop = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        #: When it was last reached, and last answered (monotonic seconds); whether it was ever reached.
        self._reached_s = self._heard_s = time.monotonic()
        self._has_listened = False
        self._keeper = threading.Thread(target=self._keep, name="redis", daemon=True)
        self._looked = threading.Event()

    @property
    def pid(self) -> int | None:
        """The child's pid; None when another engine runs the server."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> bool:
        """Keep a Redis running from now on. Whether it listens already; False when no redis-server is installed."""
        if program() is None:
            self._report(f"no redis-server is installed: nothing is remembered (hint: {HOW_TO_GET})")
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
        """The kernel kills the child when the thread that started it ends, so this thread runs to the end."""
        while not self._stop.is_set():
            try:
                self._look()
            except OSError as problem:
                self._say(_refused(self._folder, problem))
            self._looked.set()
            self._stop.wait(LOOK_SECONDS)
        self._end()
        if self._lock is not None:
            os.close(self._lock)

    def _look(self) -> None:
        now_s, reached = time.monotonic(), _reached(self._root)
        if reached is not None:
            self._reached_s, self._has_listened, self._reported = now_s, True, ""
        if reached:
            self._heard_s = now_s
            return
        if self.pid is None:
            if reached is None and self._locked():
                self._run()
            return
        unreached_s = UNREACHED_SECONDS if self._has_listened else START_SECONDS
        if now_s - self._reached_s > unreached_s or now_s - self._heard_s > SILENT_SECONDS:
            self._report(f"redis-server, pid {self.pid}, cannot be reached: replaced")
            self._end()
            self._run()

    def _locked(self) -> bool:
        """Whether this process holds the folder's lock."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._lock is not None:
            return True
        lock = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 32, 0).decode(errors="replace").strip() or "?"
            os.close(lock)
            if time.monotonic() - self._reached_s > START_SECONDS:
                hint = "(hint: end the engine that started it)"
                self._say(f"{self._folder} is held by redis-server, pid {holder}, which cannot be reached {hint}")
            return False
        self._lock = lock
        return True

    def _run(self) -> None:
        assert self._lock is not None
        self._child = subprocess.Popen(
            [str(program()), *_options()],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(self._lock,),
            preexec_fn=_die_with_parent,
        )
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"{self._child.pid}\n".encode(), 0)
        self._reached_s = self._heard_s = time.monotonic()
        self._report(f"redis-server started, pid {self._child.pid}")
        for _ in range(round(START_SECONDS / 0.02)):
            self._has_listened = answers(self._root)
            if self._has_listened or self._child.poll() is not None or self._stop.wait(0.02):
                break
        if self._child.poll() is not None:
            why = f"see {self._folder / 'redis.log'}"
            self._say(f"redis-server ended with status {self._child.returncode} ({why})")

    def _end(self) -> None:
        if self._child and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()

    def _say(self, text: str) -> None:
        """Report a problem once."""
        if text != self._reported:
            self._reported = text
            self._report(text)


def _refused(folder: Path, problem: OSError) -> str:
    """Why no Redis can run in a folder, for the operator."""
    why = (problem.strerror or str(problem)).lower()
    try:
        owner, ours = folder.stat().st_uid, os.geteuid()
    except OSError:
        owner = ours = 0
    if owner != ours:
        whose, who = _user(owner), _user(ours)
        hint = f"run as {whose}, or chown -R {who} {folder}"
        return f"{folder} belongs to {whose} and this runs as {who}: nothing is remembered (hint: {hint})"
    return f"{folder}: {why}: nothing is remembered"


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _options() -> list[str]:
    """A unix socket, no port, and a write to disk every second."""
    options = {
        "port": "0", "unixsocket": SOCKET, "unixsocketperm": "600", "dir": ".", "appendonly": "yes",
        "appendfsync": "everysec", "save": "", "maxmemory": MOST_MEMORY, "maxmemory-policy": "volatile-lru",
        "daemonize": "no", "logfile": "redis.log", "loglevel": "warning",
    }  # fmt: skip
    return [word for name, value in options.items() for word in (f"--{name}", value)]


def _die_with_parent() -> None:
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    os.setpgrp()
