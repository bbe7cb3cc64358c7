"""Speech recognisers: one process each of a command, kept running, asked over its standard input and output.

A request is a line of JSON, ``{"id": 7, "language": "en", "phrases": [...], "rate": 16000, "bytes": 64000}``, and so
many bytes of 16-bit little-endian samples of one channel. The answer is a line of JSON, ``{"id": 7, "text": "sales",
"confidence": 0.9}``: with the id of its request, so that no call gets the answer of another. Once it can answer, the
command writes ``{"ready": true}``. It runs without a shell, in a process group of its own and without the engine's
environment; what takes longer than its time, or answers anything else, is killed with its group and started anew.
Audio is in this process's memory only, unless the project keeps utterances; nothing that was said is logged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gevent
import gevent.event
import gevent.lock

from routing.engine import kept_utterances
from routing.engine.caller_audio import Orphans, last_seconds
from routing.engine.metrics import RECOGNISERS_UP, RECOGNITION_SECONDS
from routing.engine.recogniser_protocol import answer, is_ready, request
from routing.engine.talking_child import TalkingChild
from routing.model.recognition import BUDGET_SECONDS, Recognised, RecogniserDown
from routing.model.utterance_facts import UtteranceFacts
from routing.process.log import Lines

#: A recogniser that loads a large model needs so long at most.
START_SECONDS = 60.0
_PAUSES_SECONDS = (0.5, 1.0, 2.0, 5.0, 15.0)

Note = Callable[[str, str], None]


class RecogniserProcess:
    """One command. ``note``: told its state and a reason whenever it changes."""

    def __init__(self, command: str, note: Note, clock: Callable[[], float] = time.monotonic) -> None:
        self._command, self._note, self._clock = command, note, clock
        self._turn = gevent.lock.BoundedSemaphore()
        self._child: TalkingChild | None = None
        self._requests = 0
        self.state = "not started"

    @property
    def pid(self) -> int:
        """Of the command's process; 0 while there is none."""
        return self._child.pid if self._child else 0

    def keep_running(self) -> None:
        """Start it whenever it does not run; a greenlet's whole life."""
        failures = 0
        try:
            while True:
                if child := self._start():
                    failures = 0
                    child.wait()
                    self._end(child, "it has ended")
                else:
                    failures = min(failures + 1, len(_PAUSES_SECONDS) - 1)
                gevent.sleep(_PAUSES_SECONDS[failures])
        finally:
            if child := self._child:
                self._end(child, "the engine ends")

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
        if not (child := self._child):
            raise RecogniserDown(self.state)
        self._requests += 1
        began_s = self._clock()
        try:
            with gevent.Timeout(BUDGET_SECONDS, TimeoutError):
                child.write(request(self._requests, language, phrases, audio))
                found = answer(child.line(), self._requests)
        except TimeoutError:
            raise self._end(child, f"no answer within {BUDGET_SECONDS:g} s") from None
        except (OSError, ValueError) as problem:
            raise self._end(child, f"a wrong answer: {type(problem).__name__}") from None
        RECOGNITION_SECONDS.observe(self._clock() - began_s)
        return found

    def _start(self) -> TalkingChild | None:
        """A child that can answer; None when the command cannot be started, or is not ready in time."""
        self.state = "starting"
        try:
            child = TalkingChild(self._command)
        except (OSError, ValueError) as problem:
            self._note_down(f"it cannot be started: {getattr(problem, 'strerror', None) or problem}")
            return None
        self._child = child
        try:
            with gevent.Timeout(START_SECONDS, TimeoutError):
                if not is_ready(child.line()):
                    raise ValueError
        except TimeoutError:
            self._end(child, f'it did not write {{"ready": true}} within {START_SECONDS:g} s')
            return None
        except ValueError:
            self._end(child, 'it did not write {"ready": true} first')
            return None
        except OSError:
            how = child.how_ended
            self._end(child, f"it ended before it was ready{how and f' ({how})'}: run its command by hand, it says why")
            return None
        self.state = "ready"
        self._note("ready", "")
        return child

    def _end(self, child: TalkingChild, why: str) -> RecogniserDown:
        """Kill it with its group; `keep_running` starts another."""
        if self._child is child:
            self._child = None
            self._note_down(why)
        child.kill()
        return RecogniserDown(why)

    def _note_down(self, why: str) -> None:
        if self.state != why:
            self.state = why
            self._note("down", why)


class NodeRecognisers:
    """The recognisers of an engine by name: command by name. See `routing.model.recognition.Recognisers`.

    ``tell``: told why utterances are not kept, or "" once they are again.
    """

    def __init__(
        self,
        commands: Mapping[str, str],
        note: Callable[[str, str, str], None],
        tell: Callable[[str], None] = lambda why: None,
    ) -> None:
        self._orphans, self._tell, self._not_kept = Orphans(), tell, ""
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
        return replace(self._processes[name].recognise(language, phrases, sound, budget_s), samples=sound)

    def keep(self, audio: str, samples: bytes, facts: UtteranceFacts) -> str:
        """See Recognisers."""
        if (why_not := kept_utterances.keep(audio, samples, facts)) != self._not_kept:
            self._not_kept = why_not
            self._tell(why_not)
        return why_not


def _noted(name: str, note: Callable[[str, str, str], None]) -> Note:
    def noted(state: str, why: str) -> None:
        RECOGNISERS_UP.labels(name).set(state == "ready")
        note(name, state, why)

    return noted


def recognisers_of(commands: Mapping[str, str], lines: Lines) -> NodeRecognisers:
    """The recognisers of an engine that logs whenever one is ready or down."""

    def note(name: str, state: str, why: str) -> None:
        lines.write("info" if state == "ready" else "warning", "recogniser", name=name, state=state, reason=why)

    def tell(why: str) -> None:
        lines.write("warning" if why else "info", "utterances not kept" if why else "utterances kept", reason=why)

    return NodeRecognisers(commands, note, tell)
