"""What the desk's pages use: the journal's database, the live release's plan, the clock, the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from routing.desk.accounts import Accounts
from routing.desk.audit import AuditLog
from routing.desk.live_hub import LiveHub
from routing.desk.people_store import PeopleStore, PeopleStores
from routing.desk.plan import DeskPlan
from routing.desk.sessions import Sessions
from routing.esl.client import SwitchFault
from routing.model.memory import Forgotten
from routing.store.client import RedisStore
from routing.web.limits import Limiter


class NothingLive(Exception):
    """No release is live, or it was made by a version without a desk."""


def _no_switch(node: str, command: str) -> str:
    raise SwitchFault("no node is known")


def _no_people(project: str) -> AbstractContextManager[PeopleStore]:
    raise Forgotten("there is no Redis")


@dataclass(frozen=True)
class Services:
    """One desk. ``now``: seconds since the epoch; ``secrets``: the values of a secret by its name; ``fault`` gets every
    unexpected exception; ``sign_ins``: limits sign-ins of one address; ``switches``: each node's FreeSWITCH;
    ``hub``: the live board."""

    database: Engine
    live: Callable[[], DeskPlan | None]
    now: Callable[[], float]
    sign_ins: Limiter
    root: Path
    secrets: Callable[[str], Sequence[str]] = field(default=lambda name: ())
    switches: Sequence[Callable[[str], str]] = ()
    fault: Callable[[Exception], None] = field(default=lambda problem: None)
    #: Opens the engine's Redis; None: there is none.
    memory: Callable[[], RedisStore | None] = field(default=lambda: None)
    hub: LiveHub = field(default_factory=LiveHub)
    #: Asks a node of the live board: node, API command -> answer. Raises SwitchFault.
    switch: Callable[[str, str], str] = field(default=_no_switch)
    #: Opens what the project's people set.
    people: PeopleStores = field(default=_no_people)
    #: Counts calls that users begin: ``click``, ``listen``, ...
    count: Callable[[str], None] = field(default=lambda what: None)

    @property
    def plan(self) -> DeskPlan:
        """The live release's plan. Raises NothingLive."""
        found = self.live()
        if found is None:
            raise NothingLive
        return found

    @property
    def accounts(self) -> Accounts:
        """The project's accounts."""
        return Accounts(self.database, self.plan.project)

    @property
    def sessions(self) -> Sessions:
        """The project's sessions."""
        return Sessions(self.database, self.plan.project)

    @property
    def audit(self) -> AuditLog:
        """The project's audit log."""
        return AuditLog(self.database, self.plan.project)
