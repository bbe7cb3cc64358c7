"""Callers who wait in the same queues on other nodes, in one order with those who wait here. Pure.

A node keeps a free person for whoever has waited longer elsewhere, and that node offers them. It does so for a short
time only: a node that cannot, whatever the reason, holds nobody up.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from routing.decide.queued import QueuedCaller
from routing.model.queue import QueueSettings

#: How long a free person is kept for a caller of another node.
HELD_MS = 3_000
#: The form of what nodes send each other; another one is of nobody.
_FORM = 1


def written(callers: Iterable[QueuedCaller]) -> str:
    """The callers who wait, ring nobody and talk with nobody, as text for other nodes."""
    waiting = (each for each in callers if not each.offered and not each.talks_with)
    rows = [[each.uuid, each.queue.name, each.arrived_ms, dict(each.required), each.last_person] for each in waiting]
    return json.dumps([_FORM, rows], ensure_ascii=False, separators=(",", ":")) if rows else ""


def read(texts: Iterable[str], queues: Iterable[QueueSettings]) -> tuple[QueuedCaller, ...]:
    """Callers of other nodes in these queues; what cannot be read is nobody."""
    known = {queue.name: queue for queue in queues}
    found = []
    for text in filter(None, texts):
        try:
            form, rows = json.loads(text)
            found += [
                QueuedCaller(str(uuid), known[queue], int(arrived_ms), required=dict(required), last_person=str(last))
                for uuid, queue, arrived_ms, required, last in rows
                if form == _FORM and queue in known
            ]
        except (ValueError, TypeError):
            continue
    return tuple(found)


@dataclass
class QueuedElsewhere:
    """Who waits elsewhere, and since when (ms) a free person is kept for each."""

    callers: tuple[QueuedCaller, ...] = ()
    _held: dict[str, int] = field(default_factory=dict)

    def hear(self, texts: Iterable[str], queues: Iterable[QueueSettings]) -> bool:
        """Other nodes say who waits there now, in queues of ours too; whether that is news."""
        before, self.callers = self.callers, read(texts, queues)
        there = {each.uuid for each in self.callers}
        self._held = {uuid: since for uuid, since in self._held.items() if uuid in there}
        return before != self.callers

    def hold(self, caller: QueuedCaller, now_ms: int) -> bool:
        """Whether a free person is kept for a caller of another node."""
        return now_ms - self._held.setdefault(caller.uuid, now_ms) < HELD_MS

    def next_ms(self) -> list[int]:
        """When people are kept no longer."""
        return [since + HELD_MS for since in self._held.values()]
