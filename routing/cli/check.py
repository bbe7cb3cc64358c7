"""``routing check``: every problem and every lint of a folder in one pass; it writes nothing but a cache."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click

from routing.cli.checked import FORMATS, Checked
from routing.cli.compiled import secrets_reader
from routing.cli.folders import folder_argument, there
from routing.cli.opened import AnySecret
from routing.cli.options import NEW_FILE, NEW_FOLDER
from routing.cli.scratch import scratch
from routing.cli.terminal import manual, terminal
from routing.compile.build import build
from routing.compile.shared_folders import sweep
from routing.compile.store import remove_tree
from routing.lint.reading import read_whole
from routing.lint.registry import LINTS
from routing.lint.run import run
from routing.load.files import files_of_simulations, files_of_tests
from routing.model.problem import Problem, Problems, did_you_mean
from routing.offline.published import PublishedRelease
from routing.release import publish as publishing
from routing.simulate.read import read_folder, read_plan
from routing.testing.check import check as check_case
from routing.testing.names import Names
from routing.testing.read import read_all


def _lints(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    return [lint for lint in LINTS if lint.startswith(typed)]


@click.command()
@folder_argument
@click.option("--strict", is_flag=True, help="A lint is an error too: exit 1.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--cache", type=NEW_FOLDER, help="Keep compiled files and results in this folder between runs.")
@click.option("--secrets", type=NEW_FILE, help="File of NAME=value lines: check whether one is missing.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day for lints about dates.  [default: today]")
@click.option("--list", "listed", is_flag=True, help="List all lints.")
@click.option("--explain", metavar="LINT", shell_complete=_lints, help="Print a lint's manual.")
def check(
    schemes: Path,
    strict: bool,
    form: str,
    cache: Path | None,
    secrets: Path | None,
    today: datetime | None,
    listed: bool,
    explain: str | None,
) -> None:
    """Report everything that is wrong or doubtful in the schemes, scheme tests and simulations in FOLDER.

    Problems are errors: exit 1. Lints are warnings: exit 0, or 1 with --strict.
    """
    if listed or explain:
        click.echo(_manual(explain) if explain else _list())
        return
    checked = checked_folder(there(schemes), cache, secrets, today.date() if today else date.today())
    FORMATS[form](checked)
    if checked.problems or (strict and checked.findings):
        raise SystemExit(1)


def checked_folder(schemes: Path, cache: Path | None, secrets: Path | None, today: date) -> Checked:
    """Compile and lint; a problem that both find is reported once."""
    with _root(cache) as root:
        problems = _compile(schemes, root, secrets)
        compiles = not problems
        problems += _tests(schemes, root, compiles)
        problems += _simulations(schemes) if compiles else []
        try:
            whole = read_whole(schemes, root, today, complete=not problems)
        except Problems as error:
            return Checked(schemes, sorted({*problems, *error.problems}), [])
    if whole is None:
        return Checked(schemes, problems, [])
    linted = run(whole)
    return Checked(schemes, sorted({*problems, *linted.problems}), linted.findings, whole.schemes)


def _tests(schemes: Path, root: Path, compiles: bool) -> list[Problem]:
    """Problems of the scheme tests: their form and, when there is a release, their names."""
    found, problems = files_of_tests(schemes)
    cases, wrong = read_all(found, schemes)
    problems += wrong
    if compiles and cases:
        names = Names(PublishedRelease(root))
        problems += [problem for case in cases for problem in check_case(case, names)]
    return problems


def _simulations(schemes: Path) -> list[Problem]:
    """Problems of simulations. One without calls may be for a journal's."""
    found, problems = files_of_simulations(schemes)
    if not found:
        return problems
    where = read_folder(schemes)
    for file in found:
        try:
            read_plan(file, where, file.relative_to(schemes).as_posix(), from_journal=True)
        except Problems as error:
            problems += error.problems
    return problems


@contextlib.contextmanager
def _root(cache: Path | None) -> Iterator[Path]:
    """Where to compile: a temporary folder, or the cache, which one run uses at a time."""
    if cache is None:
        with scratch("routing-") as made:
            yield made
        return
    with publishing.only_one(cache):
        (cache / ".gitignore").write_text("*\n")
        yield cache.resolve()


def _compile(schemes: Path, root: Path, secrets: Path | None) -> list[Problem]:
    """The compiler's problems. Only the last release is kept: the next run links to its files."""
    reader = secrets_reader(schemes, secrets) if secrets else lambda _: AnySecret()
    try:
        release = build(schemes, root, reader)
    except Problems as error:
        return error.problems
    (root / "current").unlink(missing_ok=True)
    (root / "current").symlink_to(release.folder)
    others = [folder for folder in release.folder.parent.iterdir() if folder != release.folder]
    for folder in others:
        remove_tree(folder)
    if others:
        sweep(root)
    return []


#: Wide enough for one lint a line in a pipe.
PIPE_WIDTH = 1000


def _list() -> str:
    widest = max(map(len, LINTS))
    around = textwrap.TextWrapper(terminal(PIPE_WIDTH).width, subsequent_indent=" " * (widest + 2))
    return "\n".join(around.fill(f"{name:<{widest}}  {lint.reason()}") for name, lint in LINTS.items())


def _manual(name: str) -> str:
    if name not in LINTS:
        hint = did_you_mean(name, LINTS) or "--list shows all of them"
        raise click.BadParameter(f"there is no lint `{name}` ({hint})", param_hint="--explain")
    return manual(f"{name}: {LINTS[name].manual()}")
