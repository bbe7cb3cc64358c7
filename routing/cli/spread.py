"""Many tests at once: carried by as many processes as there are cores, when there are enough to be worth it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from routing.offline.events import Event
from routing.offline.switch import Call
from routing.testing.cases import Case
from routing.testing.expect import Failure
from routing.testing.names import Names
from routing.testing.run import Result, carry

#: Fewer are done before another process would have begun.
WORTH_IT = 300
CHUNK = 50
#: What the processes of a pool inherit: a case holds functions, which no pipe carries.
_work: tuple[Sequence[Case], Names] | None = None


def spread(cases: Sequence[Case], names: Names, processes: int | None = None) -> list[Result]:
    """Carry all cases, in order."""
    global _work
    count = processes or (os.cpu_count() or 1)
    if count < 2 or len(cases) < WORTH_IT or "fork" not in multiprocessing.get_all_start_methods():
        return [carry(case, names) for case in cases]
    _work = cases, names
    try:
        with ProcessPoolExecutor(count, multiprocessing.get_context("fork")) as pool:
            found = pool.map(_carried, range(len(cases)), chunksize=CHUNK)
            return [Result(case, *parts) for case, parts in zip(cases, found, strict=True)]
    finally:
        _work = None


def _carried(index: int) -> tuple[Call, Sequence[Event], Sequence[Failure]]:
    assert _work is not None  # set before the pool is made
    cases, names = _work
    result = carry(cases[index], names)
    return result.call, result.events, result.failures
