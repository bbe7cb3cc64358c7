"""What all tests share: quick hypothesis runs without a database of examples; thorough ones when asked for."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from support import slow
from support.switchbed.parts import part_of

#: What Python and pytest compiled is kept for the next process: rewriting every assertion anew takes seconds of each.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
#: While tests are collected nearly nothing is garbage: nobody looks for it.
gc.disable()
#: No test outlives a power cut: none waits until all that this machine writes is on its disk.
os.sync = lambda: None
#: Commands print as in a pipe, whatever terminal the tests were started from.
os.environ.pop("COLUMNS", None)
#: Nor do they know of the node that this machine may be.
for name in ("ROUTING_ROOT", "ROUTING_SECRETS", "ROUTING_NODE", "ROUTING_ESL", "ROUTING_ESL_PASSWORD", "ROUTING_SPOOL"):
    os.environ.pop(name, None)

settings.register_profile(
    "quick",
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
#: `pytest --hypothesis-profile=thorough`: other examples each time, and many.
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=4000, derandomize=False)
settings.load_profile("quick")


#: Files that take longest: they begin first, so that none of them runs alone at the end.
LONGEST = (
    "switch/test_switch_cases.py", "switch/test_switch_networks.py", "wire/test_readme_steps.py",
    "switch/test_switch_waiting.py", "switch/test_switch_lights.py", "switch/test_switch_losses.py",
    "switch/test_switch_strategies.py", "switch/test_switch_heard.py", "switch/test_switch_registered.py",
    "switch/test_switch_mid_call.py", "switch/test_switch_late_engine.py", "switch/test_switch_memory.py",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Measure every test where `make slow` asks for it."""
    if os.environ.get("ROUTING_SLOW"):
        config.pluginmanager.register(slow.Measured())


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that take too long for after every edit."""
    slow.mark(item)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the order is random otherwise."""
    ranks = {Path(__file__).parent / name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path, len(LONGEST)))


class _ByFile(LoadFileScheduling):
    """A file's tests in one process; those of the shared cases too, who look at the same calls of one company.

    The cases of the real switch take longer than any other file: they go to as many processes as they have parts.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file == "tests/switch/test_switch_cases.py":
            return f"{file} {part_of(nodeid)}"
        return "shared cases" if file.startswith("tests/switch/") and file.endswith("_offline.py") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log) -> _ByFile | None:
    """Who runs what, where tests are to be given out by file."""
    return _ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """Copy new journals where a test uses one. Look for garbage again, never among modules and collected tests."""
    if "routing.journal.database" in sys.modules:
        importlib.import_module("support.ready_journal").copy_new_journals()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Look for what tests left once more; pytest would look five times."""
    gc.collect()
    gc.freeze()
