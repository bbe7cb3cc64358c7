"""``routing desk``: serves the desk on gevent, from the live release and the journal's database."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import gevent
from prometheus_client import CollectorRegistry, Counter, generate_latest
from sqlalchemy import Engine

from routing.desk.application import create
from routing.desk.live_feed import node_name
from routing.desk.live_serving import LiveSettings, event_sockets, redis_url, start
from routing.desk.people_store import people_stores
from routing.desk.plan import TABLE, DeskPlan, plan_of
from routing.desk.report_serving import DeskMail, mailing
from routing.desk.services import Services
from routing.desk.threads import InThreads
from routing.desk.unlocking import Unlocking
from routing.esl.client import api
from routing.esl.protocol import EventSocket
from routing.journal.database import opened_database
from routing.journal.sealed import KeyFault, identities
from routing.model.problem import UserFailure
from routing.process.log import Lines
from routing.process.secrets import read_secrets, signing_secrets
from routing.web.connections import ConnectionHandler
from routing.web.limits import Limiter
from routing.web.server import LivePlan, PublicSite, missing

MOST_CONNECTIONS = 1_000
#: Sign-ins of one address, clicks of one user: so many at once, then one in five seconds.
TRIES, TRIES_A_SECOND = 10, 0.2
_LASTING = re.compile(r"/(live/stream|export|recordings/|releases/[^/?]+\.\.)")


@dataclass(frozen=True)
class DeskSettings:
    """How the desk is run. ``database``: the journal's URL or file; ``proxies``: trusted proxies in front."""

    root: Path
    listen: str
    status: str
    database: str
    secrets: Path | None = None
    proxies: int = 0
    live: LiveSettings = field(default_factory=LiveSettings)
    mail: DeskMail = field(default_factory=DeskMail)
    #: What answers for a node without an event socket, by its name.
    switches: Mapping[str, Callable[[str], str]] = field(default_factory=dict)


class DeskHandler(ConnectionHandler):
    """Downloads, live pages and comparisons of releases last; every other answer has a timeout."""

    path: str

    @property
    def streams(self) -> bool:  # type: ignore[override]
        return bool(_LASTING.match(self.path))


def serve(settings: DeskSettings) -> None:
    """Serve until SIGTERM. Raises UserFailure when it cannot begin, DatabaseFault or SQLAlchemyError."""
    lines = Lines()
    live = LivePlan(settings.root, TABLE, plan_of, lines)
    faults, count, metrics = _counts()

    def fault(problem: Exception) -> None:
        faults()
        lines.write("error", "fault", problem=repr(problem)[:500])

    def health() -> tuple[bool, Mapping[str, Any]]:
        return live() is not None, {}

    sockets = event_sockets(settings.live)
    missing(settings.root, lines, (*_nobody(live()), *_blind(sockets)))
    with opened_database(settings.database) as database:
        services = _services(settings, database, live, sockets, fault, count, lines)
        flask = create(services)
        # the first turns of the board need the application that draws it
        following = start(services, settings.live, sockets)
        mails = mailing(settings.mail, services, flask, lines)
        PublicSite(
            InThreads(flask.wsgi_app), settings.listen, settings.status, health, metrics, lines, settings.proxies,
            DeskHandler, MOST_CONNECTIONS,
        ).run()  # fmt: skip
        gevent.killall(following)
        if mails:
            mails.stop.set()


def _services(
    settings: DeskSettings, database: Engine, live: LivePlan[DeskPlan], sockets: Sequence[EventSocket],
    fault: Callable[[Exception], None], count: Callable[[str], None], lines: Lines,
) -> Services:  # fmt: skip
    return Services(
        database=database,
        live=live,
        now=time.time,
        tries=Limiter(time.monotonic, TRIES_A_SECOND, TRIES),
        root=settings.root,
        secrets=_secrets(settings.secrets),
        unlocking=_unlocking(settings.secrets),
        switches={**settings.switches, **{node_name(where): partial(api, where) for where in sockets}},
        fault=fault,
        people=people_stores(redis_url(settings.live, settings.root)),
        log=lambda why: lines.write("warning", "sign_in", problem=why[:300]),
        count=count,
    )


def _nobody(plan: DeskPlan | None) -> Sequence[str]:
    if plan is None or any(user.role != "person" for user in plan.users.values()):
        return ()
    return ("nobody is more than a person at the desk (hint: `project: {desk: {users: {olena: manager}}}`)",)


def _blind(sockets: Sequence[EventSocket]) -> Sequence[str]:
    return () if sockets else ("no FreeSWITCH is known, the live board is empty (hint: --spool or --esl)",)


def _secrets(file: Path | None) -> Callable[[str], Sequence[str]]:
    known = read_secrets(file, os.environ)
    return lambda name: signing_secrets(known, name) or ()


def _unlocking(file: Path | None) -> Unlocking:
    try:
        return Unlocking(identities(read_secrets(file, os.environ)))
    except KeyFault as problem:
        raise UserFailure(str(problem)) from None


def _counts() -> tuple[Callable[[], None], Callable[[str], None], Callable[[], bytes]]:
    registry = CollectorRegistry()
    faults = Counter("routing_desk_faults", "Requests that failed by a fault of the desk", registry=registry)
    begun = Counter("routing_desk_calls", "Calls that users of the desk began", ["how"], registry=registry)
    return faults.inc, lambda how: begun.labels(how).inc(), lambda: generate_latest(registry)
