"""The folder of schemes of a command, and its files' names relative to the working directory."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from routing.cli.options import FOLDER
from routing.load import files
from routing.model.problem import Problems

DEFAULT = Path("schemes")


def folder_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``[FOLDER]`` and its synonym ``--schemes`` to a command, which gets ``schemes``."""

    @click.argument("folder", required=False, type=FOLDER)
    @click.option("--schemes", type=FOLDER, help="The same as FOLDER.  [default: schemes]")
    @functools.wraps(command)
    def with_folder(*, folder: Path | None, schemes: Path | None, **rest: Any) -> Any:
        if folder and schemes:
            raise click.UsageError("give FOLDER or --schemes, not both")
        return command(schemes=folder or schemes or DEFAULT, **rest)

    return with_folder


def there(schemes: Path) -> Path:
    """The folder, if it exists. Raises a usage error: the default folder is missing."""
    if not schemes.is_dir():
        raise click.UsageError(f"there is no folder `{schemes}` here (hint: --schemes FOLDER)")
    return schemes


@contextmanager
def named_from_here(schemes: Path) -> Iterator[None]:
    """Problems of a folder's files with paths relative to the working directory."""
    try:
        yield
    except Problems as error:
        raise Problems(problem.below(str(schemes)) for problem in error.problems) from None


def folder_of(paths: tuple[Path, ...]) -> Path:
    """The schemes for the tests in some paths: a path itself when it holds a project, else ``schemes``."""
    if len(paths) == 1 and paths[0].is_dir() and not paths[0].resolve().is_relative_to(DEFAULT.resolve()):
        sources, _ = files.sources(paths[0])
        if any(files.has_key(files.text_of(source), files.PROJECT_KEY, "project") for source in sources):
            return paths[0]
    if paths and not DEFAULT.is_dir():
        where = ", ".join(map(str, paths))
        raise click.UsageError(f"{where}: no project there, and no folder `{DEFAULT}` here (hint: --schemes FOLDER)")
    return DEFAULT
