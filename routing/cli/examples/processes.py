"""The processes that the examples need: started, frozen, killed and ended by their own ids, whatever happens.

Each is the leader of a process group of its own, so that its workers stop with it and a Ctrl-C reaches only us.
"""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from routing.cli.errors import UserError

START_SECONDS = 60.0
END_SECONDS = 5.0
#: Workers whose parent is dead are reaped by whoever adopts them, which some containers' first process never does.
GONE_SECONDS = 1.0
POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def _end_with_parent() -> None:
    """Run in a child: it is told to end when we are gone, however that happened."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class ExampleProcess:
    """A running process and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    gone: bool = False

    def wait_for_line(self, pattern: str) -> re.Match[str]:
        """Wait until its output has a line that fits. Raises UserError when it ends before or says nothing."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            text = self.log.read_text("utf-8", "replace")
            if found := re.search(pattern, text):
                return found
            if self.process.poll() is not None:
                raise UserError(f"{self.name} ended at once: {text.strip()[-500:] or 'it said nothing'}")
            time.sleep(POLL_SECONDS)
        raise UserError(f"{self.name} did not start within {START_SECONDS:g} s; see {self.log}")

    def signal(self, number: signal.Signals) -> None:
        """To the whole group; one that is gone, whose id may be another's by now, gets none."""
        if self.gone:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stopped in the middle of whatever it does: connections stand, nothing comes."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it and its workers without a chance to say goodbye, and wait until they are gone."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        until = time.monotonic() + GONE_SECONDS
        while _alive(self.process.pid) and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        self.gone = True

    def end(self) -> None:
        """Ask it to end, then make it."""
        if self.process.poll() is None:
            self.signal(signal.SIGCONT)
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(END_SECONDS)
        self.kill()


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@dataclass
class ExampleProcesses:
    """A context manager around all of them: on leaving, none is left."""

    folder: Path
    running: list[ExampleProcess] = field(default_factory=list)

    def __enter__(self) -> ExampleProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self.running):
            child.end()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> ExampleProcess:
        """Start a process with these variables beside our own; its output goes to ``<name>.log``."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        child = ExampleProcess(name, process, log)
        self.running.append(child)
        return child
