"""``routing test``: runs scheme tests on the offline switch with a virtual clock."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click

from routing.cli.completion import offered
from routing.cli.errors import UserError
from routing.cli.folders import folder_of
from routing.cli.opened import opened
from routing.cli.options import FOLDER, NEW_FILE
from routing.cli.spread import spread
from routing.cli.verdicts import show, show_cover, terminal
from routing.testing import covered
from routing.testing.cases import CallCase
from routing.testing.cover import cover
from routing.testing.junit import junit
from routing.testing.names import Names
from routing.testing.places import places
from routing.testing.read import checked, files_below

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@click.option("--schemes", type=FOLDER, help="Schemes to test.  [default: PATH when it holds a project, else schemes]")
@click.option("--root", type=FOLDER, help="Test this root's current release instead.")
@click.option(
    "-k",
    "word",
    metavar="NAME",
    shell_complete=offered("cases"),
    help="Only tests with this text in their name or their file's.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show the path of every call.")
@click.option("--cover", "covers", is_flag=True, help="Report steps, branches and fallbacks that no test visits.")
@click.option(
    "--listing",
    metavar="FILE",
    type=NEW_FILE,
    help="Write the schemes with the number of calls at each line; .html or .txt.",
)
@click.option(
    "--cover-min", "least", metavar="PERCENT", type=click.FloatRange(0, 100), help="Fail below this coverage."
)
@click.option("--junit", "report", metavar="FILE", type=NEW_FILE, help="Write JUnit XML for a pipeline.")
def test(
    paths: tuple[Path, ...], schemes: Path | None, root: Path | None, word: str | None, verbose: bool, covers: bool,
    listing: Path | None, least: float | None, report: Path | None,
) -> None:  # fmt: skip
    """Run the scheme tests in PATHs: files, or folders with `*.test.yaml` below; without any, the schemes' own.

    Exit code 1 when a call does not meet its expectations, a test cannot be read, or the coverage is below its minimum.
    """
    if schemes and root:
        raise click.UsageError("give --schemes or --root, not both")
    if root and listing:
        raise click.UsageError("--listing shows the files of --schemes: a release has none")
    if listing and listing.suffix not in (".html", ".txt"):
        raise click.UsageError(f"--listing writes HTML or text: {listing.with_suffix('.html')}, or .txt")
    began = time.monotonic()
    folder = schemes or folder_of(paths)
    with opened(folder, root) as published:
        names = Names(published)
        results = spread(chosen(checked(files_below(paths or [folder]), names), word), names)
        show(terminal(), results, ladders=verbose, seconds=time.monotonic() - began)
        passed = all(result.passed for result in results)
        if report:
            _write(report, junit(results))
        if covers or listing or least is not None:
            visits = cover(names.dialplans(), (result.events for result in results))
            where = {} if root else places(folder, published.country)
            if listing:
                _write(listing, (covered.page if listing.suffix == ".html" else covered.listing)(visits, where))
            if covers or least is not None:
                show_cover(terminal(), visits, where, least)
            passed = passed and visits.percent >= (least or 0)
    if not passed:
        sys.exit(1)


def chosen(cases: Sequence[CallCase], word: str | None) -> list[CallCase]:
    """The selected tests. Raises UserError when there is none."""
    found = [case for case in cases if word is None or word.lower() in f"{case.file} {case.name}".lower()]
    if not found:
        problem = f"no test has `{word}` in its name or its file's"
        raise UserError(problem if cases else "there are no tests here: tests are in files named *.test.yaml")
    return found


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
