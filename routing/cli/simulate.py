"""``routing simulate``: what queues would be like, with other people, other settings or other calls."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from routing.cli.errors import UserError
from routing.cli.folders import named_from_here, there
from routing.cli.options import DURATION, Value
from routing.model.calendar import parse_days
from routing.model.durations import parse_duration
from routing.model.folder import Folder
from routing.model.problem import counted
from routing.simulate.arrivals import Chance
from routing.simulate.chart import to_svg
from routing.simulate.figures import Figures, figures
from routing.simulate.history import History, NoTalks, history
from routing.simulate.plan import Plan
from routing.simulate.read import read_folder, read_plan
from routing.simulate.report import SimulationReport, heading, markdown, report_json
from routing.simulate.staff import NoSuchStaff, StaffChange, changed, parse_count, parse_hours, parse_staff
from routing.simulate.whatif import again, simulated

MOST_WEEKS = 1_000
DAY_SECONDS = 86_400
COUNT_CHANGE, DAYS, HOURS = Value("people", parse_count), Value("days", parse_days), Value("hours", parse_hours)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--schemes", type=FOLDER, default="schemes", show_default=True, help="The folder of schemes, whose "
              "people and groups the file names.")  # fmt: skip
@click.option("--staff", type=(COUNT_CHANGE, DAYS, HOURS), multiple=True, metavar="+1 DAYS HOURS", help="With more or "
              "fewer people: `--staff +1 mon-fri 10-12`, `--staff -1:sales sat 9-13`.")  # fmt: skip
@click.option("--weeks", type=click.IntRange(1, MOST_WEEKS), default=20, show_default=True, help="How many weeks are "
              "simulated; with --backtest how many times.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Other chances; the same seed "
              "gives the same figures.")  # fmt: skip
@click.option("--backtest", type=DURATION, metavar="7d", default="", help="Carry the calls of the journal's last whole "
              "days instead: arrivals and talks as they were, patience estimated.")  # fmt: skip
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last of --backtest.  "
              "[default: today]")  # fmt: skip
@click.option("--root", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Release root: its journal "
              "is the default.")  # fmt: skip
@click.option("--database", envvar="ROUTING_DATABASE", default="", help="The journal: file or URL.  [default: "
              "journal.db in the root; var/journal.db without a root]")  # fmt: skip
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw waiting through the day.")
@click.option("--json", "in_json", is_flag=True, help="For programs: one object.")
def simulate(
    file: Path, schemes: Path, staff: tuple[tuple[str, str, str], ...], weeks: int, seed: int, backtest: str,
    until: datetime | None, root: Path | None, database: str, svg: Path | None, in_json: bool,
) -> None:  # fmt: skip
    """Simulate the queues of FILE, a `*.simulate.yaml`: calls an hour, how long people talk and callers wait.

    Prints waits, service level, abandoned calls, how busy people are and what is paid, as Markdown. With --staff,
    both sides and what the change does. Every call comes, talks and loses patience at the same moment on both sides.
    """
    changes = [parse_staff(*each) for each in staff]
    with named_from_here(there(schemes)):
        where = read_folder(schemes)
    plan = read_plan(file, where, from_journal=bool(backtest))
    chances = _chances(seed)
    if backtest:
        past, first_line = _past(plan, where.folder, backtest, until, root, database)
        sides = [("recorded", figures(past.plan, [past.week()]))]
        plan, run = past.plan, lambda of: again(past, of, weeks, chances)
        first_line += (
            f" Simulated {counted(weeks, 'time')}; counts, hours and minutes are those of one time on average."
        )
    else:
        sides, run, first_line = [], lambda of: simulated(of, weeks, chances), ""
    sides += _sides(plan, changes, run, "simulated" if backtest else "")
    report = SimulationReport(first_line or heading(sides[0][1]), sides, ", ".join(map(str, changes)))
    _show(report, svg, in_json)


def _chances(seed: int) -> Callable[[str], Chance]:
    return lambda name: random.Random(f"{seed} {name}").random  # noqa: S311


def _sides(
    plan: Plan, changes: list[StaffChange], run: Callable[[Plan], Figures], alone: str
) -> list[tuple[str, Figures]]:
    """The plan as it is, and changed where there are changes."""
    if not changes:
        return [(alone, run(plan))]
    other = plan
    try:
        for change in changes:
            other = changed(other, change)
    except NoSuchStaff as problem:
        raise UserError(str(problem)) from None
    return [("before", run(plan)), ("after", run(other))]


def _past(
    plan: Plan, folder: Folder, backtest: str, until: datetime | None, root: Path | None, database: str
) -> tuple[History, str]:
    """The calls of the journal, and which they are."""
    from routing.cli.backtest import recorded, window  # SQL: only where it is used
    from routing.cli.calls import journal_of, journal_to_read

    seconds = parse_duration(backtest)
    if seconds % DAY_SECONDS:
        raise click.BadParameter(f"`{backtest}` are not whole days: write `7d`", param_hint="--backtest")
    zone = ZoneInfo(folder.project.timezone)
    days = window(seconds // DAY_SECONDS, until or datetime.now(zone), zone)
    with journal_to_read(database or journal_of(root)) as journal:
        calls = [*recorded(plan, journal, days)]
    if not calls:
        schemes = ", ".join(queue.scheme for queue in plan.queues.values())
        raise UserError(f"no call came to {schemes} from {days.first:%Y-%m-%d} on for {counted(days.days, 'day')}")
    try:
        past = history(replace(plan, days=days.day_numbers), calls)
    except NoTalks as problem:
        raise UserError(str(problem)) from None
    return past, f"{counted(len(calls), 'call')} of {counted(days.days, 'day')} from {days.first:%Y-%m-%d} on."


def _show(report: SimulationReport, svg: Path | None, in_json: bool) -> None:
    if svg is not None:
        last, before = report.sides[-1][1], report.sides[-2:][0][1]
        _write(svg, to_svg(before, last, report.change) if report.change else to_svg(last))
    if in_json:
        click.echo(json.dumps(report_json(report), ensure_ascii=False, indent=1))
    else:
        click.echo(markdown(report), nl=False)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None
