"""The expected wait in a queue, from its last talks and from who works in it. Pure.

(mean talk + wrap-up) / people x (callers ahead - free people). A person who works in several queues counts as a part of
one in each of them.
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from routing.decide.distribution import Distribution, PhoneState
from routing.decide.queued import QueuedCaller
from routing.model.queue import ENOUGH_TALKS, QueueSettings

#: The talks that a queue's mean talk time counts.
LAST_TALKS = 100
MINUTE_MS = 60_000


@dataclass
class TalkTimes:
    """The last talk times of every queue, ms."""

    _talks: defaultdict[tuple[str, str], deque[int]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=LAST_TALKS))
    )

    def add(self, queue: QueueSettings, talk_ms: int) -> None:
        """A talk of a queue has ended."""
        self._talks[queue.key].append(talk_ms)

    def begin(self, queue: QueueSettings, earlier: Iterable[int]) -> None:
        """What is known of the time before this object was made."""
        known = self._talks[queue.key]
        self._talks[queue.key] = deque([*earlier, *known], maxlen=LAST_TALKS)

    def mean_ms(self, queue: QueueSettings) -> float | None:
        """The mean of the last talks; None before there are enough of them."""
        talks = self._talks[queue.key]
        return sum(talks) / len(talks) if len(talks) >= ENOUGH_TALKS else None


def expected_wait_ms(
    caller: QueuedCaller, distribution: Distribution, talks: TalkTimes, now_ms: int, state: PhoneState
) -> float | None:
    """How long a caller will still wait; None when too little is known, or nobody works."""
    queue = caller.queue
    mean_ms = talks.mean_ms(queue)
    queues = {each.queue.key: each.queue for each in distribution.callers.values()} | {queue.key: queue}
    people = _people(queue, queues.values(), distribution, state)
    if mean_ms is None or not people:
        return None
    free = {member.person for member in queue.members if distribution.is_ready(member, queue, now_ms, state)}
    ahead = distribution.place(caller) - len(free)
    return max(ahead, 0) * (mean_ms + queue.wrap_up_ms) / people


def _people(
    queue: QueueSettings, queues: Iterable[QueueSettings], distribution: Distribution, state: PhoneState
) -> float:
    """How many people work in a queue, each divided among their queues."""
    shares = {each.key: set(distribution.works(each, state)) for each in queues}
    return sum(1 / sum(person in working for working in shares.values()) for person in shares[queue.key])


def minutes(wait_ms: float) -> int:
    """An expected wait as callers hear it: whole minutes, rounded up, at least one."""
    return max(1, math.ceil(wait_ms / MINUTE_MS))
