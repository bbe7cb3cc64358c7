"""``routing test``: scheme tests on the offline switch, a virtual clock and no process but this one."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from routing.cli.errors import UserError
from routing.cli.opened import opened
from routing.cli.spread import spread
from routing.cli.verdicts import show, terminal
from routing.testing.cases import Case
from routing.testing.junit import junit
from routing.testing.names import Names
from routing.testing.read import checked, files_below
from routing.testing.run import Result

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@click.option("--schemes", type=PATH, help="The folder of schemes to test.  [default: schemes]")
@click.option("--root", type=PATH, help="Test this root's current release instead.")
@click.option("-k", "word", metavar="NAME", help="Only tests with this in their name or their file's.")
@click.option("-v", "--verbose", is_flag=True, help="Show the path of every call.")
@click.option("--junit", "report", metavar="FILE", type=PATH, help="Write JUnit XML for a pipeline.")
def test(
    paths: tuple[Path, ...], schemes: Path | None, root: Path | None, word: str | None, verbose: bool,
    report: Path | None,
) -> None:  # fmt: skip
    """Run the scheme tests in PATHs: files, or folders with `*.test.yaml` below; without any, the schemes' own.

    Exit code 1 when a call does not go as its test says, or a test cannot be read.
    """
    if schemes and root:
        raise click.UsageError("give --schemes or --root, not both")
    began = time.monotonic()
    folder = schemes or Path("schemes")
    with opened(folder, root) as published:
        names = Names(published)
        results = spread(chosen(checked(files_below(paths or [folder]), names), word), names)
    show(terminal(), results, ladders=verbose, seconds=time.monotonic() - began)
    if report:
        _write(report, results)
    if not all(result.passed for result in results):
        sys.exit(1)


def chosen(cases: Sequence[Case], word: str | None) -> list[Case]:
    """The tests that are asked for. Raises UserError when there is none."""
    found = [case for case in cases if word is None or word.lower() in f"{case.file} {case.name}".lower()]
    if not found:
        told = f"no test has `{word}` in its name or its file's"
        raise UserError(told if cases else "there are no tests here: they stand in files named *.test.yaml")
    return found


def _write(report: Path, results: Sequence[Result]) -> None:
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(junit(results), "utf-8")
