"""The processes of the examples: started, frozen, killed and ended by their ids, whatever happens.

Each leads a process group of its own, so that its workers stop with it and Ctrl-C reaches only this command.
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
#: Orphaned workers are reaped by the process that adopts them; some containers' first process never does.
GONE_SECONDS = 1.0
POLL_SECONDS = 0.02
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl


def _end_with_parent() -> None:
    """In the child: get SIGTERM when the parent ends, however it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class ExampleProcess:
    """A running process and the file that its output goes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    gone: bool = False

    def wait_for_line(self, pattern: str) -> re.Match[str]:
        """Wait until its output matches. Raises UserError when it ends before, or writes no such line in time."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            text = self.log.read_text("utf-8", "replace")
            if found := re.search(pattern, text):
                return found
            if self.process.poll() is not None:
                raise UserError(f"{self.name} ended at once: {text.strip()[-500:] or 'without output'}")
            time.sleep(POLL_SECONDS)
        raise UserError(f"{self.name} did not start within {START_SECONDS:g} s; see {self.log}")

    def signal(self, number: signal.Signals) -> None:
        """Signal the whole group; none when it is gone, for its id may be reused."""
        if self.gone:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop the process: its connections stay open, nothing is sent."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it and its workers, and wait until they are gone."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        until = time.monotonic() + GONE_SECONDS
        while _alive(self.process.pid) and time.monotonic() < until:
            time.sleep(POLL_SECONDS)
        self.gone = True

    def end(self) -> None:
        """Terminate it, and kill it when it does not end."""
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
    """A context manager for all processes: on exit they are ended."""

    folder: Path
    running: list[ExampleProcess] = field(default_factory=list)

    def __enter__(self) -> ExampleProcesses:
        return self

    def __exit__(self, *_: object) -> None:
        for child in reversed(self.running):
            child.end()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> ExampleProcess:
        """Start a process with these environment variables added; its output goes to ``<name>.log``."""
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
