"""Who has heard a call, saved its sound, joined it, or exported it: from the audit log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from routing.desk import journal_query
from routing.desk.audit import DONE, FAILED, AuditLine, AuditLog
from routing.desk.journal_filter import resolved
from routing.desk.journal_query import JournalScope
from routing.desk.noted_filter import read
from routing.desk.plan import DeskPlan
from routing.journal.record import CallRecord
from routing.model.desk import Role

LISTENED, SAVED, EXPORTED = "listen_recording", "save_recording", "export_calls"
#: What people do with a call, and its icon.
ICONS = {
    LISTENED: "headphones", SAVED: "download", "join_listen": "headphones", "join_whisper": "mic",
    "join_take_over": "phone-forwarded", EXPORTED: "download",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallTrace:
    """What somebody did with a call. ``detail``: which of its sounds, or the file's form."""

    at_s: float
    name: str
    role: str
    action: str
    icon: str
    detail: str = ""
    is_sure: bool = True


def traces_of(engine: Engine, plan: DeskPlan, call: CallRecord) -> Sequence[CallTrace]:
    """The newest ones, the newest first; what failed is none."""
    log = AuditLog(engine, plan.project)
    found = [*log.of_subject(call.id, [*ICONS]), *_exports(engine, plan, call, log)]
    found.sort(key=lambda line: line.n, reverse=True)
    return [_trace(line) for line in found if line.outcome != FAILED]


def _exports(engine: Engine, plan: DeskPlan, call: CallRecord, log: AuditLog) -> Iterator[AuditLine]:
    """The exports whose filter finds the call, of those who saw it."""
    with engine.connect().execution_options(reads=True) as connection:
        for line in log.of_action(EXPORTED, call.ended):
            criteria = resolved(read(line.subject), line.at_s, plan.zone, plan.country)
            if journal_query.finds(connection, criteria, _scope(plan, line), call.id):
                yield line


def _scope(plan: DeskPlan, line: AuditLine) -> JournalScope:
    """What somebody saw then, as far as it is known: a head the calls of the people that they have now."""
    user = plan.users.get(line.name)
    is_bounded = user is not None and line.role in (Role.PERSON, Role.HEAD)
    return JournalScope(plan.project, user.people if user and is_bounded else None)


def _trace(line: AuditLine) -> CallTrace:
    detail = "" if line.action.startswith("join_") else line.detail
    return CallTrace(line.at_s, line.name, line.role, line.action, ICONS[line.action], detail, line.outcome == DONE)
