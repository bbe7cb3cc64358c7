"""Runs many tests in as many processes as there are cores, when there are enough of them."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import groupby

from routing.offline.events import Event
from routing.offline.switch import OfflineCall
from routing.testing.cases import CallCase
from routing.testing.expect import Mismatch
from routing.testing.names import Names
from routing.testing.run import CaseResult, carry, carry_together

#: Fewer are done before a second process has started.
WORTH_IT = 300
CHUNK = 50
#: Inherited by the processes of a pool: a case holds functions, which cannot be pickled.
_work: tuple[Sequence[Sequence[CallCase]], Names] | None = None


def spread(cases: Sequence[CallCase], names: Names, processes: int | None = None) -> list[CaseResult]:
    """Run all cases; results in their order."""
    global _work
    count = processes or (os.cpu_count() or 1)
    if count < 2 or len(cases) < WORTH_IT or "fork" not in multiprocessing.get_all_start_methods():
        return [result for unit in _units(cases) for result in _timed(unit, names)]
    units = _units(cases)
    _work = units, names
    try:
        with ProcessPoolExecutor(count, multiprocessing.get_context("fork")) as pool:
            found = pool.map(_carried, range(len(units)), chunksize=CHUNK)
            pairs = zip(units, found, strict=True)
            return [
                CaseResult(case, *parts) for unit, several in pairs for case, parts in zip(unit, several, strict=True)
            ]
    finally:
        _work = None


def _units(cases: Sequence[CallCase]) -> list[Sequence[CallCase]]:
    """Group the cases that run together: the calls of one test."""
    return [list(unit) for _, unit in groupby(cases, key=lambda case: id(case.together) if case.together else id(case))]


def _carried(index: int) -> list[tuple[OfflineCall, Sequence[Event], Sequence[Mismatch], float]]:
    assert _work is not None  # set before the pool is made
    units, names = _work
    return [
        (result.call, result.events, result.failures, result.took_s) for result in _timed(units[index], names)
    ]  # fmt: skip


def _timed(unit: Sequence[CallCase], names: Names) -> list[CaseResult]:
    """A unit's results; calls that run together share the time."""
    began = time.perf_counter()
    if unit[0].together:
        results = [result for result in carry_together(unit[0].together, names) if result.case in unit]
    else:
        results = [carry(case, names) for case in unit]
    took_s = (time.perf_counter() - began) / len(unit)
    return [replace(result, took_s=took_s) for result in results]
