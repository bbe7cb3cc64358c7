"""Whether there are people for one more callback: no more are rung at once than people of their schemes are free.

A scheme whose people only the moment knows (`webhook`), or among whom a queue distributes calls, has no such bound.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from routing.decide.directory import Directory
from routing.decide.takers import Takers
from routing.model.callback import CallbackOrder
from routing.model.callback_plan import CallbackPlan

#: An attempt of another node has found somebody there by then, or nobody.
ELSEWHERE_S = 60.0


class FreeTakers(Protocol):
    """`routing.engine.free_people.FreePeople`."""

    def why_not(self, project: str, directory: Directory, people: Collection[str]) -> Mapping[str, str]: ...
    def carries(self, call: str) -> bool: ...


@dataclass
class CallbackRoom:
    """The room at one moment. ``ours``: whether an attempt is this node's."""

    plan: CallbackPlan
    directory: Directory
    free: FreeTakers
    #: Whether nobody was free for a call.
    has_refused: bool = False
    _takers: Takers = field(default_factory=Takers)
    _why_not: dict[str, str] = field(default_factory=dict)

    def keep(self, under_way: Sequence[CallbackOrder], is_ours: Mapping[str, bool], now: float) -> None:
        """Calls that are dialled, and have nobody yet, need somebody."""
        for order in under_way:
            attempt = order.attempts[-1]
            is_over = not is_ours[attempt.uuid] and now - attempt.began_s > ELSEWHERE_S
            if not is_over and not self.free.carries(attempt.uuid):
                self.has_for(order)

    def has_for(self, order: CallbackOrder) -> bool:
        """Whether somebody is free for one more call, who is kept for it then."""
        scheme = self.plan.schemes.get(order.scheme)
        people = scheme.people if scheme else ()
        if not people or order.place_s is not None:
            return True
        if missing := [person for person in people if person not in self._why_not]:
            self._why_not |= self.free.why_not(self.plan.project, self.directory, missing)
        has_one = self._takers.take([person for person in people if not self._why_not[person]])
        self.has_refused |= not has_one
        return has_one
