"""Tells of voicemails and missed calls: calls whose addressees were not told yet leave the outbox in SQL when the mail
server and every web address have the notice.

A notice is claimed before it is sent, so that of several workers one sends it; a claim that its worker did not live to
redeem ends by itself, and the same message goes out again. Whoever has it is not told again because another is away.
Knows nothing of e-mail or HTTP; runs beside the recording of calls
and never holds it up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from sqlalchemy import Engine, Row, select, text, update

from routing.journal.counts import Counts
from routing.journal.gather import Log
from routing.journal.schema import UNTOLD, calls
from routing.model.fields import EMAIL
from routing.model.notice import Hooks, Later, Mail, Notice, Refused

IDLE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
#: How long a claim holds: longer than the mail server may take for one message.
CLAIM_SECONDS = 900.0
#: A notice that was not taken is tried again when the call is twice as old, within these bounds.
SOONEST_SECONDS, LATEST_SECONDS = 60.0, 3600.0
#: A notice of a call this old is news no more.
STALE_SECONDS = 7 * 86400.0
_Due = Row[Any]
_COLUMNS = (calls.c.id, calls.c.project, calls.c.number, calls.c.scheme, calls.c.caller, calls.c.box, calls.c.started,
            calls.c.ended, calls.c.voicemail, calls.c.notify, calls.c.told, calls.c.status, calls.c.wait_s)  # fmt: skip


@dataclass
class Notices:
    """The outbox of notices. ``now``: seconds since the epoch; ``project``: of calls that name none.

    ``mail`` None: there is no mail server; then calls are told of that name a web address, of the last days.
    """

    engine: Engine
    mail: Mail | None
    hooks: Hooks
    log: Log
    now: Callable[[], float]
    project: str = ""
    stop: Event = field(default_factory=Event)
    counts: Counts = field(default_factory=Counts)

    def run(self) -> None:
        """Send what is due until `stop` is set; after a failure the pause grows to half a minute."""
        pause_s = IDLE_SECONDS
        while not self.stop.is_set():
            try:
                done = self.work()
            except Exception as problem:
                self.log("error", "notices cannot be sent", problem=type(problem).__name__, again_s=pause_s)
                done = False
            self.stop.wait(pause_s)
            pause_s = IDLE_SECONDS if done else min(pause_s * 2, LONGEST_PAUSE_SECONDS)

    def work(self) -> bool:
        """Send what is due, up to the first notice that is not taken now: then False. Raises SQLAlchemyError."""
        while not self.stop.is_set() and (due := self._claim()):
            try:
                self._tell(due)
            except Later as problem:
                age_s = self.now() - due.ended
                pause_s = min(max(age_s, SOONEST_SECONDS), LATEST_SECONDS)
                self._set(due.id, notify_after=self.now() + pause_s)
                self.log("warning", "notice not sent", call=due.id, problem=str(problem), again_s=round(pause_s))
                return False
            self._set(due.id, notified=True)
        return True

    def _tell(self, due: _Due) -> None:
        """Tell whoever was not told yet. Raises Later, once everybody else has the notice."""
        told = due.told.split()
        left = [name for name in due.notify.split() if name not in told]
        mails = tuple(name for name in left if EMAIL.fullmatch(name))
        hooks = [name for name in left if "://" in name]
        if unknown := [name for name in left if name not in mails and name not in hooks]:
            self.log("warning", "addressees without an e-mail address", call=due.id, names=unknown)
        if not (mails or hooks):
            return
        if self.now() - due.ended > STALE_SECONDS:
            self.log("error", "notice given up", call=due.id, reason="the call is too long ago")
            return
        waiting: Later | None = None
        for to in filter(None, (mails, *((url,) for url in hooks))):
            try:
                self._send(due, to)
                told += to
            except Later as problem:
                waiting = problem
        if waiting is not None:
            self._set(due.id, told=" ".join(told))
            raise waiting

    def _send(self, due: _Due, to: tuple[str, ...]) -> None:
        """One message: an e-mail, or a POST to one web address. Raises Later."""
        notice = Notice(due.id, due.project or self.project, due.number, due.scheme, due.caller, due.box, due.started,
                        due.ended, due.voicemail, to, due.status, due.wait_s)  # fmt: skip
        try:
            if "://" in to[0]:
                self.hooks.tell(notice, to[0])
            elif self.mail is None:
                self.log("warning", "no mail server", call=due.id, names=to)
                return
            else:
                for address, reason in self.mail.send(notice).items():
                    self.log("warning", "addressee refused", call=due.id, address=address, reason=reason)
            self.counts.notified += 1
        except Refused as problem:
            self.log("error", "notice refused", call=due.id, reason=str(problem))

    def _claim(self) -> _Due | None:
        """The oldest call that is due, which no other worker sends; None when there is none."""
        now = self.now()
        query = select(*_COLUMNS).where(text(UNTOLD), calls.c.notify_after <= now).order_by(calls.c.ended).limit(1)
        if self.mail is None:
            query = query.where(calls.c.notify.contains("://"), calls.c.ended > now - STALE_SECONDS)
        while True:
            with self.engine.connect().execution_options(reads=True) as connection:
                due: _Due | None = connection.execute(query).first()  # type: ignore[assignment]
            if due is None:
                return None
            mine = update(calls).where(calls.c.id == due.id, text(UNTOLD), calls.c.notify_after <= now)
            with self.engine.begin() as connection:
                if connection.execute(mine.values(notify_after=now + CLAIM_SECONDS)).rowcount:
                    return due

    def _set(self, call: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(calls).where(calls.c.id == call).values(**values))
