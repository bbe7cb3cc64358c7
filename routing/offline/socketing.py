"""The ``socket`` application in async mode: ask the engine, run what it sends, go on or wait for the
watchdog."""

from __future__ import annotations

from routing.offline.decider import Answer, Closed, Refused, Silent
from routing.offline.document import is_true
from routing.offline.line import LONGEST_MS
from routing.offline.running import Running

CONNECT_PATIENCE_MS = 30_000


def socket(call: Running, data: str) -> None:
    """``socket host:port async full``. Without ``socket_resume`` the leg stays parked when the engine lets
    go."""
    line = call.line
    address = data.split(" ")[0]
    due = line.next_task_ms()
    patience = CONNECT_PATIENCE_MS if due is None else max(due - line.now_ms, 0)
    reply = call.decider(address, dict(call.readable()), patience)
    match reply:
        case Refused(note):
            line.note("fallback", address, note)
            return
        case Silent(note):
            line.note("fallback", address, note)
            line.wait(LONGEST_MS)
        case Closed(elapsed_ms, note):
            line.wait(line.now_ms + elapsed_ms)
            line.note("fallback", address, note)
            _release(call, False)
        case Answer(commands, elapsed_ms, note, resumed):
            line.wait(line.now_ms + elapsed_ms)
            line.note("decision", address, note, elapsed_ms)
            for application, argument in commands:
                call.apply(application, argument)
            _release(call, resumed)


def _release(call: Running, resumed: bool) -> None:
    if not (resumed or is_true(call.line.get("socket_resume"))):
        call.line.note("error", "the leg stays parked: socket_resume is not set")
        call.line.wait(LONGEST_MS)
