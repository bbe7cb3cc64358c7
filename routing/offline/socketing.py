"""The ``socket`` application in async mode, as mod_event_socket runs it: the leg is parked while a thread reads from
the engine.

The thread lives until the socket ends, whatever happens to the leg. Commands that it receives are executed when the leg
next handles messages. Its end resets the leg when ``socket_resume`` is set *by then* or ``resume`` was sent: a parked
leg goes on with the next action, any other loses its application and has nothing left to run.
"""

from __future__ import annotations

from dataclasses import dataclass

from routing.offline.decider import EngineAnswer, EngineClosed, EngineRefused, EngineSilent
from routing.offline.document import is_true
from routing.offline.line import LONGEST_MS, Reset, Speech
from routing.offline.running import RunningCall

CONNECT_TIMEOUT_MS = 30_000


def socket(call: RunningCall, data: str) -> None:
    """``socket host:port async full``. Without ``socket_resume`` the leg stays parked when the engine disconnects."""
    line = call.line
    address = data.split(" ")[0]
    due = line.next_task_ms()
    timeout_ms = CONNECT_TIMEOUT_MS if due is None else max(due - line.now_ms, 0)
    call.engine = address
    reply = call.decider(address, dict(call.readable()), timeout_ms)
    listener: _Listener | None = None
    match reply:
        case EngineRefused(note) | EngineSilent(note):
            line.note("fallback", address, note, reason=reply.reason)
        case EngineClosed(elapsed_ms, note):
            listener = _Listener(
                call, address, EngineAnswer(elapsed_ms=elapsed_ms, note=note), "fallback", reply.reason
            )
        case EngineAnswer() as answer:
            listener = _Listener(call, address, answer, "decision")
    if isinstance(reply, EngineRefused):
        return
    if listener:
        line.speeches.append(Speech(line.now_ms + listener.answer.elapsed_ms, listener))
    try:
        line.wait(LONGEST_MS)
    except Reset:
        return
    finally:
        if listener:
            listener.parked = False


@dataclass
class _Listener:
    """The thread of one socket. ``kind``: of the event of its end while the leg waits for it; ``reason`` of it."""

    call: RunningCall
    address: str
    answer: EngineAnswer
    kind: str
    reason: str = ""
    parked: bool = True

    def __call__(self) -> bool:
        """Execute the commands and end; whether that resets the leg."""
        line, answer = self.call.line, self.answer
        kind = self.kind if self.parked else "late"
        line.note(kind, self.address, answer.note, answer.elapsed_ms, self.reason if self.parked else "")
        for application, argument in answer.commands:
            self.call.apply(application, argument)
        self.call.speech |= answer.speech
        if answer.resumed:
            line.set("socket_resume", "true")
        resets = is_true(line.get("socket_resume"))
        if self.parked and not resets:
            line.note("error", "the leg stays parked: socket_resume is not set")
        return resets
