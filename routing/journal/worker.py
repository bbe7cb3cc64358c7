"""Moves calls from the spool to SQL: read, record in one transaction, remove the files, pass talks to the memory.

Files are removed only after the commit, and recording is idempotent, so the process may be killed at any point. While
the database or the disk fails, files stay in the spool and are tried again. A call that the database refuses is put
aside and delays no other. The clock and the stop event are arguments.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol
from zlib import crc32

from sqlalchemy import Engine

from routing.journal import cdr, sound, store
from routing.journal.cdr import Cdr
from routing.journal.counts import Counts
from routing.journal.exports import ExportsOf, nothing
from routing.journal.faults import is_of_the_record, text_of
from routing.journal.figures_store import FigureBook
from routing.journal.gather import GatheredCall, Gatherer, Log
from routing.journal.late import LateLegs
from routing.journal.live import LiveCalls
from routing.journal.outbox import Outbox
from routing.journal.record import CallRecord
from routing.journal.retention import Retention
from routing.journal.unfinished import UnfinishedCalls
from routing.model.flood import STEP, sign_of

#: Calls recorded in one transaction.
BATCH = 500
IDLE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
#: An older file of another worker's share is recorded too: that worker is dead or overloaded.
OVERDUE_SECONDS = 60.0
#: How often late B-legs are handled.
LATE_SECONDS = 30.0


class Keeper(Protocol):
    """Looks after what is kept: the database, the time, whether to stop; returns to how many calls it did something."""

    def apply(self, engine: Engine, now: float, stop: Event) -> int: ...


@dataclass
class JournalWorker:
    """One worker; several may work on one spool: ``share`` is (which, of how many) and only saves double work.

    ``outbox``, ``figures``, ``retention``, ``live`` and ``settle`` (settles recorded calls) are optional.
    ``progress`` is called with the number of finished files and of all files, ``after_pass`` with the counts;
    ``recorded`` with calls that are in SQL, once more after a crash. ``exports_of``: what is exported of a call.
    """

    engine: Engine
    gatherer: Gatherer
    log: Log
    now: Callable[[], float]
    outbox: Outbox | None = None
    figures: FigureBook | None = None
    retention: Retention | None = None
    sealing: Keeper | None = None
    live: LiveCalls | None = None
    settle: Callable[[], int] | None = None
    stop: Event = field(default_factory=Event)
    share: tuple[int, int] = (0, 1)
    progress: Callable[[int, int], None] = lambda done, all_: None
    after_pass: Callable[[Counts], None] | None = None
    recorded: Callable[[Sequence[CallRecord]], None] = lambda calls: None
    exports_of: ExportsOf = nothing
    counts: Counts = field(default_factory=Counts, init=False)

    def __post_init__(self) -> None:
        self._late = LateLegs(self.engine, self.gatherer)
        self._unfinished = UnfinishedCalls(self.engine, self.gatherer, self.log, self.counts, self.exports_of)
        self._next_late = 0.0
        self._next_memory = 0.0
        self._memory_pause_s = IDLE_SECONDS

    def run(self) -> None:
        """Work until `stop` is set; after failures it retries with a pause that grows to half a minute."""
        pause_s = IDLE_SECONDS
        while not self.stop.is_set():
            try:
                recorded = self.work()
                pause_s = IDLE_SECONDS
            except Exception as problem:
                self.counts.failures += 1
                self.log("error", "journal cannot be written", problem=text_of(problem), spool="kept", again_s=pause_s)
                recorded = 0
                self.stop.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_SECONDS)
                continue
            if not recorded:
                self.stop.wait(IDLE_SECONDS)

    def work(self) -> int:
        """One pass over the spool; returns how many calls were recorded. Raises SQLAlchemyError and OSError."""
        listing = self.gatherer.listing()
        before = self.counts.recorded
        done = 0
        self.counts.waiting = 0
        own, others = self._shared(listing.a_legs)
        for some in (*_batches(own), *_batches(others)):
            if self.stop.is_set():
                break
            self._batch([uuid for uuid in some if self._is_due(uuid)] if done >= len(own) else some)
            done += len(some)
            self.progress(done, len(listing.a_legs))
            self._remember()
        if listing.b_legs and not self._next_late - LATE_SECONDS <= self.now() < self._next_late:
            self._next_late = self.now() + LATE_SECONDS
            self.counts.late_legs += self._late.settle(listing.b_legs)
        if self.live is not None:
            self._unfinished.settle(self.live, set(listing.a_legs))
        self._remember()
        if self.settle is not None:
            self.counts.callbacks_ordered += self.settle()
        if self.figures is not None:
            self.figures.work()
        if self.retention is not None and (self.figures is None or self.figures.is_current):
            self.counts.forgotten += self.retention.apply(self.engine, self.now(), self.stop)
        if self.sealing is not None:
            self.sealing.apply(self.engine, self.now(), self.stop)
        self.counts.bad = self.gatherer.bad
        if self.after_pass is not None:
            self.after_pass(self.counts)
        return self.counts.recorded - before

    def record_left_behind(self, a_legs: Sequence[Cdr]) -> None:
        """Record the calls of A-legs that ended without a CDR. Raises SQLAlchemyError."""
        names = set(self.gatherer.listing().a_legs)
        self._unfinished.record((leg, {}) for leg in a_legs if leg.uuid not in names)

    def _shared(self, uuids: Sequence[str]) -> tuple[list[str], list[str]]:
        """The A-legs of this worker's share, and the others'."""
        which, of = self.share
        own = [uuid for uuid in uuids if of == 1 or crc32(os.fsencode(uuid)) % of == which]
        return own, [] if of == 1 else [uuid for uuid in uuids if crc32(os.fsencode(uuid)) % of != which]

    def _is_due(self, uuid: str, waits_s: float = 0.0) -> bool:
        name = cdr.name_of(uuid, is_a_leg=True)
        return self.gatherer.spool.age_s(name, self.now()) > max(OVERDUE_SECONDS, waits_s)

    def _batch(self, uuids: Sequence[str]) -> None:
        wholes = [whole for uuid in uuids if (whole := self.gatherer.call(uuid))]
        self.counts.waiting += len(uuids) - len(wholes)
        if own := [whole for whole in wholes if not whole.goes_on]:
            self._record(own)
        self._go_on([whole for whole in wholes if whole.goes_on])

    def _go_on(self, wholes: Sequence[GatheredCall]) -> None:
        """Add legs that continued alone to their calls; one whose call is never recorded becomes a call of its own."""
        known = store.known(self.engine, [whole.goes_on for whole in wholes]) if wholes else set()
        for whole in wholes:
            if whole.goes_on in known:
                store.go_on(self.engine, whole.goes_on, whole.call)
                self.gatherer.remove(whole.files)
            elif self._is_due(whole.call.id, whole.waits_s):
                self._record([whole])
            else:
                self.counts.waiting += 1

    def _record(self, wholes: Sequence[GatheredCall]) -> None:
        """Record calls; one that the database refuses is found by bisection, and the others are recorded."""
        try:
            new = store.record(self.engine, [whole.call for whole in wholes], self.exports_of)
        except Exception as problem:
            if not is_of_the_record(problem):
                raise
            if len(wholes) > 1:
                half = len(wholes) // 2
                self._record(wholes[:half])
                self._record(wholes[half:])
                return
            for name in wholes[0].files:
                self.gatherer.put_aside(name, f"the database refuses the call: {text_of(problem)}")
            return
        self.recorded([whole.call for whole in wholes])
        for whole in wholes:
            if whole.empty:
                sound.remove(whole.call.id, whole.empty)
        self.gatherer.remove(name for whole in wholes for name in whole.files)
        self.counts.recorded += new
        if new:
            steps = (step for whole in wholes for step in whole.call.steps if step.kind == STEP)
            self.counts.flood_calls.update(sign_of(step.outcome) for step in steps)
        self.counts.known_already += len(wholes) - new

    def _remember(self) -> None:
        """Empty the outbox while the memory answers; otherwise log it once and pause."""
        pausing = self._next_memory - LONGEST_PAUSE_SECONDS <= self.now() < self._next_memory
        while self.outbox is not None and not pausing and not self.stop.is_set():
            count, problem = self.outbox.hand_over(self.engine)
            self.counts.remembered += count
            if problem:
                self.log("warning", "memory does not answer", problem=text_of(problem), again_s=self._memory_pause_s)
                self._next_memory = self.now() + self._memory_pause_s
                self._memory_pause_s = min(self._memory_pause_s * 2, LONGEST_PAUSE_SECONDS)
                return
            self._memory_pause_s = IDLE_SECONDS
            if not count:
                return


def _batches(uuids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(uuids), BATCH):
        yield uuids[first : first + BATCH]
