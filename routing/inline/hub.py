"""A thread with a gevent hub that decides for the threads of calls.

The adapters of the engine wait on gevent: in a hub of their own they serve here as they do there, with the same
timeouts and the same breaker, and no thread of a call ever touches Redis. The stack of such a thread has 240 kB, which
is little for Python.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

import gevent
import gevent.event
import gevent.hub
from gevent._hub_local import set_hub

from routing.esl.protocol import Message

#: Of the hub's thread. FreeSWITCH limits the stack of threads that do not say how much they need.
STACK_BYTES = 4 * 1024 * 1024
BEAT_SECONDS = 1.0

#: A call's facts in the form in which the engine gets them, and since when it waits, in monotonic seconds.
Question = tuple[Message, float]
Variables = Mapping[str, str]


class NoAnswerInTime(Exception):
    """The hub has not decided in time."""


class DecisionHub:
    """``ask`` serves any number of threads. ``decide`` runs in the hub, where nothing may be raised: it returns no
    variables then. ``beat`` is called in the hub, at once and once a second."""

    def __init__(self, decide: Callable[[Question], Variables], beat: Callable[[], None]) -> None:
        self._decide = decide
        self._beat = beat
        self._jobs: deque[tuple[Question, Future[Variables]]] = deque()
        self._wake: Any = None

    def start(self) -> None:
        """Start the thread; returns when it serves. Raises what kept it from that."""
        started: Future[None] = Future()
        before = threading.stack_size(STACK_BYTES)
        try:
            threading.Thread(target=self._run, args=(started,), name="routing", daemon=True).start()
        finally:
            threading.stack_size(before)
        started.result()

    def ask(self, question: Question, limit_s: float) -> Variables:
        """The variables of a decision. Raises NoAnswerInTime."""
        answer: Future[Variables] = Future()
        self._jobs.append((question, answer))
        self._wake.send_ignoring_arg(None)
        try:
            return answer.result(limit_s)
        except TimeoutError:
            answer.cancel()
            raise NoAnswerInTime(f"no decision within {limit_s:g} s") from None

    def _run(self, started: Future[None]) -> None:
        try:
            # not the default loop, which belongs to a process' main thread: that one is FreeSWITCH's
            hub = gevent.hub.Hub(default=False)
            set_hub(hub)
            self._wake = hub.loop.async_()
            self._wake.start(self._take)
        except BaseException as problem:
            started.set_exception(problem)
            return
        started.set_result(None)
        while True:
            self._beat()
            gevent.sleep(BEAT_SECONDS)

    def _take(self) -> None:
        """Called by the event loop, which must not block."""
        while self._jobs:
            gevent.spawn(self._answer, *self._jobs.popleft())

    def _answer(self, question: Question, answer: Future[Variables]) -> None:
        if answer.set_running_or_notify_cancel():
            answer.set_result(self._decide(question))
