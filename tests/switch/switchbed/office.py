"""What the engine would remember and see over the calls of one case, for the offline switch.

Calls are carried one after another in the order in which they begin; what one of them kept busy, and until when, is
told afterwards (``saw``), so that another that began meanwhile finds it so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from routing.model.decision import Call
from routing.model.memory import Facts, Forgotten, Load, State, Talk
from routing.offline.events import Event
from routing.offline.phones import Phone

from .cases import Case
from .company import Company
from .memory import AGO_S, TALK_S

_ENDS = {"ring": "ring_end", "talk": "talk_end"}
_OFF = Phone("unreachable")


class Office:
    """`routing.offline.answering.Past` over several calls: Memory and Presence in one.

    ``moment``: when the question is put, seconds since the epoch.
    """

    def __init__(self, case: Case, company: Company, noon: datetime) -> None:
        self.moment = noon.timestamp()
        self._case = case
        self._there = {
            account
            for target, account in company.accounts.items()
            if case.phones.get(target, _OFF).does != "unreachable"
        }
        self._busy: list[tuple[str, float, float]] = []
        self._turns: dict[tuple[str, str], dict[str, int]] = {}
        self._loads = {name: _load(load, self.moment) for name, load in case.memory.get("loads", {}).items()}

    def saw(self, at: datetime, events: Sequence[Event]) -> None:
        """A call that began at this moment is over: whom it kept busy, and when."""
        for place, event in enumerate(events):
            if event.kind in _ENDS:
                end = next(
                    later.at_ms
                    for later in events[place:]
                    if later.kind in (_ENDS[event.kind], "end") and later.subject in (event.subject, events[-1].subject)
                )
                began = at.timestamp()
                person = event.subject.partition(".")[0]
                self._busy.append((person, began + event.at_ms / 1000, began + end / 1000))

    @staticmethod
    def chance() -> float:
        """See Past."""
        return 0.5

    def memory(self, call: Call) -> Office:
        """See Past."""
        return self

    def presence(self, call: Call) -> Office:
        """See Past."""
        return self

    def now(self, call: Call) -> float:
        """See Past."""
        return self.moment

    def state(self, person: str, accounts: Collection[str], outside: bool) -> State:
        """See Presence."""
        if any(who == person and since <= self.moment < until for who, since, until in self._busy):
            return "busy"
        return "free" if outside or not self._there.isdisjoint(accounts) else "absent"

    def talks(self, project: str, caller: str) -> Sequence[Talk]:
        """See Memory."""
        memory = self._remembered()
        if not memory.get("talk") or caller != self._case.caller:
            return ()
        return [Talk(memory["talk"], self.moment - memory.get("ago_s", AGO_S), TALK_S, memory.get("direction", "in"))]

    def facts(self, project: str, people: Sequence[str], day: str, place: tuple[str, str]) -> Facts:
        """See Memory."""
        away = frozenset(self._remembered().get("away", ()))
        return Facts(self._loads, dict(self._turns.get(place, {})), away)

    def is_away(self, project: str, person: str) -> bool:
        """See Memory."""
        return person in self._remembered().get("away", ())

    def take_turn(self, project: str, place: tuple[str, str], ranked: Iterable[tuple[str, int]], spread: bool) -> str:
        """See Memory."""
        turns = self._turns.setdefault(place, {})
        last = max(turns, key=turns.__getitem__, default="") if spread else ""
        ranks = dict(ranked)
        name = min(ranks, key=lambda name: (name == last, ranks[name], turns.get(name, 0)))
        turns[name] = max(turns.values(), default=0) + 1
        return name

    def _remembered(self) -> Mapping[str, Any]:
        if self._case.engine == "forgetful":
            raise Forgotten("no answer from Redis")
        return self._case.memory


def _load(load: Mapping[str, float], now: float) -> Load:
    return Load(int(load.get("calls", 1)), load.get("talk_s", 0), now - load.get("idle_s", AGO_S))
