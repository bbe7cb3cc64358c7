"""Parallel searches: the port of routing.crm.lookup over greenlets.

An exception is kept until the result is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import gevent

Value = TypeVar("Value")


class Greenlets:
    """Starts work in greenlets."""

    def start(self, work: Callable[[], Value]) -> GreenletTask[Value]:
        """Start; a failure prints nothing."""
        return GreenletTask(work)


class GreenletTask(Generic[Value]):
    """Running work."""

    def __init__(self, work: Callable[[], Value]) -> None:
        self._work = work
        self._problem: Exception | None = None
        self._value: list[Value] = []
        self._greenlet = gevent.spawn(self._run)

    def get(self) -> Value:
        """Wait for the result; raises the work's exception."""
        self._greenlet.join()
        if self._problem is not None:
            raise self._problem
        return self._value[0]

    def stop(self) -> None:
        """Cancel it, without waiting."""
        self._greenlet.kill(block=False)

    def _run(self) -> None:
        try:
            self._value.append(self._work())
        except Exception as problem:
            self._problem = problem
