"""``routing sample``: opens the desk on a month of simulated calls of the schemes, for a first look."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import Progress
from sqlalchemy import Engine

from routing.cli.errors import UserError
from routing.cli.folders import folder_argument, named_from_here, there
from routing.cli.opened import AnySecret
from routing.cli.options import LISTENER, NEW_FOLDER
from routing.cli.published import remember
from routing.cli.terminal import terminal
from routing.compile.build import build
from routing.desk.accounts import Accounts
from routing.desk.plan import TABLE, DeskPlan, plan_of
from routing.desk.serve import DeskSettings, serve
from routing.journal import store
from routing.journal.database import opened_database
from routing.journal.figures_store import FigureBook
from routing.journal.release import LiveProject
from routing.model.desk import Role
from routing.model.problem import UserFailure, counted
from routing.process.log import Lines
from routing.release.publish import PublishResult
from routing.sample.company import NODE, SampleSize, days_of
from routing.sample.node import SampleNode
from routing.store.embedded import Embedded
from routing.web.server import LivePlan

PIPE_WIDTH = 100
#: In a folder that this command made: only such a folder is made anew.
MARK = "THIS_IS_A_SAMPLE"


@click.command()
@folder_argument
@click.option("--root", type=NEW_FOLDER, default="var/desk", show_default=True, help="Folder of the sample, made anew.")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True, help="How many days, until now.")
@click.option("--a-day", type=click.IntRange(1, 5_000), default=110, show_default=True, help="Calls of a usual day.")
@click.option("--seed", type=click.IntRange(0, 1_000_000), default=1, show_default=True, help="Another one makes "
              "other calls.")  # fmt: skip
@click.option("--listen", type=LISTENER, default="127.0.0.1:8090", show_default=True, help="Where the desk is.")
@click.option(
    "--http", "status", type=LISTENER, default="127.0.0.1:8091", show_default=True, help="Where /health, /metrics are."
)
@click.option("--only-fill", is_flag=True, help="Write the journal, do not open the desk.")
def sample(
    schemes: Path, root: Path, days: int, a_day: int, seed: int, listen: str, status: str, only_fill: bool
) -> None:
    """Open the desk on a month of simulated calls of the schemes in FOLDER.

    The calls run through the compiled schemes on the offline switch: no row is invented, and no phone rings.
    """
    _made_anew(root)
    with named_from_here(there(schemes)):
        release = build(schemes, root, lambda where: AnySecret())
    (root / "current").symlink_to(f"releases/{release.name}")
    remember(root, PublishResult(release.name, None, "not needed"), "publish", schemes)
    database = str(root.absolute() / "journal.db")
    with opened_database(database) as engine:
        talks = _fill(engine, root.absolute(), SampleSize(days, a_day, seed))
        plan = LivePlan(root, TABLE, plan_of, Lines())()
        if plan and not only_fill:
            _greet(plan, Accounts(engine, plan.project), listen, talks, root)
    if not only_fill:
        _open(DeskSettings(root.absolute(), listen, status, database, switches={NODE: SampleNode(time.time)}))


def _open(settings: DeskSettings) -> None:
    """Serve the desk until it is ended, with a memory for what people set, where a Redis is installed. Raises
    UserError."""
    memory = Embedded(settings.root, lambda text: Lines().write("info", "redis", problem=text))
    memory.start()
    try:
        serve(settings)
    except UserFailure as problem:
        raise UserError(str(problem)) from None
    finally:
        memory.stop()


def _made_anew(root: Path) -> None:
    """Remove the sample before; a folder of anybody else stays. Raises UserError."""
    if root.exists() and any(root.iterdir()) and not (root / MARK).exists():
        raise UserError(f"{root} holds something else than a sample (hint: --root with a new folder)")
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    (root / MARK).touch()


def _fill(engine: Engine, root: Path, size: SampleSize) -> Counter[str]:
    """Write the month's calls; it may be interrupted: the next run makes it anew. How many calls each person has."""
    began, console, total, calls = time.monotonic(), terminal(PIPE_WIDTH), 0, Counter[str]()
    console.print(f"calls of {counted(size.days, 'day')} run through the schemes, a moment ...")
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("calls", total=size.days)
        for records in days_of(root, size, datetime.now(UTC)):
            total += store.record(engine, records)
            calls.update(each.person for each in records)
            progress.advance(task)
    _prepare_figures(engine, root)
    console.print(f"{counted(total, 'call')} of {counted(size.days, 'day')} in {time.monotonic() - began:.0f} s")
    return calls


def _prepare_figures(engine: Engine, root: Path) -> None:
    """What `routing journal` does beside recording: the figures of reports."""
    project = LiveProject(root)
    book = FigureBook(engine, lambda: project.name, lambda: 0.0, lambda: project.zone, lambda: project.figure_views)
    while not book.is_current:
        book.work()


def _greet(plan: DeskPlan, accounts: Accounts, listen: str, calls: Counter[str], root: Path) -> None:
    """Print a link for one user of each role: the one with most calls, so that there is something to see."""
    click.echo("\nThe desk opens by one of these links, each works once:")
    for role in reversed(Role):
        users = [user for user in plan.users.values() if user.role is role]
        if users:
            user = max(users, key=lambda each: calls[each.name])
            link = f"http://{listen}/enter?token={accounts.link(user.name, time.time())}"
            click.echo(f"  {role:8} {link}  ({user.shown})")
    click.echo(f"Another link, while it runs: routing account link NAME --root {root} --address http://{listen}")
    click.echo("Ctrl-C ends it.\n")
