"""What commands about orders to call back share: the live project of a root, its orders, their options."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from routing.callbacks.store import CallbackStore
from routing.cli.calls import journal_of
from routing.cli.errors import UserError
from routing.cli.options import database_option, root_option
from routing.journal.database import DatabaseFault, opened_database, shown
from routing.journal.faults import text_of
from routing.journal.release import LiveProject
from routing.model import numbers
from routing.model.callback import CallbackOrder
from routing.model.callback_plan import TABLE, CallbackPlan, plan_of


@dataclass(frozen=True)
class Desk:
    """The live project of a root, and its orders."""

    root: Path
    live: LiveProject
    store: CallbackStore

    @property
    def project(self) -> str:
        """The project's name."""
        return self.live.name

    @property
    def zone(self) -> ZoneInfo:
        """The project's zone."""
        return self.live.zone

    def plan(self) -> CallbackPlan:
        """How the live release calls clients back. Raises UserError."""
        lacks = "the live release calls nobody back (hint: write `project: {callbacks: {}}` and publish)"
        return plan_of(self.table(TABLE, lacks))

    def table(self, name: str, lacks: str) -> Mapping[str, Any]:
        """See `live_table`."""
        return live_table(self.root, name, lacks)

    def order(self, start: str) -> CallbackOrder:
        """The order whose id begins so. Raises UserError."""
        found = self.store.latest(self.project, 2, id_begins=start)
        if len(found) == 1:
            return found[0]
        if found:
            raise UserError(f"several orders begin with `{start}`: write more of the ID")
        raise UserError(f"no order begins with `{start}` (`routing callbacks list --all` shows them)")


def live_table(root: Path, name: str, lacks: str) -> Mapping[str, Any]:
    """A table of the live release. Raises UserError; ``lacks``: its text for a release without the table."""
    file = root / "current" / name
    if not file.parent.is_dir():
        raise UserError(f"{root} has no live release: `routing publish` makes one, or use another --root")
    if not file.is_file():
        raise UserError(lacks)
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def desk_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--root`` and ``--database``, which every command has."""
    command = root_option("Release root.")(command)
    return database_option(command)


@contextmanager
def opened_desk(root: Path, database: str) -> Iterator[Desk]:
    """Raises UserError for a database that cannot be used."""
    where = database or journal_of(root)
    try:
        with opened_database(where) as engine:
            yield Desk(root, LiveProject(root.resolve()), CallbackStore(engine))
    except DatabaseFault as problem:
        raise UserError(str(problem)) from None
    except SQLAlchemyError as problem:
        raise UserError(f"the journal {shown(where)} cannot be used: {text_of(problem)}") from None


def client_number(text: str, country: str) -> str:
    """A number as somebody writes it, in E.164. Raises UserError."""
    try:
        return numbers.normalise(text, country or None)
    except ValueError as problem:
        raise UserError(str(problem)) from None
