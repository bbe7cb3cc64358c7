"""Floods for the desk: what is refused now, as the journal has it and as the nodes' FreeSWITCH says it.

A node that does not answer is named. What a person lets pass is shown too: nothing is refused there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from routing.journal import flood_book
from routing.journal.flood_book import REFUSED
from routing.release.floods import Standing, let_pass, lift, standing
from routing.release.timed_variables import VariableRefused

Switch = Callable[[str], str]
#: What a page shows; a flood may stand at each of thousands of numbers.
MOST = 200


@dataclass(frozen=True)
class FloodRow:
    """``starts``: as in `routing.model.flood.FloodRefusal`; ``state``: refused, watched or failed; ``began_s``,
    ``until_s``: 0 when unknown; ``calls``: refused since it began."""

    number: str
    starts: tuple[str, ...]
    sign: str
    why: str
    state: str
    began_s: float
    until_s: float
    node: str
    calls: int = 0


@dataclass(frozen=True)
class FloodPicture:
    """``rows``: floods that stand; ``passing``: number -> until when everybody passes there; ``silent``: nodes that do
    not answer; ``more``: rows that are not shown."""

    rows: tuple[FloodRow, ...]
    passing: Mapping[str, float]
    silent: tuple[str, ...]
    more: int = 0


def picture(database: Engine, project: str, switches: Mapping[str, Switch], now_s: float) -> FloodPicture:
    """What stands at a moment. Raises SQLAlchemyError."""
    noted = flood_book.standing(database, project, now_s)
    rows = [
        FloodRow(each.number, each.starts, each.sign, each.why, each.state, each.began_s, each.until_s, each.node)
        for each in noted
    ]
    found, silent = _held(switches)
    passing = {each.number: each.until_s for _, each in found if not each.starts}
    written = {each.number for each in noted}
    rows += [
        FloodRow(each.number, each.starts, str(each.sign), "", REFUSED, 0.0, each.until_s, node)
        for node, each in found
        if each.starts and each.number not in written
    ]
    return FloodPicture(tuple(_counted(database, rows[:MOST])), passing, silent, max(0, len(rows) - MOST))


def pass_everywhere(switches: Collection[Switch], number: str, seconds: float) -> int:
    """Let everybody pass at a number for some seconds, or (0) return to what is noticed; how many nodes failed."""
    failed = 0
    for switch in switches:
        try:
            if seconds:
                let_pass(switch, number, seconds)
            else:
                lift(switch, number)
        except (OSError, VariableRefused):
            failed += 1
    return failed


def _counted(database: Engine, rows: Collection[FloodRow]) -> list[FloodRow]:
    began = min((row.began_s for row in rows if row.began_s), default=0.0)
    if not began:
        return list(rows)
    calls = flood_book.refused_calls(database, {row.number for row in rows}, began)
    return [replace(row, calls=calls.get(row.number, 0)) for row in rows]


def _held(switches: Mapping[str, Switch]) -> tuple[list[tuple[str, Standing]], tuple[str, ...]]:
    """(node, what holds for a number), and the nodes that do not answer."""
    found: list[tuple[str, Standing]] = []
    silent = []
    for node, switch in switches.items():
        try:
            found += [(node, each) for each in standing(switch).values()]
        except OSError:
            silent.append(node)
    return found, tuple(silent)
