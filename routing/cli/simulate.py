"""``routing simulate``: what queues would be like, with other people, other settings or other calls."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import click

from routing.cli.errors import UserError
from routing.cli.folders import named_from_here, there
from routing.cli.options import Value
from routing.compile.build import load_shared
from routing.load.files import Source, text_of
from routing.load.nodes import Document, read
from routing.model.calendar import parse_days
from routing.simulate.arrivals import Chance
from routing.simulate.chart import to_svg
from routing.simulate.figures import Figures, as_json
from routing.simulate.plan import Plan
from routing.simulate.read import plan_of
from routing.simulate.report import markdown
from routing.simulate.staff import NoSuchStaff, StaffChange, changed, parse_count, parse_hours, parse_staff
from routing.simulate.whatif import simulated

MOST_WEEKS = 1_000
COUNT_CHANGE, DAYS, HOURS = Value("people", parse_count), Value("days", parse_days), Value("hours", parse_hours)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--schemes",
    type=click.Path(path_type=Path, file_okay=False),
    default="schemes",
    show_default=True,
    help="The folder of schemes, whose people and groups the file names.",
)
@click.option(
    "--staff",
    type=(COUNT_CHANGE, DAYS, HOURS),
    multiple=True,
    metavar="+1 DAYS HOURS",
    help="With more or fewer people: `--staff +1 mon-fri 10-12`, `--staff -1:sales sat 9-13`.",
)
@click.option(
    "--weeks", type=click.IntRange(1, MOST_WEEKS), default=20, show_default=True, help="How many weeks are simulated."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Other chances; the same seed "
              "gives the same figures.")  # fmt: skip
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw waiting through the day.")
@click.option("--json", "in_json", is_flag=True, help="For programs: one object.")
def simulate(
    file: Path, schemes: Path, staff: tuple[tuple[str, str, str], ...], weeks: int, seed: int, svg: Path | None,
    in_json: bool,
) -> None:  # fmt: skip
    """Simulate the queues of FILE, a `*.simulate.yaml`: calls an hour, how long people talk and callers wait.

    Prints waits, service level, abandoned calls, how busy people are and what is paid, as Markdown. With --staff,
    both sides and what the change does. Every call comes, talks and loses patience at the same moment on both sides.
    """
    changes = [parse_staff(*each) for each in staff]
    plan = _plan(file, schemes)
    other = _changed(plan, changes)
    before = simulated(plan, weeks, _chances(seed))
    after = simulated(other, weeks, _chances(seed)) if changes else None
    title = ", ".join(map(str, changes))
    if svg is not None:
        _write(svg, to_svg(before, after, title))
    if in_json:
        click.echo(json.dumps(_both(before, after, title), ensure_ascii=False, indent=1))
    else:
        click.echo(markdown(before, after, title), nl=False)


def _plan(file: Path, schemes: Path) -> Plan:
    with named_from_here(there(schemes)):
        folder = load_shared(schemes)
    return plan_of(_document(file), folder)


def _document(file: Path) -> Document:
    return read(str(file), text_of(Source(str(file), os.path.realpath(file), "")))


def _changed(plan: Plan, changes: list[StaffChange]) -> Plan:
    try:
        for change in changes:
            plan = changed(plan, change)
    except NoSuchStaff as problem:
        raise UserError(str(problem)) from None
    return plan


def _chances(seed: int) -> Any:
    def chance_of(name: str) -> Chance:
        return random.Random(f"{seed} {name}").random  # noqa: S311

    return chance_of


def _both(before: Figures, after: Figures | None, title: str) -> dict[str, Any]:
    return as_json(before) if after is None else {"change": title, "before": as_json(before), "after": as_json(after)}


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}") from None
