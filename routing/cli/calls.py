"""``routing calls``: finished calls of the journal: a list, one call step by step, or a report."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from routing.cli.errors import UserError
from routing.cli.filtering import filter_options
from routing.cli.listed import printable, show, when, zone_name
from routing.cli.options import COUNT, ZONE, root_option
from routing.cli.ratings import ratings
from routing.desk.sounds import file_of, kept_of
from routing.journal import query
from routing.journal.database import DatabaseFault, opened_database, shown
from routing.journal.explain import explain
from routing.journal.faults import text_of
from routing.journal.query import RATINGS, CallFilter
from routing.journal.queues import IN_TIME_SECONDS, QueueReport
from routing.journal.release import LiveProject
from routing.journal.report import Report, ReportLine, report
from routing.journal.status import NAMES
from routing.model.durations import parse_duration, spoken
from routing.model.problem import counted

RATING_HELP = "How callers rated the talk: `1` to `5`, `rated`, or `silent` when they were asked in vain."
DATABASE = "var/journal.db"
WHERE = "[default: journal.db in the root; var/journal.db without a root]"


@click.command()
@click.argument("call_id", metavar="[ID]", default="")
@filter_options
@click.option("--status", type=click.Choice(NAMES), metavar="STATUS", help=f"How it ended: {', '.join(NAMES)}.")
@click.option("--rating", type=click.Choice(RATINGS), metavar="RATING", help=RATING_HELP)
@click.option("--limit", type=COUNT, default=50, show_default=True, help="The most calls to list, the newest; 0: all.")
@click.option(
    "--report", "as_report", is_flag=True, help="A report instead: figures by person, scheme, queue, hour, ..."
)
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
@click.option("--timezone", type=ZONE, default="", help="Times are shown in this zone.  [default: the project's; "
              "without a root the machine's]")  # fmt: skip
@root_option("Release root: its journal and time zone are the defaults.", required=False)
@click.option("--database", envvar="ROUTING_DATABASE", default="", help=f"The journal: file or URL.  {WHERE}")
def calls(
    call_id: str, since: str | None, status: str | None, rating: str | None, limit: int, as_report: bool,
    as_json: bool, timezone: str, root: Path | None, database: str, **filters: str,
) -> None:  # fmt: skip
    """List finished calls; with an ID (or its beginning) explain that call step by step.

    Statuses are exact. `answered` holds `repeat call` and `proper` too.
    """
    zone = LiveProject(root.resolve()).zone if root and not timezone else ZoneInfo(timezone) if timezone else None
    criteria = CallFilter(
        since=began(since, zone, datetime.now(zone)),
        status=status or "",
        rating=rating or "",
        limit=0 if as_report else limit,
    )
    criteria = replace(criteria, **filters)  # type: ignore[arg-type]
    database = database or journal_of(root)
    with journal_to_read(database) as engine:
        if call_id:
            _explain(query.call(engine, call_id), call_id, zone, as_json)
        elif as_report:
            found = report(query.find(engine, criteria), lambda at: datetime.fromtimestamp(at, zone).hour)
            _report(found, QueueReport.of(query.queue_waits(engine, criteria)), zone, as_json)
        else:
            where = f" in {shown(database)}{_filtered_by({**filters, 'rating': rating or ''}, status)}"
            _list(query.find(engine, criteria), zone, as_json, where)


@contextmanager
def journal_to_read(database: str) -> Iterator[Engine]:
    """A journal that exists. Raises UserError for whatever is wrong with it, also while it is read."""
    try:
        with opened_database(_written(database)) as engine:
            yield engine
    except DatabaseFault as problem:
        raise UserError(str(problem)) from None
    except SQLAlchemyError as problem:
        raise UserError(f"the journal {shown(database)} cannot be read: {text_of(problem)}") from None


def journal_of(root: Path | None) -> str:
    """The default journal: in the root, next to the releases."""
    return str(root / "journal.db") if root else DATABASE


def _written(database: str) -> str:
    if "://" not in database and not Path(database).is_file():
        raise UserError(f"{database}: there is no journal here; `routing journal` writes it, `--database` names it")
    if "://" not in database and not os.access(database, os.R_OK):
        raise UserError(f"{database}: its owner is {_owner(database)}, you may not read it (hint: run as that user)")
    return database


def _owner(path: str) -> str:
    uid = os.stat(path).st_uid
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def began(text: str | None, zone: tzinfo | None, now: datetime) -> float:
    """The beginning of a span that is written as `1d` or `2026-11-22`; 0 for none. Raises UserError."""
    if not text:
        return 0.0
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone).timestamp()
    except ValueError:
        pass
    try:
        return now.timestamp() - parse_duration(text)
    except ValueError:
        raise UserError(f"`{text}` is neither a duration nor a day: write `1d` or `2026-11-22`") from None


def _explain(found: list[Any], start: str, zone: tzinfo | None, as_json: bool) -> None:
    if len(found) != 1:
        problem = (
            f"several calls begin with `{start}`: write more of its ID" if found else f"no call begins with `{start}`"
        )
        raise UserError(problem if found else f"{problem} (`routing calls` lists the newest)")
    files = {kind: file_of(found[0].id, kind, path) or path for kind, path in kept_of(found[0])}
    call = replace(found[0], **files)
    if as_json:
        whole = query.as_json(call)
        click.echo(json.dumps(whole | _moments(whole), ensure_ascii=False))
        return
    for line in explain(call, lambda at: when(at, zone, "%a %d %b %Y %H:%M:%S %Z")):
        click.echo(printable(line))


def _moments(row: Mapping[str, Any]) -> dict[str, str]:
    """When a call began and ended, as ISO 8601, next to the seconds since the epoch."""
    moments = {"at": row["started"], "ended_at": row["ended"]}
    return {name: datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") for name, at in moments.items()}


def _filtered_by(filters: Mapping[str, object], status: str | None) -> str:
    """The filters, as text."""
    given = {**filters, "status": status}
    found = [f"{name} `{value}`" for name, value in given.items() if value]
    return f" with {', '.join(found)}" if found else ""


def _list(rows: Iterable[Mapping[str, Any]], zone: tzinfo | None, as_json: bool, where: str) -> None:
    if as_json:
        for row in rows:
            click.echo(json.dumps({**row, **_moments(row)}, ensure_ascii=False))
        return
    show(rows, zone, where)


def _report(found: Report, queues: QueueReport, zone: tzinfo | None, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found.as_json() | {"queues": queues.as_json()}, ensure_ascii=False))
        return
    total = found.total
    console = Console()
    talks = counted(total.answered, "talk")
    if total.answered:
        talks += f", {spoken(round(total.talk_s))} in all, answered after {total.mean_wait_s:.0f} s"
    missed = f"{total.incoming} incoming: {total.missed} missed ({total.missed_share:.0%})"
    console.print(f"{counted(total.calls, 'call')}, {missed}, {talks}")
    for name, count in found.statuses.most_common():
        console.print(f"  {count:6}  {name}", highlight=False)
    hours = {f"{hour:02}:00": line for hour, line in sorted(found.hours.items())}
    nodes = found.nodes if len(found.nodes) > 1 else {}
    by_name = {"person": found.people, "scheme": found.schemes, "label": found.tags, "node": nodes, "hour": hours}
    for title, lines in by_name.items():
        if lines:
            console.print(_table(title, lines))
    for table in ratings(found):
        console.print(table)
    if queues.queues:
        console.print(_queues(queues))
    console.print(f"hours of {zone_name(zone)}", style="dim")


def _table(title: str, lines: Mapping[str, ReportLine]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(title)
    for heading in ("calls", "incoming", "missed", "share", "talks", "mean talk", "mean wait"):
        table.add_column(heading, justify="right")
    for name, line in sorted(lines.items()):
        means = [f"{mean_s:.0f} s" if line.answered else "" for mean_s in (line.mean_talk_s, line.mean_wait_s)]
        share = f"{line.missed_share:.0%}" if line.incoming else ""
        table.add_row(name, str(line.calls), str(line.incoming), str(line.missed), share, str(line.answered), *means)
    return table


def _queues(found: QueueReport) -> Table:
    """The queues; the share in time is of all who waited, in brackets of the answered ones alone."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("queue")
    for heading in (
        "calls",
        "answered",
        f"in {IN_TIME_SECONDS} s",
        "abandoned",
        "short",
        "left",
        "mean wait",
        "longest",
    ):
        table.add_column(heading, justify="right")
    for name, line in sorted(found.queues.items()):
        share = f"{line.level_of_all:.0%} ({line.level_of_answered:.0%})"
        counts = [str(each) for each in (line.abandoned, line.short, line.left)]
        waits = f"{line.mean_wait_s:.0f} s", f"{line.longest_s:.0f} s"
        table.add_row(name, str(line.calls), str(line.answered), share, *counts, *waits)
    return table
