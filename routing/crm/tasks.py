"""Searches side by side: the port of routing.crm.look over greenlets.

An error stays in the work until its result is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import gevent

Value = TypeVar("Value")


class Greenlets:
    """Starts each work in a greenlet of its own."""

    def start(self, work: Callable[[], Value]) -> GreenletTask[Value]:
        """Begin; nothing is printed when it fails."""
        return GreenletTask(work)


class GreenletTask(Generic[Value]):
    """One work under way."""

    def __init__(self, work: Callable[[], Value]) -> None:
        self._work = work
        self._problem: Exception | None = None
        self._value: list[Value] = []
        self._greenlet = gevent.spawn(self._run)

    def get(self) -> Value:
        """The work's result, waited for; raises what it raised."""
        self._greenlet.join()
        if self._problem is not None:
            raise self._problem
        return self._value[0]

    def stop(self) -> None:
        """Abandon it, without waiting."""
        self._greenlet.kill(block=False)

    def _run(self) -> None:
        try:
            self._value.append(self._work())
        except Exception as problem:
            self._problem = problem
