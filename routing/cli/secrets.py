"""``routing secrets``: generates the missing passwords and keys of a folder; lists those that others issue."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from routing.cli.errors import UserError
from routing.cli.folders import folder_argument, named_from_here, there
from routing.compile.build import load_shared, needed
from routing.compile.need import Need
from routing.compile.secrets import foreign, generated_secrets, hand_over, invalid_values
from routing.model.problem import counted
from routing.process.secrets import read_secrets

PATH = click.Path(path_type=Path)


@click.command()
@folder_argument
@click.option(
    "--file", type=PATH, help="Secrets file to create or extend; keep it out of git.  [default: the project's]"
)
def secrets(schemes: Path, file: Path | None) -> None:
    """Add the missing secrets of the schemes in FOLDER: passwords and keys of accounts, gateways, webhooks and APIs.

    Existing ones stay; those that the project's own file has are copied, so that phones keep their passwords.
    CRMs issue their own tokens: missing ones are listed.
    """
    with named_from_here(there(schemes)):
        all_needed = needed(schemes)
    file = file or _of_project(schemes)
    if file.is_dir():
        raise UserError(f"--file: {file} is a folder (hint: --file {file / 'secrets'})")
    known = read_secrets(file, {}) if file.exists() else {}
    others = _others(schemes, file)
    added = add_missing(file, all_needed, known, others)
    copied = added.keys() & others.keys()
    if copied:
        click.echo(f"{file}: {counted(len(copied), 'secret')} copied from the project's own file")
    for problem in [*foreign(all_needed, known), *invalid_values(all_needed, known), *hand_over(all_needed, added)]:
        click.echo(str(problem.below(str(schemes))))
    new = len(added) - len(copied)
    click.echo(f"{file}: {counted(new, 'secret')} added" if new else f"{file}: there is nothing to add")


def project_file(schemes: Path, setting: str) -> Path | None:
    """The file that the project names (``file:PATH``, from its folder); None when it says ``env``."""
    kind, _, path = setting.partition(":")
    return Path(os.path.normpath(schemes / path)) if kind == "file" else None


def _of_project(schemes: Path) -> Path:
    file = project_file(schemes, load_shared(schemes).project.secrets)
    if file is None:
        raise UserError(
            "the project names no secrets file: use --file FILE here and --secrets FILE with other commands"
        )
    return file


def _others(schemes: Path, file: Path) -> Mapping[str, str]:
    """What the project's own secrets file has, where another one is written: two would have two sets of passwords."""
    own = project_file(schemes, load_shared(schemes).project.secrets)
    is_another = own and own.exists() and own.resolve() != file.resolve()
    return read_secrets(own, {}) if is_another else {}


def add_missing(
    file: Path, all_needed: Sequence[Need], known: Mapping[str, str], others: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """Generate missing secrets that the project chooses; add them to the file, which only its owner can read.

    ``others``: those of another file, which are copied instead.
    """
    named = {need.name for need in all_needed} - known.keys()
    added = {name: value for name, value in (others or {}).items() if name in named}
    added |= generated_secrets(all_needed, {**known, **added})
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as out:
        if added and file.stat().st_size and not file.read_bytes().endswith(b"\n"):
            out.write("\n")
        out.writelines(f"{name}={value}\n" for name, value in added.items())
    return added
