"""``routing report``: the report that somebody gets by e-mail, to look at."""

from __future__ import annotations

import time
from pathlib import Path

import click

from routing.cli.calls import journal_of
from routing.cli.completion import offered
from routing.cli.desk import explained
from routing.cli.errors import UserError
from routing.cli.listed import printable
from routing.cli.options import database_option, root_option
from routing.desk.application import create
from routing.desk.plan import TABLE, DeskPlan, ReportMail, plan_of
from routing.desk.report_serving import DeskMail, preview
from routing.desk.services import Services
from routing.journal.database import opened_database
from routing.journal.figures import EVERYTHING, FigureView
from routing.model.desk import Right
from routing.model.problem import did_you_mean
from routing.process.log import Lines
from routing.web.limits import Limiter
from routing.web.server import LivePlan


@click.command()
@click.argument("name", shell_complete=offered("people"))
@root_option()
@database_option
@click.option("--every", type=click.Choice(["day", "week"]), help="Which one.  [default: the one in the "
              "release, `week` without one]")  # fmt: skip
@click.option("--address", default="http://127.0.0.1:8090", show_default=True, help="Where people reach the desk.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the HTML to this file.")
def report(name: str, root: Path, database: str, every: str | None, address: str, html: Path | None) -> None:
    """Print the report by e-mail that NAME gets, as it would be sent now. It is not sent."""
    live = LivePlan(root, TABLE, plan_of, Lines())
    plan = live()
    if plan is None:
        raise UserError(f"no release is live in {root} (hint: `routing publish --root {root}`)")
    url = database or journal_of(root)
    with explained(url), opened_database(url) as engine:
        services = Services(engine, live, time.time, Limiter(time.monotonic, 1, 1), root)
        mail = preview(services, create(services), _mail(plan, name, every or ""), DeskMail(address=address))
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and rich is not None
    if html:
        html.write_text(rich.get_content(), encoding="utf-8")
    click.echo(printable(f"{mail['Subject']}"))
    for line in plain.get_content().splitlines():
        click.echo(printable(line))


def _mail(plan: DeskPlan, name: str, every: str) -> ReportMail:
    """The setting of the release, else one of all that the user sees."""
    user = plan.user(name)
    if user is None:
        hint = did_you_mean(name, plan.users) or "names are those of `people:`"
        raise UserError(f"nobody is called `{name}` ({hint})")
    if not user.may(Right.REPORTS):
        raise UserError(f"`{user.name}` is a {user.role} at the desk and sees no reports")
    found = [mail for mail in plan.mails if mail.to == user.name and every in ("", mail.every)]
    view = EVERYTHING if user.sees_all else FigureView(people=user.people)
    return found[0] if found else ReportMail(user.name, user.email, every or "week", "00:00", view)
