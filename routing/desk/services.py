"""What the desk's pages use: the journal's database, the live release's plan, the clock, the log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from routing.desk.unlocking import Unlocking
from routing.model.memory import Forgotten
from routing.web.limits import Limiter


class NothingLive(Exception):
    """No release is live, or it was made by a version without a desk."""


class NoPeople(Forgotten):
    """There is no Redis."""


def _no_people(project: str) -> AbstractContextManager[PeopleStore]:
    raise NoPeople("there is no Redis")


@dataclass(frozen=True)
class Services:
    """One desk. ``now``: seconds since the epoch; ``secrets``: the values of a secret by its name; ``fault`` gets every
    unexpected exception; ``tries``: limits sign-ins of one address and clicks of one user; ``switches``: by a node's
    name on the live board what sends API commands to its FreeSWITCH, raises SwitchFault; ``hub``: the live board."""

    database: Engine
    live: Callable[[], DeskPlan | None]
    now: Callable[[], float]
    tries: Limiter
    root: Path
    secrets: Callable[[str], Sequence[str]] = field(default=lambda name: ())
    switches: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    fault: Callable[[Exception], None] = field(default=lambda problem: None)
    hub: LiveHub = field(default_factory=LiveHub)
    #: Opens encrypted sounds.
    unlocking: Unlocking = field(default_factory=Unlocking)
    #: Opens what the project's people set.
    people: PeopleStores = field(default=_no_people)
    #: Counts calls that users begin: ``click``, ``listen``, ...
    count: Callable[[str], None] = field(default=lambda what: None)
    #: Writes into the log why somebody could not sign in.
    log: Callable[[str], None] = field(default=lambda why: None)

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
