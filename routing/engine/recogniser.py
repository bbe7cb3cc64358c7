"""Speech recognisers: one process each of a command, kept running, asked over its standard input and output.

A request is a line of JSON, ``{"id": 7, "language": "en", "phrases": [...], "rate": 16000, "bytes": 64000}``, and so
many bytes of 16-bit little-endian samples of one channel. The answer is a line of JSON, ``{"id": 7, "text": "sales",
"confidence": 0.9}``: with the id of its request, so that no call gets the answer of another. Once it can answer, the
command writes ``{"ready": true}``. It runs without a shell, in a process group of its own and without the engine's
environment; what takes longer than its time, or answers anything else, is killed with its group and started anew.
Audio is in this process's memory only; nothing that was said is logged.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shlex
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import gevent
import gevent.event
import gevent.lock
from gevent import subprocess
from gevent.os import make_nonblocking, nb_read, nb_write

from routing.engine.control import die_with_parent
from routing.engine.metrics import RECOGNISERS_UP, RECOGNITION_SECONDS
from routing.engine.orphans import Orphans
from routing.model.recognition import BUDGET_SECONDS, BYTES_A_SECOND, SAMPLE_RATE, Recognised, RecogniserDown
from routing.process.log import Lines

#: A recogniser that loads a large model needs so long at most.
START_SECONDS = 60.0
_PAUSES_SECONDS = (0.5, 1.0, 2.0, 5.0, 15.0)
_LONGEST_ANSWER = 16 * 1024
_CHUNK = 32 * 1024
#: Of the engine's environment, whose secrets a recogniser needs not know.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")

Note = Callable[[str, str], None]


class RecogniserProcess:
    """One command. ``note``: told its state and a reason whenever it changes."""

    def __init__(self, command: str, note: Note, clock: Callable[[], float] = time.monotonic) -> None:
        self._command, self._note, self._clock = command, note, clock
        self._turn = gevent.lock.BoundedSemaphore()
        self._process: Any = None  # gevent's own Popen
        self._requests = 0
        self._unread = b""
        self.state = "not started"

    @property
    def pid(self) -> int:
        """Of the command's process; 0 while there is none."""
        return self._process.pid if self._process else 0

    def keep_running(self) -> None:
        """Start it whenever it does not run; a greenlet's whole life."""
        failures = 0
        try:
            while True:
                failures = 0 if self._start() else min(failures + 1, len(_PAUSES_SECONDS) - 1)
                if process := self._process:
                    process.wait()
                    if self._process is process:  # nobody has killed it
                        self._end("it has ended")
                gevent.sleep(_PAUSES_SECONDS[failures])
        finally:
            self._end("the engine ends")

    def recognise(self, language: str, phrases: Sequence[str], audio: bytes, budget_s: float) -> Recognised:
        """The answer within ``budget_s``, waiting for other calls' turns included. Raises RecogniserDown."""
        if self.state != "ready":
            raise RecogniserDown(self.state)
        result: Any = gevent.event.AsyncResult()
        until = self._clock() + budget_s
        gevent.spawn(self._in_turn, language, phrases, audio, until, result)
        try:
            found: Recognised = result.get(timeout=budget_s)
            return found
        except gevent.Timeout:
            raise RecogniserDown(f"no answer within {budget_s:g} s") from None

    def _in_turn(self, language: str, phrases: Sequence[str], audio: bytes, until: float, result: Any) -> None:
        """One request at a time; whoever has waited too long is past asking, which is no fault of the process."""
        with self._turn:
            if self._clock() >= until:
                return
            try:
                result.set(self._exchange(language, phrases, audio))
            except RecogniserDown as problem:
                result.set_exception(problem)

    def _exchange(self, language: str, phrases: Sequence[str], audio: bytes) -> Recognised:
        self._requests += 1
        request = {
            "id": self._requests,
            "language": language,
            "phrases": list(phrases),
            "rate": SAMPLE_RATE,
            "bytes": len(audio),
        }
        began_s = self._clock()
        try:
            with gevent.Timeout(BUDGET_SECONDS, TimeoutError):
                self._write(json.dumps(request).encode() + b"\n" + audio)
                found = _result(self._line(), self._requests)
        except TimeoutError:
            raise self._end(f"no answer within {BUDGET_SECONDS:g} s") from None
        except (OSError, ValueError) as problem:
            raise self._end(f"a wrong answer: {type(problem).__name__}") from None
        RECOGNITION_SECONDS.observe(self._clock() - began_s)
        return found

    def _start(self) -> bool:
        self._unread, self.state = b"", "starting"
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        try:
            self._process = subprocess.Popen(
                shlex.split(self._command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                start_new_session=True, env=environment, preexec_fn=die_with_parent,
            )  # fmt: skip
        except (OSError, ValueError) as problem:
            self._end(f"it cannot be started: {getattr(problem, 'strerror', None) or problem}")
            return False
        for pipe in (self._process.stdin, self._process.stdout):
            make_nonblocking(pipe.fileno())
        try:
            with gevent.Timeout(START_SECONDS, TimeoutError):
                is_ready = _object(self._line()).get("ready") is True
        except (OSError, ValueError, TimeoutError):
            is_ready = False
        if not is_ready:
            self._end(f'it did not write {{"ready": true}} within {START_SECONDS:g} s')
            return False
        self.state = "ready"
        self._note("ready", "")
        return True

    def _write(self, data: bytes) -> None:
        if not self._process:
            raise OSError("not running")
        while data:
            data = data[nb_write(self._process.stdin.fileno(), data) :]

    def _line(self) -> bytes:
        """The next line that it writes."""
        while b"\n" not in self._unread:
            part = nb_read(self._process.stdout.fileno(), _CHUNK) if self._process else b""
            if not part or len(self._unread) > _LONGEST_ANSWER:
                raise OSError("it has ended" if not part else "it wrote too much")
            self._unread += part
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _end(self, why: str) -> RecogniserDown:
        """Kill it with its group; `keep_running` starts another."""
        process, self._process = self._process, None
        if self.state != why:
            self.state = why
            self._note("down", why)
        if process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()
        return RecogniserDown(why)


def _object(line: bytes) -> dict[str, Any]:
    """Raises ValueError for everything that is no JSON object."""
    try:
        value = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _result(line: bytes, request: int) -> Recognised:
    """The answer to a request. Raises ValueError."""
    answer = _object(line)
    text, confidence = answer.get("text"), answer.get("confidence")
    if answer.get("id") != request:
        raise ValueError("the answer to another request")
    if not isinstance(text, str) or isinstance(confidence, bool) or not isinstance(confidence, int | float):
        raise ValueError("neither text nor confidence")
    if math.isnan(sure := float(min(max(confidence, 0), 1))):
        raise ValueError("no confidence")
    return Recognised(text, sure)


class NodeRecognisers:
    """The recognisers of an engine by name: command by name. See `routing.model.recognition.Recognisers`."""

    def __init__(self, commands: Mapping[str, str], note: Callable[[str, str, str], None]) -> None:
        self._orphans = Orphans()
        self._processes = {name: RecogniserProcess(command, _noted(name, note)) for name, command in commands.items()}

    def start(self) -> None:
        """Keep every one running from now on."""
        for process in self._processes.values():
            gevent.spawn(process.keep_running)

    def of(self, name: str) -> RecogniserProcess:
        """One of them."""
        return self._processes[name]

    def states(self) -> dict[str, str]:
        """What each does: `ready`, or why not."""
        return {name: process.state for name, process in self._processes.items()}

    def recognise(
        self, name: str, language: str, phrases: Sequence[str], audio: str, longest_s: float, budget_s: float
    ) -> Recognised:
        """See Recognisers."""
        if name not in self._processes:
            raise RecogniserDown("the engine has none of this name: serve with --recogniser")
        sound = last_seconds(audio, longest_s)
        self._orphans.forget(audio, time.time())
        return self._processes[name].recognise(language, phrases, sound, budget_s)


def _noted(name: str, note: Callable[[str, str, str], None]) -> Note:
    def noted(state: str, why: str) -> None:
        RECOGNISERS_UP.labels(name).set(state == "ready")
        note(name, state, why)

    return noted


def recognisers_of(commands: Mapping[str, str], lines: Lines) -> NodeRecognisers:
    """The recognisers of an engine that logs whenever one is ready or down."""

    def note(name: str, state: str, why: str) -> None:
        lines.write("info" if state == "ready" else "warning", "recogniser", name=name, state=state, reason=why)

    return NodeRecognisers(commands, note)


def last_seconds(audio: str, longest_s: float) -> bytes:
    """The end of a file that FreeSWITCH still writes. Raises RecogniserDown where there is none."""
    most = round(longest_s * BYTES_A_SECOND) & ~1
    try:
        with open(os.open(audio, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            size = file.seek(0, os.SEEK_END) & ~1
            file.seek(max(size - most, 0))
            found = file.read(min(size, most))
    except OSError as problem:
        raise RecogniserDown(f"no recording of the caller: {problem.strerror}") from None
    if not found:
        raise RecogniserDown("the recording of the caller is empty")
    return found
