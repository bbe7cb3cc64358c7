"""Who is free to be called on this node, for the dialler of callbacks: phones, duties, wrap-up."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from routing.decide.directory import Directory
from routing.decide.duty import Duty
from routing.decide.freedom import why_not_free
from routing.engine.states import States
from routing.model.memory import Forgotten
from routing.model.queue import DutyRecord


@dataclass
class FreePeople:
    """``records``: what the people of a project have set, raises Forgotten; ``duties``: what offers and talks of this
    node's queues have made of them; ``now``: seconds since the epoch."""

    states: States
    records: Callable[[str], Mapping[str, DutyRecord]]
    duties: Mapping[str, Duty]
    now: Callable[[], float] = time.time

    def why_not(self, project: str, directory: Directory, people: Collection[str]) -> Mapping[str, str]:
        """Why each person is not free; "" for who is. Nobody is while FreeSWITCH's events do not come."""
        if not self.states.is_known:
            return dict.fromkeys(people, "FreeSWITCH does not say who talks")
        records, now_ms = self._records(project), round(self.now() * 1000)
        return {
            person: why_not_free(
                self.states.state(person, directory.sip.get(person, ()), directory.has_outside(person)),
                records.get(person, DutyRecord()),
                self.duties.get(person),
                now_ms,
            )
            if person in directory.phones
            else "not in the live release"
            for person in people
        }

    def is_here(self, directory: Directory, person: str) -> bool:
        """Whether a phone of a person is registered on this node."""
        return self.states.is_registered(directory.sip.get(person, ()))

    def carries(self, call: str) -> bool:
        """Whether somebody of this node rings or talks for a call."""
        return self.states.carries(call)

    def promise(self, person: str, call: str, seconds: float) -> None:
        """A call is on its way to a person: see `States.promise`."""
        self.states.promise(person, call, seconds)

    def _records(self, project: str) -> Mapping[str, DutyRecord]:
        try:
            return self.records(project)
        except Forgotten:
            return {}
