"""A caller who comes to a queue: the skills that they need, and whom they talked with last. Pure, over the memory."""

from __future__ import annotations

from routing.decide.queue_turn import QueueTurn
from routing.decide.queued import QueuedCaller
from routing.decide.required_skills import required_skills
from routing.model.memory import Forgotten, Memory
from routing.model.queue import QueueSettings


def newcomer(turn: QueueTurn, queue: QueueSettings, arrived_ms: int, memory: Memory) -> QueuedCaller:
    """The caller of a call that is reported for the first time."""
    talked_with = _last_talks(turn, memory) if queue.prefer_last_ms or _asks_who_is_known(turn) else []
    required = required_skills(turn.step.get("skills") or {}, turn.call, bool(talked_with))
    last = talked_with[0] if talked_with and queue.prefer_last_ms else ""
    caller = QueuedCaller(turn.call.uuid, queue, arrived_ms, turn.call.caller, required, last)
    caller.made = caller.decided = turn.offers - bool(turn.tried)  # a result that no engine has heard yet
    return caller


def _asks_who_is_known(turn: QueueTurn) -> bool:
    return "known" in (turn.step.get("skills") or {}).values()


def _last_talks(turn: QueueTurn, memory: Memory) -> list[str]:
    """Whom the caller talked with before, the last one first."""
    try:
        return [talk.person for talk in memory.talks(str(turn.step["project"]), turn.call.caller)]
    except Forgotten:
        return []
