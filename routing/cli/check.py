"""``routing check``: every problem and every lint of a folder in one pass; nothing is written but a cache."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click

from routing.app import publish as publishing
from routing.cli.checked import FORMATS, Checked
from routing.cli.errors import UserError
from routing.cli.opened import AnySecret
from routing.cli.releases import PATH, secrets_reader
from routing.cli.scratch import scratch
from routing.compile.build import build
from routing.compile.store import Store, remove_tree
from routing.lint.reading import read_whole
from routing.lint.registry import LINTS
from routing.lint.run import run
from routing.model.problem import Problem, Problems, did_you_mean


@click.command()
@click.option("--schemes", type=PATH, default="schemes", show_default=True, help="Folder of scheme files.")
@click.option("--strict", is_flag=True, help="A lint is an error too: exit 1.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("--cache", type=PATH, help="Keep what was compiled and found in this folder between runs.")
@click.option("--secrets", type=PATH, help="File of NAME=value lines: look whether one is missing.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day for lints about dates.  [default: today]")
@click.option("--list", "listed", is_flag=True, help="List all lints.")
@click.option("--explain", metavar="LINT", help="Print a lint's manual.")
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
    """Tell everything that is wrong with schemes and everything that is doubtful.

    Problems are errors: exit 1. Lints are warnings: exit 0, or 1 with --strict.
    """
    if listed or explain:
        click.echo(_manual(explain) if explain else _list())
        return
    if not schemes.is_dir():
        raise UserError(f"{schemes} is not a folder: say --schemes DIR")
    checked = checked_folder(schemes, cache, secrets, today.date() if today else date.today())
    FORMATS[form](checked)
    if checked.problems or (strict and checked.findings):
        raise SystemExit(1)


def checked_folder(schemes: Path, cache: Path | None, secrets: Path | None, today: date) -> Checked:
    """Compile and lint; whatever one of the two finds wrong is told once."""
    with _root(cache) as root:
        problems = _compile(schemes, root, secrets)
        try:
            whole = read_whole(schemes, root, today, complete=not problems)
        except Problems as error:
            return Checked(schemes, sorted({*problems, *error.problems}), [])
    if whole is None:
        return Checked(schemes, problems, [])
    told = run(whole)
    return Checked(schemes, sorted({*problems, *told.problems}), told.findings, whole.schemes)


@contextlib.contextmanager
def _root(cache: Path | None) -> Iterator[Path]:
    """Where to compile: a folder that vanishes, or the cache, for one run at a time."""
    if cache is None:
        with scratch("routing-") as made:
            yield made
        return
    with publishing.only_one(cache):
        (cache / ".gitignore").write_text("*\n")
        yield cache.resolve()


def _compile(schemes: Path, root: Path, secrets: Path | None) -> list[Problem]:
    """What the compiler says. Of its releases only the last is kept: the next run links to its files."""
    reader = secrets_reader(schemes, secrets) if secrets else lambda _: AnySecret()
    try:
        release = build(schemes, root, reader)
    except Problems as error:
        return error.problems
    others = [folder for folder in release.folder.parent.iterdir() if folder != release.folder]
    for folder in others:
        remove_tree(folder)
    if others:
        Store(root).sweep()
    return []


def _list() -> str:
    widest = max(map(len, LINTS))
    return "\n".join(f"{name:<{widest}}  {lint.reason()}" for name, lint in LINTS.items())


def _manual(name: str) -> str:
    if name not in LINTS:
        hint = did_you_mean(name, LINTS) or "--list has them all"
        raise click.BadParameter(f"there is no lint `{name}` ({hint})", param_hint="--explain")
    return f"{name}: {LINTS[name].manual()}".replace("::\n", ":\n")
