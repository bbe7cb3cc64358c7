"""The output of ``routing test``: a mark for each test, failed ones as a diff of the call's path, a last line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import wrap

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from routing.cli.terminal import width
from routing.cli.traced import time_of_day
from routing.testing.cover import Cover
from routing.testing.covered import gaps, total
from routing.testing.path import path
from routing.testing.places import Places
from routing.testing.run import CaseResult

PIPE_WIDTH = 1000
#: The least width of a column.
LEAST_WIDTH = 24
SIGNS = {"-": "red", "+": "green"}
STYLES = {
    "ring": "cyan", "confirm": "cyan", "talk": "bold", "voicemail": "bold", "end": "bold", "decision": "magenta",
    "fallback": "yellow", "error": "bold red", "ring_end": "dim",
}  # fmt: skip


def terminal() -> Console:
    """A console with colours on a terminal; rows are as wide as the terminal, and whole in a pipe."""
    return Console(highlight=False, soft_wrap=True, width=width(PIPE_WIDTH))


def show(console: Console, results: Sequence[CaseResult], *, ladders: bool, seconds: float) -> None:
    """Print the results of a run."""
    for file, found in groupby(results, key=lambda result: result.case.file):
        if ladders:
            for result in found:
                _story(console, result)
        else:
            marks = Text.assemble(*(("." if each.passed else ("F", "bold red")) for each in found))
            console.print(Text.assemble((file, "dim"), " ", marks))
    failed = [result for result in results if not result.passed]
    if not ladders:
        for result in failed:
            console.print()
            _story(console, result)
    _summary(console, len(results) - len(failed), failed, seconds)


def _story(console: Console, result: CaseResult) -> None:
    case, call = result.case, result.call
    mark = Text("✓ ", "green") if result.passed else Text("✗ ", "bold red")
    console.print(Text.assemble(mark, (case.name, "bold"), (f"  {case.file}:{case.line}", "dim")))
    moment = f"{call.at:%a %d %b %Y} {time_of_day(call.at, bool(case.together))} {call.at:%Z}"
    console.print(Text(f"  {moment}  {call.caller} calls {call.to}", "dim"))
    for complaint in result.complaints():
        console.print(Text(f"  {complaint}", "red"))
    if not result.passed:
        console.print(Text.assemble(("  - expected", "red"), (", + got", "green")))
    for line in _path(result, console.width):
        console.print(line)


def _path(result: CaseResult, columns: int) -> Iterator[Text]:
    lines = path(result)
    place, word = max(len(line.place) for line in lines), max(len(line.word) for line in lines)
    for line in lines:
        at = "" if line.at_ms is None else f"{line.at_ms / 1000:.1f}"
        style = SIGNS.get(line.sign) or STYLES.get(line.kind, "")
        where = f"   {result.case.file}:{line.line}" if line.line else ""
        shown = Text.assemble(
            (f"  {line.sign} {at:>6}  ", style),
            (f"{line.place:<{place}}  ", SIGNS.get(line.sign, "dim")),
            (f"{line.word:<{word}}  ", style),
        )
        first, *rest = wrap(line.text, max(columns - len(shown), LEAST_WIDTH)) or [""]
        yield shown + Text(first, style) + Text("" if rest else where, "dim")
        for number, more in enumerate(rest, 1):
            yield Text(" " * len(shown)) + Text(more, style) + Text(where if number == len(rest) else "", "dim")


def _summary(console: Console, passed: int, failed: Sequence[CaseResult], seconds: float) -> None:
    if failed:
        console.print()
    for result in failed:
        console.print(Text(f"FAILED {result.case.file}:{result.case.line} {result.case.name}", "red"))
    counts = ", ".join(f"{count} {word}" for count, word in ((len(failed), "failed"), (passed, "passed")) if count)
    style = "bold red" if failed else "bold green"
    line = Text(f"{counts} in {seconds:.2f} s", style)
    console.print(Rule(line, style=style) if console.is_terminal else line)


def show_cover(console: Console, cover: Cover, places: Mapping[str, Places], least: float | None) -> None:
    """Print what no test visits, and the coverage."""
    console.print()
    for line in gaps(cover, places):
        console.print(Text(line))
    enough = cover.percent >= (least or 0)
    shortfall = "" if enough else f"; at least {least:g} % is required"
    console.print(Text(f"{total(cover)}{shortfall}", "bold" if enough else "bold red"))
