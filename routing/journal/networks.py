"""Sends a notice when a SIP account registers from a new network: its password may have leaked.

The first network of an account makes no notice, so that a new installation is quiet. Notices wait in a queue
(`routing.journal.queued_notices`). Knows nothing of Redis, e-mail or HTTP.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from routing.journal.gather import Log
from routing.model.memory import Forgotten
from routing.model.networks import network_of
from routing.model.notice import NewNetwork, for_queue

#: How long a registration is remembered without a look-up, and for how many accounts.
AGAIN_SECONDS, MOST_REMEMBERED = 3600.0, 20_000
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_LONGEST_AGENT = 200


class NetworkMemory(Protocol):
    """Remembers networks of accounts. Every method raises Forgotten."""

    def seen(self, project: str, account: str, network: str, at_s: float, name: str, notice: str) -> bool:
        """Store an account's network; whether it is new for an account with other networks: then the notice is
        queued."""


class ProjectAccounts(Protocol):
    """The project of the accounts (`routing.journal.release.LiveProject`)."""

    @property
    def name(self) -> str:
        """Its name."""

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
            is_new = self.known.seen(self.project.name, account, network, now, notice.id, for_queue(notice))
        except Forgotten:
            return
        self._lately[place] = now
        self._lately.move_to_end(place)
        while len(self._lately) > MOST_REMEMBERED:
            self._lately.popitem(last=False)
        if is_new:
            self.log("warning", "new network", account=account, phone=phone, network=network, address=address)
