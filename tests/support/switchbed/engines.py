"""Further engines of the product beside the bed's own: with a Redis, secrets or an event socket of a test's choice."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from support.processes import launch

from . import ports
from .bed import until
from .company import Company
from .lab import Lab
from .lateness import Late
from .people import wait_there
from .switch import PASSWORD, Switch


class Engine:
    """``routing serve`` with one worker in a process group of its own; ``address`` is where FreeSWITCH connects."""

    def __init__(
        self,
        company: Company | Lab | Late | Switch,
        options: tuple[str, ...] = (),
        environment: Mapping[str, str] | None = None,
        port: int = 0,
    ):
        self.port = port or ports.free()
        self.address = f"127.0.0.1:{self.port}"
        self.log = Path(company.root).parent / f"engine{self.port}.log"
        command = [sys.executable, "-m", "routing", "serve", "--root", str(company.root), "--workers", "1"]
        self.status = f"127.0.0.1:{ports.free()}"
        command += ["--listen", self.address, "--http", self.status, *options]
        with self.log.open("ab") as log:
            self.process = launch(
                command, stdout=log, stderr=log, start_new_session=True, env=os.environ | dict(environment or {})
            )

    def wait(self) -> Engine:
        """Wait until its worker serves. Raises RuntimeError with its log when it ends instead."""
        until(lambda: self.process.poll() is not None or self._is_healthy(), 60)
        if self.process.poll() is not None or not self._is_healthy():
            raise RuntimeError(self.log.read_text())
        return self

    def wait_watching(self) -> Engine:
        """Wait until it knows who is there."""
        wait_there(self.status)
        return self

    def metrics(self) -> str:
        """Its metrics, in Prometheus' text form."""
        with urllib.request.urlopen(f"http://{self.status}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def lines(self, event: str) -> Iterator[dict[str, Any]]:
        """Its log lines of one kind so far."""
        for text in self.log.read_text(errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                line = json.loads(text)
                if line.get("event") == event:
                    yield line

    def died(self, pid: int, seconds: float = 30) -> bool:
        """Whether a worker of it ends within a time."""
        return bool(until(lambda: any(line.get("pid") == pid for line in self.lines("worker_died")), seconds))

    def send(self, sign: signal.Signals) -> None:
        """A signal to it and its worker."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, sign)

    def _is_healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.status}/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def end(self) -> None:
        """Killed, whatever state it is in."""
        self.send(signal.SIGKILL)
        self.process.wait(10)


@contextlib.contextmanager
def serving(
    company: Company | Lab | Switch, *options: str, watches: int = 0, port: int = 0, **environment: str
) -> Iterator[Engine]:
    """An engine for as long as the block runs; ``watches``: the port of the event socket that tells who is free."""
    more = ("--esl", f"127.0.0.1:{watches}") if watches else ("--esl", "")
    secret = {"ROUTING_ESL_PASSWORD": PASSWORD} if watches else {}
    engine = Engine(company, (*options, *more), secret | environment, port)
    try:
        yield engine.wait()
    finally:
        engine.end()
