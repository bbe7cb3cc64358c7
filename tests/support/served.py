"""A running `routing serve`, and a call that asks it."""

from __future__ import annotations

import json
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from support.processes import launch
from support.wire_peer import Peer

PATIENCE_SECONDS = 60.0


class Served:
    """A running engine: its supervisor's process, its ports, its log."""

    def __init__(self, root: Path, *arguments: str) -> None:
        command = "from routing.cli.serve import serve; serve()"
        places = ["--root", str(root), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        self.log = root / f"log{time.monotonic_ns()}"
        with self.log.open("w") as log:
            self.process = launch([sys.executable, "-c", command, *places, *arguments], stderr=log)
        try:
            self._wait()
        except BaseException:
            self.end()
            raise

    def _wait(self) -> None:
        started = self.until(lambda: self.line("started"))
        self.port = int(started["listen"].rpartition(":")[2])
        self.http = f"http://{started['http']}"
        self.until(lambda: json.loads(self.get("/health"))["ready"] == json.loads(self.get("/health"))["workers"])

    def line(self, event: str) -> dict | None:
        lines = (json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{"))
        return next((line for line in lines if line["event"] == event), None)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.http + path, timeout=30) as answer:
            return answer.read().decode()

    def until(self, true: Callable[[], object]):
        """Wait for something to be so."""
        end_s = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end_s:
            try:
                if found := true():
                    return found
            except OSError:
                pass
            time.sleep(0.005)
        raise AssertionError(self.log.read_text()[-3000:])

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def decide(engine: Served, release: str) -> str:
    with Peer(engine.port) as peer:
        return peer.decision(release=release)["routing_decision"]
