"""The audit log: who did or heard what at the desk, and when. Lines are only added; a forgotten number is masked.

A line is written before the deed, with the outcome `BEGUN`, and settled after it: a desk that is killed in between
leaves a line that says so. So there is no deed without a line, and no line that claims what was not done.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Engine, Select, func, insert, or_, select, update

from routing.desk.schema import audit

PAGE = 100
MOST_TEXT = 500
#: Outcomes of what a line says.
DONE, BEGUN, FAILED = "", "begun", "failed"
_COLUMNS = ("at_s", "name", "role", "action", "subject", "detail", "address", "outcome", "n")


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
    outcome: str = DONE
    n: int = 0


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which lines are looked for; empty: all. ``since``, ``until``: seconds since the epoch, 0 without a limit."""

    name: str = ""
    action: str = ""
    subject: str = ""
    since: float = 0.0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class AuditLog:
    """The audit log of one project."""

    engine: Engine
    project: str

    def add(self, line: AuditLine) -> int:
        """Write a line; it is committed on return. Its place."""
        values = {
            "project": self.project,
            "at_s": line.at_s,
            "name": line.name,
            "role": line.role,
            "action": line.action,
            "subject": line.subject[:MOST_TEXT],
            "detail": line.detail[:MOST_TEXT],
            "address": line.address[:64],
            "outcome": line.outcome,
        }
        with self.engine.begin() as connection:
            return int(connection.scalar(insert(audit).values(values).returning(audit.c.n)) or 0)

    def settle(self, places: Collection[int], outcome: str) -> None:
        """Write what came of what lines say."""
        with self.engine.begin() as connection:
            connection.execute(update(audit).where(audit.c.n.in_(places)).values(outcome=outcome))

    def mask(self, number: str) -> None:
        """Leave the last two digits of a number in every line that has it, also as part of an address."""
        its, forms = (audit.c.subject, audit.c.detail), (number, quote(number))
        values = {
            column.name: func.replace(func.replace(column, forms[0], masked(number)), forms[1], masked(number))
            for column in its
        }
        has = or_(*(column.contains(form, autoescape=True) for column in its for form in forms))
        with self.engine.begin() as connection:
            connection.execute(update(audit).where(audit.c.project == self.project, has).values(values))

    def lines(self, before: int = 0, chosen: AuditFilter = AuditFilter()) -> Sequence[AuditLine]:
        """A page of lines, newest first, from before a line on."""
        its = [
            audit.c[each] == getattr(chosen, each) for each in ("name", "action", "subject") if getattr(chosen, each)
        ]
        its += [audit.c.at_s >= chosen.since] * bool(chosen.since) + [audit.c.at_s < chosen.until] * bool(chosen.until)
        its += [audit.c.n < before] * bool(before)
        return self._read(self._lines(*its).limit(PAGE))

    def of_subject(self, subject: str, actions: Collection[str]) -> Sequence[AuditLine]:
        """The newest lines of some actions about something."""
        return self._read(self._lines(audit.c.subject == subject, audit.c.action.in_(actions)).limit(PAGE))

    def of_action(self, action: str, since_s: float) -> Sequence[AuditLine]:
        """The newest lines of an action since a time."""
        return self._read(self._lines(audit.c.action == action, audit.c.at_s >= since_s).limit(PAGE))

    def _lines(self, *conditions: ColumnElement[bool]) -> Select[Any]:
        query = select(*(audit.c[name] for name in _COLUMNS)).where(audit.c.project == self.project, *conditions)
        return query.order_by(audit.c.n.desc())

    def _read(self, query: Select[Any]) -> Sequence[AuditLine]:
        with self.engine.connect().execution_options(reads=True) as connection:
            return [AuditLine(*row) for row in connection.execute(query)]
