"""B-legs whose file came after their call was recorded, and those whose call is never recorded.

Most B-legs in the spool belong to running calls: each is read once, then only its call is looked up in SQL, from time
to time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from routing.journal import cdr, dialled, store
from routing.journal.faults import is_of_the_record, text_of
from routing.journal.gather import Gatherer
from routing.journal.record import LegRecord
from routing.model.talk_keys import BOUND

#: A younger B-leg is skipped: it is read together with its call.
YOUNG_SECONDS = 30.0
#: After this time no A-leg comes any more: it is longer than any call.
LOST_SECONDS = 86400.0
_AT_ONCE = 500


@dataclass
class LateLegs:
    """Handles B-legs that are left in the spool."""

    engine: Engine
    gatherer: Gatherer
    _known: dict[str, tuple[str, LegRecord]] = field(default_factory=dict, init=False)
    _refused: set[str] = field(default_factory=set, init=False)

    def settle(self, uuids: set[str]) -> int:
        """Add the legs whose calls are recorded, put aside those that are too old; returns how many were added."""
        self._known = {uuid: known for uuid, known in self._known.items() if uuid in uuids}
        self._refused.clear()
        ordered = sorted(uuids)
        return sum(self._settle(ordered[first : first + _AT_ONCE]) for first in range(0, len(ordered), _AT_ONCE))

    def _settle(self, uuids: list[str]) -> int:
        spool, now = self.gatherer.spool, self.gatherer.now()
        ages = {uuid: spool.age_s(cdr.name_of(uuid), now) for uuid in uuids}
        found = {uuid: known for uuid in uuids if ages[uuid] >= YOUNG_SECONDS and (known := self._read(uuid))}
        here = self._amend(found)
        self.gatherer.remove(cdr.name_of(uuid) for uuid in here)
        for uuid in found.keys() - here - self._refused:
            if ages[uuid] > LOST_SECONDS:
                self.gatherer.put_aside(cdr.name_of(uuid), f"call {found[uuid][0]!a} was never recorded")
        return len(here)

    def _amend(self, found: Mapping[str, tuple[str, LegRecord]]) -> set[str]:
        """`store.amend`; a leg that the database refuses is found by bisection and put aside."""
        try:
            return store.amend(self.engine, found)
        except Exception as problem:
            if not is_of_the_record(problem):
                raise
            uuids = list(found)
            if len(uuids) > 1:
                halves = uuids[: len(uuids) // 2], uuids[len(uuids) // 2 :]
                return set().union(*(self._amend({uuid: found[uuid] for uuid in half}) for half in halves))
            self._refused.add(uuids[0])
            self.gatherer.put_aside(cdr.name_of(uuids[0]), f"the database refuses the leg: {text_of(problem)}")
            return set()

    def _read(self, uuid: str) -> tuple[str, LegRecord] | None:
        """The call that a leg belongs to, and the leg."""
        if uuid not in self._known:
            leg = self.gatherer.b_leg(uuid)
            if leg is None:
                return None
            if leg.get(BOUND) == uuid:  # the caller's own leg: FreeSWITCH counts who is brought back as called
                self.gatherer.spool.rename(cdr.name_of(uuid), cdr.name_of(uuid, is_a_leg=True))
                return None
            self._known[uuid] = (leg.get(BOUND) or leg.parent, dialled.from_cdr(leg))
        return self._known[uuid]
