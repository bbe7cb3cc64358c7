"""The audit log: who did or heard what at the desk, and when. Lines are only added; a forgotten number is masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, insert, or_, select, update

from routing.desk.schema import audit

PAGE = 100
MOST_TEXT = 500


def masked(number: str) -> str:
    """A number as the log keeps it of a client who is forgotten, or was only looked for."""
    return f"•••{number[-2:]}"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What somebody did. ``action``: a key of the texts; ``subject``: a call's id, a calendar, a release."""

    at_s: float
    name: str
    role: str
    action: str
    subject: str = ""
    detail: str = ""
    address: str = ""
    n: int = 0


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The audit log of one project."""

    engine: Engine
    project: str

    def add(self, line: AuditLine) -> None:
        """Write a line; it is committed on return."""
        values = {
            "project": self.project,
            "at_s": line.at_s,
            "name": line.name,
            "role": line.role,
            "action": line.action,
            "subject": line.subject[:MOST_TEXT],
            "detail": line.detail[:MOST_TEXT],
            "address": line.address[:64],
        }
        with self.engine.begin() as connection:
            connection.execute(insert(audit).values(values))

    def mask(self, number: str) -> None:
        """Leave the last two digits of a number in every line that has it."""
        its = (audit.c.subject, audit.c.detail)
        values = {column.name: func.replace(column, number, masked(number)) for column in its}
        has = or_(*(column.contains(number, autoescape=True) for column in its))
        with self.engine.begin() as connection:
            connection.execute(update(audit).where(audit.c.project == self.project, has).values(values))

    def lines(self, before: int = 0, name: str = "", subject: str = "") -> Sequence[AuditLine]:
        """A page of lines, newest first, from before a line on."""
        query = select(audit).where(audit.c.project == self.project).order_by(audit.c.n.desc()).limit(PAGE)
        if before:
            query = query.where(audit.c.n < before)
        if name:
            query = query.where(audit.c.name == name)
        if subject:
            query = query.where(audit.c.subject == subject)
        columns = ("at_s", "name", "role", "action", "subject", "detail", "address", "n")
        with self.engine.connect().execution_options(reads=True) as connection:
            return [AuditLine(*(row[each] for each in columns)) for row in connection.execute(query).mappings()]
