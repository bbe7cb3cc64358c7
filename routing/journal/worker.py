"""Carries calls from the spool to SQL, for ever: read, record in one transaction, remove the files, remember.

Files go only after the commit, recording twice is recording once, so the process may be killed anywhere. A database or
a disk that fails keeps the spool as it is and is tried again. Time and waiting come in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from zlib import crc32

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, SQLAlchemyError

from routing.journal import cdr, store
from routing.journal.counts import Counts
from routing.journal.gather import Gatherer, Log, Whole
from routing.journal.late import LateLegs
from routing.journal.memory import Outbox
from routing.journal.retention import Retention

#: Calls recorded in one transaction.
BATCH = 500
IDLE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
#: A file of another worker's share this old is taken too: that worker is gone or overrun.
OVERDUE_SECONDS = 60.0
#: How often B-legs left behind are looked at.
LATE_SECONDS = 30.0
#: Faults of the database or the way to it, not of what was written.
_GONE = (OperationalError, InterfaceError, InternalError)


@dataclass
class Worker:
    """One worker; several may work on one spool: ``share`` is (which, of how many) and saves double work, no more.

    ``outbox`` and ``retention`` may be absent. ``progress`` is told how many files of how many are
    done, ``after_pass`` the counts.
    """

    engine: Engine
    gatherer: Gatherer
    log: Log
    now: Callable[[], float]
    outbox: Outbox | None = None
    retention: Retention | None = None
    stop: Event = field(default_factory=Event)
    share: tuple[int, int] = (0, 1)
    progress: Callable[[int, int], None] = lambda done, all_: None
    after_pass: Callable[[Counts], None] | None = None
    counts: Counts = field(default_factory=Counts, init=False)

    def __post_init__(self) -> None:
        self._late = LateLegs(self.engine, self.gatherer)
        self._next_late = 0.0
        self._next_memory = 0.0
        self._memory_pause_s = IDLE_SECONDS

    def run(self) -> None:
        """Work until `stop` is set; what fails is tried again after a pause that grows to half a minute."""
        pause_s = IDLE_SECONDS
        while not self.stop.is_set():
            try:
                recorded = self.work()
                pause_s = IDLE_SECONDS
            except (SQLAlchemyError, OSError) as problem:
                self.counts.failures += 1
                self.log("error", "journal cannot be written", problem=_short(problem), spool="kept", again_s=pause_s)
                recorded = 0
                self.stop.wait(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_SECONDS)
                continue
            if not recorded:
                self.stop.wait(IDLE_SECONDS)

    def work(self) -> int:
        """One pass over the spool; returns how many calls were recorded. Raises SQLAlchemyError and OSError."""
        listing = self.gatherer.spool.listing()
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
        if listing.b_legs and self.now() >= self._next_late:
            self._next_late = self.now() + LATE_SECONDS
            self.counts.late_legs += self._late.settle(listing.b_legs)
        self._remember()
        if self.retention is not None:
            self.counts.forgotten += self.retention.apply(self.engine, self.now(), self.stop)
        self.counts.bad = self.gatherer.bad
        if self.after_pass is not None:
            self.after_pass(self.counts)
        return self.counts.recorded - before

    def _shared(self, uuids: Sequence[str]) -> tuple[list[str], list[str]]:
        """The A-legs of this worker's share, and the others'."""
        which, of = self.share
        own = [uuid for uuid in uuids if of == 1 or crc32(uuid.encode()) % of == which]
        return own, [] if of == 1 else [uuid for uuid in uuids if crc32(uuid.encode()) % of != which]

    def _is_due(self, uuid: str) -> bool:
        name = cdr.name_of(uuid, is_a_leg=True)
        return self.gatherer.spool.age_s(name, self.now()) > OVERDUE_SECONDS

    def _batch(self, uuids: Sequence[str]) -> None:
        wholes = [whole for uuid in uuids if (whole := self.gatherer.call(uuid))]
        self.counts.waiting += len(uuids) - len(wholes)
        if not wholes:
            return
        try:
            self._record(wholes)
        except _GONE:
            raise
        except DBAPIError:
            for whole in wholes:  # one of them cannot be written: find it, keep the others
                self._record_alone(whole)

    def _record(self, wholes: Sequence[Whole]) -> None:
        new = store.record(self.engine, [whole.call for whole in wholes])
        self.gatherer.spool.remove(name for whole in wholes for name in whole.files)
        self.counts.recorded += new
        self.counts.known_already += len(wholes) - new

    def _record_alone(self, whole: Whole) -> None:
        try:
            self._record([whole])
        except _GONE:
            raise
        except DBAPIError as problem:
            for name in whole.files:
                self.gatherer.put_aside(name, f"the database refuses the call: {_short(problem)}")

    def _remember(self) -> None:
        """Empty the outbox, as far as the memory is there; its absence is one log line, a pause, and nothing else."""
        while self.outbox is not None and self.now() >= self._next_memory and not self.stop.is_set():
            count, problem = self.outbox.hand_over(self.engine)
            self.counts.remembered += count
            if problem:
                self.log("warning", "memory is away", problem=_short(problem), again_s=self._memory_pause_s)
                self._next_memory = self.now() + self._memory_pause_s
                self._memory_pause_s = min(self._memory_pause_s * 2, LONGEST_PAUSE_SECONDS)
                return
            self._memory_pause_s = IDLE_SECONDS
            if not count:
                return


def _batches(uuids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(uuids), BATCH):
        yield uuids[first : first + BATCH]


def _short(problem: BaseException) -> str:
    """What went wrong, without the statement and its values: those hold callers' numbers."""
    cause = problem.orig if isinstance(problem, DBAPIError) and problem.orig else problem
    return f"{type(cause).__name__}: {str(cause).splitlines()[0] if str(cause) else ''}"[:300]
