"""Sends notices of voicemails and missed calls: a call leaves the outbox in SQL when the mail server and every web
address have accepted its notice.

A worker claims a notice before it sends it, so that only one of several workers does. The claim of a dead worker
expires, and the notice is sent again. An addressee gets a notice once, even while another one cannot be reached, and no
notice waits for another notice's destination. Knows nothing of e-mail or HTTP. Runs in parallel with the recording of
calls and never delays it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from sqlalchemy import Engine, Row, select, text, update

from routing.journal.counts import Counts
from routing.journal.destinations import Destinations, is_reachable
from routing.journal.gather import Log
from routing.journal.schema import UNSENT, calls
from routing.journal.sending import CLAIM_SECONDS, STALE_SECONDS, in_lanes, keep_sending, pause_at
from routing.model.addresses import EMAIL
from routing.model.notice import Hooks, Later, Mail, Notice, NoticeRefused

#: Calls read at once to find one whose addressees can be notified now.
MOST_LOOKED_AT = 200
_Due = Row[Any]
_COLUMNS = (calls.c.id, calls.c.project, calls.c.number, calls.c.scheme, calls.c.caller, calls.c.box, calls.c.started,
            calls.c.ended, calls.c.voicemail, calls.c.notify, calls.c.told, calls.c.status, calls.c.wait_s,
            calls.c.tags, calls.c.node, calls.c.rating, calls.c.rated_person, calls.c.talk_s)  # fmt: skip


@dataclass
class Notices:
    """The outbox of notices. ``now``: seconds since the epoch; ``project``: for calls that name none.

    ``mail`` None: there is no mail server; then only recent calls with a web address are handled.
    """

    engine: Engine
    mail: Mail | None
    hooks: Hooks
    log: Log
    now: Callable[[], float]
    project: str = ""
    stop: Event = field(default_factory=Event)
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self._destinations = Destinations(self.now)
        self._counting = Lock()

    def run(self) -> None:
        """Send due notices until `stop` is set, to several destinations in parallel."""
        in_lanes("notices", lambda: keep_sending(self.work, self.stop, self._failed))

    def _failed(self, problem: Exception, again_s: float) -> None:
        self.log("error", "notices cannot be sent", problem=type(problem).__name__, again_s=again_s)

    def work(self) -> bool:
        """Send due notices to reachable addressees; False when one was not accepted. Raises SQLAlchemyError."""
        done = True
        while not self.stop.is_set() and (due := self._claim()):
            try:
                self._tell(due)
            except Later as problem:
                done = False
                self._put_off(due, problem)
            else:
                self._set(due.id, notified=True)
        return done

    def _put_off(self, due: _Due, problem: Later) -> None:
        if problem.after_s:
            self._set(due.id, notify_after=self.now() + problem.after_s)
            return
        pause_s = pause_at(self.now() - due.ended)
        self._set(due.id, notify_after=self.now() + pause_s)
        self.log("warning", "notice not sent", call=due.id, problem=str(problem), again_s=round(pause_s))

    def _tell(self, due: _Due) -> None:
        """Notify the addressees without the notice. Raises Later after trying all of them."""
        notified = due.told.split()
        left = _left(due)
        mails = tuple(name for name in left if EMAIL.fullmatch(name))
        hooks = [name for name in left if "://" in name]
        if unknown := [name for name in left if name not in mails and name not in hooks]:
            self.log("warning", "addressees without an e-mail address", call=due.id, names=unknown)
        if not (mails or hooks):
            return
        if self.now() - due.ended > STALE_SECONDS:
            self.log("error", "notice given up", call=due.id, reason="the call is too old")
            return
        waiting: list[Later] = []
        for to in filter(None, (mails, *((url,) for url in hooks))):
            try:
                with self._destinations.conversation(to[0]):
                    self._send(due, to)
                notified += to
            except Later as problem:
                waiting.append(problem)
        if waiting:
            self._set(due.id, told=" ".join(notified))
            skipped = [each for each in waiting if each.after_s]
            raise min(skipped, key=lambda each: each.after_s) if skipped else waiting[0]

    def _send(self, due: _Due, to: tuple[str, ...]) -> None:
        """One message: an e-mail, or a POST to one web address. Raises Later."""
        notice = Notice(due.id, due.project or self.project, due.number, due.scheme, due.caller, due.box, due.started,
                        due.ended, due.voicemail, to, due.status, due.wait_s, tuple(due.tags.split()),
                        due.node, due.rating, due.rated_person, due.talk_s)  # fmt: skip
        try:
            if "://" in to[0]:
                self.hooks.tell(notice, to[0])
            elif self.mail is None:
                self.log("warning", "no mail server", call=due.id, names=to, hint="--smtp and --mail-from")
                return
            else:
                for address, reason in self.mail.send(notice).items():
                    self.log("warning", "addressee refused", call=due.id, address=address, reason=reason)
            with self._counting:
                self.counts.notified += 1
        except NoticeRefused as problem:
            self.log("error", "notice refused", call=due.id, reason=str(problem))

    def _claim(self) -> _Due | None:
        """The oldest due call, claimed for this worker, with an addressee that can be notified now; None when there is
        none. Calls whose destinations are paused or busy are put off."""
        while True:
            now = self.now()
            query = select(*_COLUMNS).where(text(UNSENT), calls.c.notify_after <= now)
            if self.mail is None:
                query = query.where(calls.c.notify.contains("://"), calls.c.ended > now - STALE_SECONDS)
            with self.engine.connect().execution_options(reads=True) as connection:
                found = connection.execute(query.order_by(calls.c.ended).limit(MOST_LOOKED_AT))
                rows: Sequence[_Due] = found.all()  # type: ignore[assignment]
            waiting: dict[float, list[str]] = {}
            for due in rows:
                wait_s = self._destinations.wait_s([name for name in _left(due) if is_reachable(name)])
                if wait_s:
                    waiting.setdefault(wait_s, []).append(due.id)
                elif self._is_mine(due.id, now):
                    return due
            for wait_s, ids in waiting.items():
                self._set(*ids, notify_after=now + wait_s)
            if len(rows) < MOST_LOOKED_AT:
                return None

    def _is_mine(self, call: str, now: float) -> bool:
        mine = update(calls).where(calls.c.id == call, text(UNSENT), calls.c.notify_after <= now)
        with self.engine.begin() as connection:
            return bool(connection.execute(mine.values(notify_after=now + CLAIM_SECONDS)).rowcount)

    def _set(self, *ids: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(update(calls).where(calls.c.id.in_(ids)).values(**values))


def _left(due: _Due) -> list[str]:
    """The addressees without the notice."""
    notified = due.told.split()
    return [name for name in due.notify.split() if name not in notified]
