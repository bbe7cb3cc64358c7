"""The table of ratings in reports of `routing calls`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.table import Table

from routing.journal.report import Report, ReportLine
from routing.model.rating import SCORES


def ratings(found: Report) -> Iterator[Table]:
    """One table for people and one for schemes, where callers were asked for ratings."""
    for title, lines in (("ratings of", found.people), ("ratings in", found.schemes)):
        rated = {name: line for name, line in lines.items() if line.requested}
        if rated:
            yield _table(title, rated)


def _table(title: str, lines: Mapping[str, ReportLine]) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(title)
    for heading in ("asked", "rated", "mean", *map(str, SCORES)):
        table.add_column(heading, justify="right")
    for name, line in sorted(lines.items()):
        given = line.scores.total()
        mean = f"{line.mean_rating:.1f}" if given else ""
        table.add_row(name, str(line.requested), str(given), mean, *(str(line.scores[score]) for score in SCORES))
    return table
