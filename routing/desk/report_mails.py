"""Sends reports by e-mail when their time has come, each once, whichever desk is up: a lease in SQL says whose it is.

A desk that ends between a mail server's yes and its note sends the message again, with the same Message-ID. While no
mail server takes it, it is tried again with longer pauses, and given up when the next one is due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from routing.desk.plan import DeskPlan
from routing.desk.report_mail import DueMail, Render, due, written
from routing.desk.schema import mails
from routing.journal.figures_read import FigureReader
from routing.model.notice import Later, NoticeRefused
from routing.notify.smtp import SmtpMail

EVERY_SECONDS = 20.0
#: A desk that has begun to send has so long; then another one may.
LEASE_SECONDS = 900.0
SOONEST_SECONDS, LATEST_SECONDS = 60.0, 3600.0
#: A report that nobody could send so long after its time is given up: the next one follows.
STALE_SECONDS = {"day": 20 * 3600.0, "week": 4 * 86400.0}


class MailLog(Protocol):
    """Writes a line of the log."""

    def __call__(self, level: str, event: str, **facts: object) -> None: ...


@dataclass
class ReportMails:
    """The reports of a desk. ``live``: the plan of the live release; ``now``: seconds since the epoch; ``address``:
    where people reach the desk."""

    database: Engine
    live: Callable[[], DeskPlan | None]
    now: Callable[[], float]
    mail: SmtpMail
    render: Render
    log: MailLog
    address: str = ""
    stop: Event = field(default_factory=Event)

    def run(self) -> None:
        """Send what is due until `stop` is set."""
        while not self.stop.is_set():
            try:
                self.work()
            except Exception as problem:
                self.log("error", "reports cannot be sent", problem=repr(problem)[:300])
            self.stop.wait(EVERY_SECONDS)

    def work(self) -> int:
        """Send what is due now; returns how many were sent. Raises SQLAlchemyError."""
        plan, sent = self.live(), 0
        for mail in plan.mails if plan else ():
            ready = due(mail, self.now(), plan.zone)  # type: ignore[union-attr]
            is_fresh = self.now() - ready.at_s < STALE_SECONDS[mail.every]
            if is_fresh and not self.stop.is_set() and self._is_mine(self._key(plan, ready)):  # type: ignore[arg-type]
                sent += self._send(plan, ready)  # type: ignore[arg-type]
        return sent

    def _send(self, plan: DeskPlan, ready: DueMail) -> int:
        reader, key = FigureReader(self.database, plan.project, ready.mail.view.id), self._key(plan, ready)
        try:
            if not reader.is_there():
                raise Later("the figures are not prepared yet")
            mail = written(ready, plan, reader, self.render, self.mail.sender, self.address)
            for address, reason in self.mail.deliver(mail, (ready.mail.email,)).items():
                self.log("warning", "addressee refused", report=key, address=address, reason=reason)
        except Later as problem:
            self._put_off(key, str(problem))
            return 0
        except NoticeRefused as problem:
            self.log("error", "report refused", report=key, reason=str(problem))
            self._set(key, sent_s=self.now())
            return 0
        self._set(key, sent_s=self.now())
        return 1

    def _put_off(self, key: str, reason: str) -> None:
        with self.database.connect().execution_options(reads=True) as connection:
            attempts = connection.scalar(select(mails.c.attempts).where(mails.c.id == key)) or 0
        pause_s = min(SOONEST_SECONDS * 2 ** min(attempts, 10), LATEST_SECONDS)
        self._set(key, until_s=self.now() + pause_s, attempts=attempts + 1)
        self.log("warning", "report not sent", report=key, problem=reason, again_s=round(pause_s))

    def _is_mine(self, key: str) -> bool:
        """Take the lease of a report; False while another desk has it, and when it is sent."""
        now = self.now()
        with self.database.begin() as connection:
            dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
            connection.execute(dialect.insert(mails).values(id=key).on_conflict_do_nothing())
            free = mails.c.id == key, mails.c.sent_s == 0, or_(mails.c.until_s <= now, mails.c.until_s == 0)
            return bool(connection.execute(update(mails).where(*free).values(until_s=now + LEASE_SECONDS)).rowcount)

    def _set(self, key: str, **values: object) -> None:
        with self.database.begin() as connection:
            connection.execute(update(mails).where(mails.c.id == key).values(**values))

    @staticmethod
    def _key(plan: DeskPlan, ready: DueMail) -> str:
        return f"{plan.project}/{ready.id}"
