"""``routing calls``: finished calls from the journal: listed, one explained step by step, or as figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from routing.cli.errors import UserError
from routing.journal import query
from routing.journal.database import DatabaseFault, opened_database
from routing.journal.explain import explain
from routing.journal.query import Question
from routing.journal.release import Project
from routing.journal.report import Line, Report, report
from routing.journal.status import MISSED, NAMES
from routing.model.durations import parse_duration, spoken

DATABASE = "var/journal.db"
WHERE = "[default: journal.db in the root; var/journal.db without a root]"
#: Columns that the list needs; a narrower terminal wraps its lines.
NARROWEST = 130


@click.command()
@click.argument("call_id", metavar="[ID]", default="")
@click.option("--since", metavar="1d", help="Calls of the last hours or days, or since a day: `2026-11-22`.")
@click.option("--number", default="", help="The company's number, or its beginning.")
@click.option("--caller", default="", help="The outside party's number, or its beginning.")
@click.option("--person", default="", help="Who talked.")
@click.option("--scheme", default="", help="A scheme that the call passed through.")
@click.option("--status", type=click.Choice(NAMES), help="How it ended.")
@click.option("--limit", default=50, show_default=True, help="At most so many, the newest; 0: all.")
@click.option("--report", "as_report", is_flag=True, help="Figures instead: missed share, people, schemes, hours.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one JSON object a line.")
@click.option("--timezone", default="", help="Times are shown in this zone.  [default: the project's; without a root "
              "the machine's]")  # fmt: skip
@click.option("--root", help="Release root: journal and time zone are its own unless said here.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--database", envvar="ROUTING_DATABASE", default="", help=f"The journal: file or URL.  {WHERE}")
def calls(
    call_id: str, since: str | None, status: str | None, limit: int, as_report: bool, as_json: bool, timezone: str,
    root: Path | None, database: str, **words: str,
) -> None:  # fmt: skip
    """List finished calls; with an ID (or its beginning) tell that call step by step.

    Statuses are exact: `routing calls --status` names them. `answered` holds `repeat call` and `proper` too.
    """
    zone = Project(root.resolve()).zone if root and not timezone else _zone(timezone)
    began = _since(since, zone, datetime.now(zone))
    question = Question(since=began, status=status or "", limit=0 if as_report else limit)
    question = replace(question, **words)  # type: ignore[arg-type]
    try:
        with opened_database(_written(database or journal_of(root))) as engine:
            if call_id:
                _explain(query.call(engine, call_id), call_id, zone, as_json)
            elif as_report:
                _report(report(query.find(engine, question), lambda at: datetime.fromtimestamp(at, zone).hour), as_json)
            else:
                _list(query.find(engine, question), zone, as_json)
    except DatabaseFault as problem:
        raise UserError(str(problem)) from None
    except SQLAlchemyError as problem:
        raise UserError(f"the journal cannot be read: {type(problem).__name__}") from None


def journal_of(root: Path | None) -> str:
    """Where the journal is when nobody says it: beside the releases of a root."""
    return str(root / "journal.db") if root else DATABASE


def _written(database: str) -> str:
    if "://" not in database and not Path(database).is_file():
        raise UserError(f"{database}: there is no journal here; `routing journal` writes it, `--database` says where")
    return database


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise UserError(f"`{name}` is not a time zone of the tz database") from None


def _since(text: str | None, zone: tzinfo | None, now: datetime) -> float:
    if not text:
        return 0.0
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=zone).timestamp()
    except ValueError:
        pass
    try:
        return now.timestamp() - parse_duration(text)
    except ValueError:
        raise UserError(f"`{text}` is neither a length of time nor a day: write `1d` or `2026-11-22`") from None


def _explain(found: list[Any], start: str, zone: tzinfo | None, as_json: bool) -> None:
    if len(found) != 1:
        raise UserError(f"{'several calls begin' if found else 'no call begins'} with `{start}`")
    if as_json:
        click.echo(json.dumps(query.as_json(found[0]), ensure_ascii=False))
        return
    for line in explain(found[0], lambda at: _time(at, zone, "%a %d %b %Y %H:%M:%S")):
        click.echo(_printable(line))


def _list(rows: Iterable[Mapping[str, Any]], zone: tzinfo | None, as_json: bool) -> None:
    if as_json:
        for row in rows:
            at = datetime.fromtimestamp(row["started"], UTC).isoformat(timespec="milliseconds")
            click.echo(json.dumps({**row, "at": at}, ensure_ascii=False))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for title in ("when", "id", "caller", "number", "scheme", "status", "person", "wait", "talk"):
        table.add_column(title, justify="right" if title in ("wait", "talk") else "left", no_wrap=title != "status")
    for row in rows:
        table.add_row(*(Text(cell, style=_style(row)) for cell in _cells(row, zone)))
    console = Console()
    console.width = max(console.width, NARROWEST)
    console.print(table if table.row_count else "no calls")


def _cells(row: Mapping[str, Any], zone: tzinfo | None) -> tuple[str, ...]:
    outside = row["client"] or row["caller"]
    return (
        _time(row["started"], zone, "%d.%m %H:%M:%S"),
        row["id"][:8],
        f"{'→ ' if row['direction'] == 'out' else ''}{_printable(outside)}",
        _printable(row["number"] or row["dialled"]),
        " → ".join(dict.fromkeys(row["schemes"])),
        row["status"],
        row["person"] or row["target"],
        f"{row['wait_s']:.0f} s",
        f"{row['talk_s']:.0f} s" if row["bridged"] else "",
    )


def _style(row: Mapping[str, Any]) -> str:
    return "red" if row["direction"] == "in" and row["status"] in MISSED else ""


def _report(found: Report, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    total = found.total
    console = Console()
    console.print(
        f"{total.calls} calls, {total.incoming} incoming: {total.missed} missed ({total.missed_share:.0%}), "
        f"{total.answered} talks, {spoken(round(total.talk_s))} in all, answered after {total.mean_wait_s:.0f} s"
    )
    for name, count in found.statuses.most_common():
        console.print(f"  {count:6}  {name}", highlight=False)
    hours = {f"{hour:02}:00": line for hour, line in sorted(found.hours.items())}
    for title, lines in (("person", found.people), ("scheme", found.schemes), ("hour", hours)):
        console.print(_table(title, lines))


def _table(title: str, lines: Mapping[str, Line]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(title)
    for heading in ("calls", "incoming", "missed", "share", "talks", "mean talk", "mean wait"):
        table.add_column(heading, justify="right")
    for name, line in sorted(lines.items()):
        counts = (line.calls, line.incoming, line.missed, f"{line.missed_share:.0%}", line.answered)
        table.add_row(name, *map(str, counts), f"{line.mean_talk_s:.0f} s", f"{line.mean_wait_s:.0f} s")
    return table


def _time(at: float, zone: tzinfo | None, form: str) -> str:
    return datetime.fromtimestamp(at, zone).strftime(form)


def _printable(text: str) -> str:
    """Without what would move a terminal's cursor: some of it was typed by visitors."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
