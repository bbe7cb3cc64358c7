"""``routing diff``: what callers will notice of a change."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import click

from routing.cli.diff_queues import simulated_changes
from routing.cli.errors import UserError
from routing.cli.folders import named_from_here
from routing.cli.opened import AnySecret
from routing.cli.options import NEW_FOLDER
from routing.cli.revision import extract
from routing.cli.scratch import scratch
from routing.compile.build import build
from routing.compile.store import LazyStore
from routing.diff.compare import MOST_CALLS, compare
from routing.diff.report import FORMATS
from routing.diff.side import Side
from routing.model.problem import Problems

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(name="diff")
@click.argument("old")
@click.argument("new", required=False)
@click.option(
    "--schemes",
    type=NEW_FOLDER,
    default="schemes",
    show_default=True,
    help="The folder of schemes, at revisions and now.",
)
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--json", "form", flag_value="json", help="For programs: the same as --format json.")
@click.option("--verbose", "-v", is_flag=True, help="Print both ladders of each change, and the trace command for it.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when anything differs, as `git diff` does.")
@click.option(
    "--calls",
    type=click.IntRange(1),
    default=MOST_CALLS,
    show_default=True,
    help="The most calls to run; a long call counts more.",
)
@click.option("--cache", type=NEW_FOLDER, help="Keep compiled files in this folder: the next comparison is faster.")
@click.option("--from-day", type=DAY, help="First day of the year that is compared.  [default: today]")
def diff(
    old: str,
    new: str | None,
    schemes: Path,
    form: str,
    verbose: bool,
    exit_code: bool,
    calls: int,
    cache: Path | None,
    from_day: datetime | None,
) -> None:
    """Show what callers will notice between OLD and NEW: folders of schemes or git revisions.

    Without NEW the current schemes are compared. Calls run on both sides between the boundary moments of every
    calendar, from each kind of caller, with each outcome of the phones.
    """
    with scratch("routing-diff-") as made:
        folders = (_folder(old, schemes, made / "schemes-old"), _folder(new, schemes, made / "schemes-new"))
        names = (old, new or str(schemes))
        kept = (cache or made).absolute()
        store = LazyStore(kept)
        sides = [_side(*each, made, store, schemes) for each in zip(("old", "new"), names, folders, strict=True)]
        found = compare(sides[0], sides[1], from_day.date() if from_day else date.today(), calls)
        found = replace(found, queues=simulated_changes(*folders))
        opens = [_opens(name, folder, made, schemes) for name, folder in zip(names, folders, strict=True)]
        click.echo(FORMATS[form](found, *names, (opens[0], opens[1]), verbose), nl=False)
    if exit_code and found.differs:
        sys.exit(1)


def _folder(name: str | None, schemes: Path, target: Path) -> Path:
    """The folder of a side: a folder by its name, else a git revision's."""
    if name is None:
        if not schemes.is_dir():
            raise UserError(f"{schemes} is not a folder: name it with --schemes, or name NEW")
        return schemes
    return Path(name) if Path(name).is_dir() else extract(name, schemes, target)


def _side(which: str, name: str, folder: Path, made: Path, store: LazyStore, schemes: Path) -> Side:
    """A side compiled into its own root; both roots share compiled files, so the second is fast."""
    root = made / which
    root.mkdir()
    cache = store.root.with_name("cache")
    cache.mkdir(exist_ok=True)
    (root / "cache").symlink_to(cache)
    try:
        with named_from_here(schemes if folder.is_relative_to(made) else folder):
            release = build(folder, root, lambda where: AnySecret(), store=store)
    except Problems:
        click.echo(f"routing: {which.upper()} ({name}) does not compile:", err=True)
        raise
    (root / "current").symlink_to(release.folder)
    return Side(release, root, store)


def _opens(name: str, folder: Path, made: Path, schemes: Path) -> list[str]:
    """Options of ``routing trace`` for a side; a revision's temporary folder is gone by then."""
    is_revision = folder.is_relative_to(made)
    return ["--schemes", str(schemes), "--revision", name] if is_revision else ["--schemes", str(folder)]
