"""Sends a notice when a SIP account registers from a new network: its password may have leaked.

The first network of an account makes no notice, so that a new installation is quiet. A notice waits in the memory of
networks until every addressee of the project has it, for up to a week. Knows nothing of Redis, e-mail or HTTP.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from threading import Event
from typing import Protocol

from routing.journal.destinations import Destinations, is_reachable
from routing.journal.gather import Log
from routing.journal.notices import IDLE_SECONDS, LONGEST_PAUSE_SECONDS, STALE_SECONDS
from routing.model.addresses import EMAIL
from routing.model.memory import Forgotten
from routing.model.networks import network_of
from routing.model.notice import Hooks, Later, Mail, NewNetwork, NoticeRefused

#: How long a registration is remembered without a look-up, and for how many accounts.
AGAIN_SECONDS, MOST_REMEMBERED = 3600.0, 20_000
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_LONGEST_AGENT = 200


class NetworkMemory(Protocol):
    """Remembers networks of accounts, and notices that are not sent yet. Every method raises Forgotten."""

    def seen(self, project: str, account: str, network: str, at_s: float, name: str, notice: str) -> bool:
        """Store an account's network; whether it is new for an account with other networks: then the notice is
        queued."""

    def unsent(self, project: str) -> Mapping[str, str]:
        """The queued notices by name. Nobody else gets them before `sent` is called, or for a while."""

    def sent(self, project: str, *names: str) -> None:
        """Remove sent notices from the queue and release the others."""


class ProjectAccounts(Protocol):
    """The project of the accounts (`routing.journal.release.LiveProject`)."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def notify(self) -> tuple[str, ...]:
        """The e-mail and web addresses of its notices."""

    def phone_of(self, account: str) -> str:
        """The phone of an account."""


@dataclass
class Networks:
    """Receives registrations. ``now``: seconds since the epoch."""

    known: NetworkMemory
    project: ProjectAccounts
    log: Log
    now: Callable[[], float]
    _lately: OrderedDict[tuple[str, str], float] = field(default_factory=OrderedDict)

    def registered(self, account: str, address: str, agent: str, node: str) -> None:
        """An account has registered at a node. Without the memory it is stored at its next registration."""
        network, now = network_of(address), self.now()
        place = (account, network)
        if not network or not _ACCOUNT.fullmatch(account) or 0 <= now - self._lately.get(place, 0.0) < AGAIN_SECONDS:
            return
        phone = self.project.phone_of(account)
        notice = NewNetwork(self.project.name, account, phone, network, address, agent[:_LONGEST_AGENT], now, node=node)
        try:
            is_new = self.known.seen(self.project.name, account, network, now, notice.id, json.dumps(asdict(notice)))
        except Forgotten:
            return
        self._lately[place] = now
        self._lately.move_to_end(place)
        while len(self._lately) > MOST_REMEMBERED:
            self._lately.popitem(last=False)
        if is_new:
            self.log("warning", "new network", account=account, phone=phone, network=network, address=address)


@dataclass
class NetworkNotices:
    """Sends the notices. ``mail`` None: there is no mail server."""

    known: NetworkMemory
    project: ProjectAccounts
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
        waiting = self.known.unsent(self.project.name)
        done: list[str] = []
        try:
            done += [name for name, text in waiting.items() if not self.stop.is_set() and self._tell(name, text)]
        finally:
            if waiting or done:
                self.known.sent(self.project.name, *done)
        return len(done) == len(waiting)

    def _tell(self, name: str, text: str) -> bool:
        """Send a notice to everybody who does not have it; whether it is finished."""
        try:
            notice = NewNetwork(**{**json.loads(text), "to": ()})
        except (ValueError, TypeError):
            return True
        if not 0 <= self.now() - notice.at < STALE_SECONDS:
            self.log("error", "notice given up", notice=name, reason="it is too old")
            return True
        has = self._has.setdefault(name, set())
        to = [address for address in self.project.notify if is_reachable(address)]
        mails = tuple(address for address in to if EMAIL.fullmatch(address))
        for addressees in filter(None, (mails, *((url,) for url in to if "://" in url))):
            if not has.issuperset(addressees) and self._sent(replace(notice, to=addressees)):
                has.update(addressees)
        if has.issuperset(to):
            del self._has[name]
            return True
        return False

    def _sent(self, notice: NewNetwork) -> bool:
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

    def _send(self, notice: NewNetwork) -> None:
        if "://" in notice.to[0]:
            self.hooks.tell(notice, notice.to[0])
        elif self.mail is None:
            self.log("warning", "no mail server", notice=notice.id, names=notice.to, hint="--smtp and --mail-from")
        else:
            for address, reason in self.mail.send(notice).items():
                self.log("warning", "addressee refused", notice=notice.id, address=address, reason=reason)
