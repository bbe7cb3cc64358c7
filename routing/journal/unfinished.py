"""Calls whose CDR never came, because FreeSWITCH was killed or could not write it: recorded as `unfinished`, with the
facts from events.

A CDR that comes later replaces such a record (`routing.journal.store.record`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import closing
from dataclasses import dataclass, replace
from fcntl import LOCK_NB, LOCK_SH, LOCK_UN, lockf
from pathlib import Path
from sqlite3 import Error, connect

from sqlalchemy import Engine

from routing.journal import dialled, live, parse, store
from routing.journal.cdr import Cdr
from routing.journal.counts import Counts
from routing.journal.exports import ExportsOf, nothing
from routing.journal.gather import Gatherer, Log
from routing.journal.live import LiveCalls
from routing.journal.record import CallRecord
from routing.journal.status import UNFINISHED

_AT_ONCE = 500
#: Columns of FreeSWITCH's own table of channels.
_NAMES = ("uuid", "direction", "created_epoch", "cid_num", "dest", "initial_cid_num", "initial_dest", "hostname")
_CHANNELS = f"SELECT {', '.join(_NAMES)} FROM channels LIMIT 20000"  # noqa: S608 - names of our own
_BRIDGES = "SELECT caller_uuid, callee_uuid, call_created_epoch FROM calls LIMIT 20000"


def unfinished(a_leg: Cdr, b_legs: Mapping[str, Cdr], context: parse.ParseContext) -> CallRecord:
    """The record of a call whose A-leg ended without a CDR, or whose end is not known."""
    whole = parse.call(a_leg, b_legs, context)
    other = b_legs.get(a_leg.get("bridge_uuid"))
    target = other.get("routing_target") if other else ""
    dialled_number = a_leg.get(live.DIALLED)
    return replace(
        whole,
        status=UNFINISHED,
        ended=whole.ended or whole.bridged or whole.started,
        number=whole.number or live.number(dialled_number),
        dialled=whole.dialled or dialled_number,
        schemes=whole.schemes or tuple(filter(None, (a_leg.get("routing_scheme"),))),
        person=whole.person or dialled.person_of(target),
        target=whole.target or target,
        legs=whole.legs or tuple(dialled.from_cdr(leg) for leg in b_legs.values()),
        notify=(),
    )


@dataclass
class UnfinishedCalls:
    """Records calls whose CDR did not come in time."""

    engine: Engine
    gatherer: Gatherer
    log: Log
    counts: Counts
    exports_of: ExportsOf = nothing

    def settle(self, kept: LiveCalls, in_spool: Set[str]) -> None:
        """Record calls that ended without a CDR and forget recorded ones. Raises SQLAlchemyError; nothing is lost
        then."""
        due = [uuid for uuid in kept.awaited() if uuid not in in_spool][:_AT_ONCE]
        here = store.known(self.engine, due) if due else set()
        found = {uuid: legs for uuid in due if uuid not in here and (legs := kept.legs(uuid))}
        self.record(found.values())
        kept.forget(due)
        if kept.lost_count > self.counts.lost:
            self.log("error", "calls lost", count=kept.lost_count - self.counts.lost, reason="more than can be kept")
        self.counts.lost, self.counts.kept = kept.lost_count, kept.kept

    def record(self, calls: Iterable[tuple[Cdr, Mapping[str, Cdr]]]) -> None:
        """Record calls without a CDR; skips channels that are not calls of ours."""
        found = []
        for a_leg, b_legs in calls:
            try:
                call = unfinished(a_leg, b_legs, self.gatherer.context)
            except Exception as problem:
                self.log("error", "call lost", call=a_leg.uuid, reason=type(problem).__name__)
                continue
            found += [call] if call.started else []
        if found and (new := store.record(self.engine, found, self.exports_of)):
            self.counts.unfinished += new
            self.log("error", "calls without a CDR", count=new, recorded_as=UNFINISHED)


def left_behind(database: Path, pid_file: Path) -> Sequence[Cdr]:
    """The A-legs in the core database of a dead FreeSWITCH; none while it runs, or without a database."""
    if not database.is_file() or _runs(pid_file):
        return ()
    ended = f"{database.stat().st_mtime * 1e6:.0f}"
    try:
        with closing(connect(f"file:{database}?mode=ro", uri=True)) as opened:
            legs = [dict(zip(_NAMES, row, strict=True)) for row in opened.execute(_CHANNELS)]
            bridged = {row[0]: row for row in opened.execute(_BRIDGES)}
    except Error:
        return ()
    found = []
    for leg in legs:
        if live.is_a_leg(leg):
            variables = live.listed(leg) | {"end_uepoch": ended}
            if row := bridged.get(leg["uuid"]):
                variables |= {"bridge_uuid": str(row[1]), "bridge_uepoch": f"{row[2]}000000"}
            found.append(Cdr(str(leg["uuid"]), variables, ()))
    return found


def _runs(pid_file: Path) -> bool:
    """Whether FreeSWITCH holds the lock on its pid file."""
    try:
        with pid_file.open("rb") as file:
            lockf(file, LOCK_SH | LOCK_NB)
            lockf(file, LOCK_UN)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
