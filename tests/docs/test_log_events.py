"""The page of log lines names every line that the code writes, at its levels, and no other."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import routing
from routing.process.log_events import LOG_EVENTS

CODE = Path(routing.__file__).parent
LEVELS = {"debug", "info", "warning", "error"}
#: `error` is a reply's field there, `note` a trace's.
NO_LOGS = ("desk/openid.py", "offline/")
#: Lines whose event is no literal: what they are called.
COMPUTED = {
    "engine/worker.py": {"states", "redis"},
    "journal/retention.py": {"old * kept"},
    "process/log.py": {"log"},
}


def texts(node: ast.expr) -> set[str]:
    """The literals that an argument may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value}
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    return set()


def written() -> Iterator[tuple[str, set[str], set[str]]]:
    """Module, levels and events of every call that logs; no events where they are computed."""
    for file in sorted(CODE.rglob("*.py")):
        module = file.relative_to(CODE).as_posix()
        if module.startswith(NO_LOGS):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and len(node.args) >= 2
                and (levels := texts(node.args[0])) <= LEVELS
                and levels
            ):
                yield module, levels, texts(node.args[1])


def test_every_line_is_described_and_every_description_is_of_a_line():
    found: defaultdict[str, set[str]] = defaultdict(set)
    for module, levels, events in written():
        assert events or module in COMPUTED, f"{module} logs an event that is no literal: name it here"
        for event in events:
            found[event] |= levels
    computed = set().union(*COMPUTED.values())
    assert sorted(set(LOG_EVENTS) - set(found) - computed) == []
    assert sorted(set(found) - set(LOG_EVENTS)) == []
    wrong = {event: levels for event, levels in found.items() if not levels <= set(LOG_EVENTS[event].levels)}
    assert wrong == {}


def test_computed_events_exist():
    modules = {module for module, _, events in written() if not events}
    assert modules <= set(COMPUTED)
    assert any(fnmatch(f"old {kind} kept", "old * kept") for kind in ("calls", "recordings"))


def test_every_description_says_something():
    for event, line in LOG_EVENTS.items():
        assert line.meaning.endswith("."), event
        assert not line.action.endswith("."), event
        assert line.levels, event
