"""What is remembered of talks beside SQL: who talked with a caller last, and how much each person talked today.

The port that the Redis adapter fills, and the outbox that fills it: a talk leaves the outbox only after the memory has
it, and the memory counts a call once however often it is told of it: a memory that is down delays nothing and catches
up. Knows nothing of Redis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Engine

from routing.journal import store
from routing.journal.store import Talk

#: Talks told in one go.
AT_ONCE = 500


class MemoryDown(Exception):
    """The memory did not take the talks, or not all of them: tell them again later."""


class Memory(Protocol):
    """Takes talks, in any order, each possibly more than once."""

    def remember(self, talks: Sequence[Talk]) -> None:
        """Keep the last talk of each client and direction, and add each call to its person's load exactly once.

        Raises MemoryDown.
        """
        ...


def hand_over(engine: Engine, memory: Memory) -> int:
    """Tell the memory of the oldest talks in the outbox; returns how many calls left it. Raises MemoryDown."""
    talks, ids = store.to_remember(engine, AT_ONCE)
    if talks:
        memory.remember(talks)
    store.remembered(engine, ids)
    return len(ids)
