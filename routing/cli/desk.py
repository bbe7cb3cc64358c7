"""``routing desk`` serves the web page of calls; ``routing account`` lets people in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from routing.cli.calls import journal_of
from routing.cli.completion import offered
from routing.cli.errors import UserError
from routing.cli.options import (
    FOLDER,
    LISTENER,
    SERVER,
    database_option,
    redis_option,
    root_option,
    secrets_option,
)
from routing.desk.accounts import Accounts, WeakPassword
from routing.desk.live_serving import LiveSettings
from routing.desk.plan import TABLE, DeskPlan, User, plan_of
from routing.desk.report_serving import DeskMail
from routing.desk.serve import DeskSettings, serve
from routing.desk.sessions import Sessions
from routing.journal.database import DatabaseFault, opened_database, shown
from routing.journal.faults import text_of
from routing.model.problem import UserFailure, counted, did_you_mean
from routing.process.log import Lines
from routing.web.server import LivePlan

_root = root_option()
_name = click.argument("name", shell_complete=offered("people"))


@click.command()
@_root
@click.option("--listen", type=LISTENER, default="127.0.0.1:8090", show_default=True, help="Where the desk is.")
@click.option(
    "--http", "status", type=LISTENER, default="127.0.0.1:8091", show_default=True, help="Where /health, /metrics are."
)
@database_option
@secrets_option()
@click.option("--proxies", type=click.IntRange(0, 5), default=0, show_default=True, help="Trusted proxies in front.")
@click.option("--esl", "nodes", type=SERVER, multiple=True, help="A node's event socket; ROUTING_ESL_PASSWORD.")
@click.option(
    "--spool",
    "spools",
    type=FOLDER,
    multiple=True,
    envvar="ROUTING_SPOOL",
    help="A node's spool: its event socket is known from there.",
)
@click.option(
    "--engine",
    "engines",
    type=SERVER,
    multiple=True,
    default=("127.0.0.1:8086",),
    show_default=True,
    help="An engine's web address (its --http).",
)
@redis_option("The engine's Redis.", "the root's")
@click.option("--smtp", envvar="ROUTING_SMTP", default="", metavar="URL", help="Mail server for reports; its password: "
              "ROUTING_SMTP_PASSWORD.  [default: no reports by e-mail]")  # fmt: skip
@click.option("--mail-from", envvar="ROUTING_MAIL_FROM", default="", metavar="ADDRESS", help="Sender of the reports.")
@click.option(
    "--address", default="", help="Where people reach the desk, for links in e-mails: `https://desk.shop.example`."
)
def desk(
    root: Path, listen: str, status: str, database: str, secrets: Path | None, proxies: int, nodes: tuple[str, ...],
    spools: tuple[Path, ...], engines: tuple[str, ...], redis: str, smtp: str, mail_from: str, address: str,
) -> None:  # fmt: skip
    """Serve the desk: the web page where people see, hear and steer the calls.

    `routing account link NAME` lets the first one in.
    """
    journal = database or journal_of(root)
    with explained(journal):
        live = LiveSettings(nodes, spools, engines, redis)
        serve(DeskSettings(root, listen, status, journal, secrets, proxies, live,
                           DeskMail(smtp, mail_from, address)))  # fmt: skip


@click.group()
def account() -> None:
    """Accounts of the desk: list them, let people in by a link, set a password, sign people out."""


@account.command("list")
@_root
@database_option
def list_accounts(root: Path, database: str) -> None:
    """List who may sign in: role, whether there is a password, sessions."""
    with _opened(root, database) as (plan, accounts, sessions):
        known = accounts.names()
        for user in plan.users.values():
            state = "password" if known.get(user.name, {}).get("password") else "no password"
            open_ones = len(sessions.of(user.name, time.time()))
            click.echo(
                f"{user.name}: {user.role}, {state}" + (f", {counted(open_ones, 'session')}" if open_ones else "")
            )


@account.command("link")
@_name
@_root
@database_option
@click.option("--address", default="http://127.0.0.1:8090", show_default=True, help="Where people reach the desk.")
def link(name: str, root: Path, database: str, address: str) -> None:
    """Print a link by which NAME signs in once, within a day."""
    with _opened(root, database) as (plan, accounts, _):
        user = _known(plan, name)
        click.echo(f"{address.rstrip('/')}/enter?token={accounts.link(user.name, time.time())}")


@account.command("password")
@_name
@_root
@database_option
@click.password_option(help="Better typed at the prompt: other users see a command line.")
def password(name: str, root: Path, database: str, password: str) -> None:
    """Set the password of NAME."""
    with _opened(root, database) as (plan, accounts, _):
        user = _known(plan, name)
        try:
            accounts.set_password(user.name, password, time.time())
        except WeakPassword as problem:
            raise UserError(str(problem)) from None
        click.echo(f"{user.name}: password set")


@account.command("sign-out")
@_name
@_root
@database_option
def sign_out(name: str, root: Path, database: str) -> None:
    """End every session of NAME."""
    with _opened(root, database) as (plan, _, sessions):
        ended = sessions.end(_known(plan, name).name)
        click.echo(f"{name}: {counted(ended, 'session')} ended")


@contextmanager
def _opened(root: Path, database: str) -> Iterator[tuple[DeskPlan, Accounts, Sessions]]:
    plan = LivePlan(root, TABLE, plan_of, Lines())()
    if plan is None:
        raise UserError(f"no release is live in {root} (hint: `routing publish --root {root}`)")
    url = database or journal_of(root)
    with explained(url), opened_database(url) as engine:
        yield plan, Accounts(engine, plan.project), Sessions(engine, plan.project)


@contextmanager
def explained(database: str) -> Iterator[None]:
    """Problems of the journal and of settings become UserError."""
    try:
        yield
    except (UserFailure, DatabaseFault) as problem:
        raise UserError(str(problem)) from None
    except SQLAlchemyError as problem:
        raise UserError(f"the journal {shown(database)} cannot be used: {text_of(problem)}") from None


def _known(plan: DeskPlan, name: str) -> User:
    user = plan.user(name)
    if user is None:
        raise UserError(
            f"nobody is called `{name}` ({did_you_mean(name, plan.users) or 'names are those of `people:`'})"
        )
    return user
