"""Sends notices that wait in a queue of the project: a phone in a new network, a person whom missed offers have paused,
a client's card.

A notice waits there until every addressee has it, for up to a week. Knows nothing of Redis, e-mail or HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Protocol

from routing.journal.destinations import Destinations, is_reachable
from routing.journal.gather import Log
from routing.journal.sending import IDLE_SECONDS, LONGEST_PAUSE_SECONDS, STALE_SECONDS
from routing.model.addresses import EMAIL
from routing.model.memory import Forgotten
from routing.model.notice import CardNotice, Hooks, Later, Mail, MissedOut, NoticeRefused, QueuedNotice, from_queue


class NoticeQueue(Protocol):
    """Notices that are not sent yet. Every method raises Forgotten."""

    def unsent(self, project: str) -> Mapping[str, str]:
        """The queued notices by name. Nobody else gets them before `sent` is called, or for a while."""

    def sent(self, project: str, *names: str) -> None:
        """Remove sent notices from the queue and release the others."""


class NotifiedProject(Protocol):
    """The project of the notices (`routing.journal.release.LiveProject`)."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def notify(self) -> tuple[str, ...]:
        """The e-mail and web addresses of its notices."""

    def email_of(self, person: str) -> str:
        """The e-mail address of a person, or ""."""


@dataclass
class QueuedNotices:
    """Sends the notices. ``mail`` None: there is no mail server."""

    queue: NoticeQueue
    project: NotifiedProject
    mail: Mail | None
    hooks: Hooks
    log: Log
    now: Callable[[], float]
    stop: Event = field(default_factory=Event)
    #: Addressees that have a notice already while others do not.
    _has: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._destinations = Destinations(self.now)

    def run(self) -> None:
        """Send queued notices until `stop` is set."""
        pause_s = IDLE_SECONDS
        while not self.stop.is_set():
            try:
                pause_s = IDLE_SECONDS if self.work() else min(pause_s * 2, LONGEST_PAUSE_SECONDS)
            except Forgotten:
                pause_s = LONGEST_PAUSE_SECONDS
            self.stop.wait(pause_s)

    def work(self) -> bool:
        """Send the queued notices; False when some are left. Raises Forgotten."""
        waiting = self.queue.unsent(self.project.name)
        done: list[str] = []
        try:
            done += [name for name, text in waiting.items() if not self.stop.is_set() and self._tell(name, text)]
        finally:
            if waiting or done:
                self.queue.sent(self.project.name, *done)
        return len(done) == len(waiting)

    def _tell(self, name: str, text: str) -> bool:
        """Send a notice to everybody who does not have it; whether it is finished."""
        try:
            notice = from_queue(text)
        except (ValueError, TypeError, KeyError):
            return True
        if not 0 <= self.now() - notice.at < STALE_SECONDS:
            self.log("error", "notice given up", notice=name, reason="it is too old")
            return True
        has = self._has.setdefault(name, set())
        to = [address for address in self._addressees(notice) if is_reachable(address)]
        mails = tuple(address for address in to if EMAIL.fullmatch(address))
        for addressees in filter(None, (mails, *((url,) for url in to if "://" in url))):
            if not has.issuperset(addressees) and self._sent(replace(notice, to=addressees)):
                has.update(addressees)
        if has.issuperset(to):
            del self._has[name]
            return True
        return False

    def _addressees(self, notice: QueuedNotice) -> tuple[str, ...]:
        """Those of the project, and the person whom it is about; of a card the person who asked, and web addresses."""
        if isinstance(notice, CardNotice):
            web = (address for address in self.project.notify if "://" in address)
            return tuple(dict.fromkeys(filter(None, (*web, self.project.email_of(notice.person)))))
        own = self.project.email_of(notice.person) if isinstance(notice, MissedOut) else ""
        return tuple(dict.fromkeys(filter(None, (*self.project.notify, own))))

    def _sent(self, notice: QueuedNotice) -> bool:
        try:
            with self._destinations.conversation(notice.to[0]):
                self._send(notice)
        except Later as problem:
            if not problem.after_s:
                self.log("warning", "notice not sent", notice=notice.id, problem=str(problem))
            return False
        except NoticeRefused as problem:
            self.log("error", "notice refused", notice=notice.id, reason=str(problem))
        return True

    def _send(self, notice: QueuedNotice) -> None:
        if "://" in notice.to[0]:
            self.hooks.tell(notice, notice.to[0])
        elif self.mail is None:
            self.log("warning", "no mail server", notice=notice.id, names=notice.to, hint="--smtp and --mail-from")
        else:
            for address, reason in self.mail.send(notice).items():
                self.log("warning", "addressee refused", notice=notice.id, address=address, reason=reason)
