"""The quick tests that `make fast` leaves out, as they take too long for after every edit: tests/slow.txt lists them.

``make slow`` measures every quick test and writes the list anew: a line is a test function, one of whose cases took
more CPU than `MOST_MS`.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

LISTED = Path(__file__).resolve().parents[1] / "slow.txt"
#: CPU of the slowest case with its setup, ms: seven thousand tests have 20 seconds on two cores.
MOST_MS = 12
#: Files whose tests are never left out: an edit breaks them more often than any other.
KEPT = ("tests/unit/test_conventions.py",)


@cache
def listed() -> frozenset[str]:
    """The test functions of the list, as ``tests/x/test_y.py::test_z``."""
    return frozenset(LISTED.read_text(encoding="utf-8").split())


def mark(item: pytest.Item) -> None:
    """Mark a listed test as slow."""
    if _function(item) in listed():
        item.add_marker("slow")


class Measured:
    """A plugin that measures every test and writes the list when all have run."""

    def __init__(self) -> None:
        self._spent_ms: dict[str, float] = defaultdict(float)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """What a test took of this process and of those that it waited for."""
        began = _cpu_s()
        result = yield
        name = _function(item)
        self._spent_ms[name] = max(self._spent_ms[name], 1000 * (_cpu_s() - began))
        return result

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Write the list."""
        slow = sorted(name for name, ms in self._spent_ms.items() if ms > MOST_MS and not name.startswith(KEPT))
        LISTED.write_text("".join(f"{name}\n" for name in slow), encoding="utf-8")


def _function(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _cpu_s() -> float:
    spent = os.times()
    return time.process_time() + spent.children_user + spent.children_system
