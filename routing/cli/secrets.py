"""``routing secrets``: invent the passwords and keys that a folder needs and nobody has set; name those of others."""

from __future__ import annotations

import os
from pathlib import Path

import click

from routing.app.secrets import read_secrets
from routing.compile.build import needed
from routing.compile.secrets import foreign, invented

PATH = click.Path(path_type=Path)


@click.command()
@click.option("--schemes", type=PATH, default="schemes", show_default=True, help="Folder of scheme files.")
@click.option("--file", type=PATH, required=True, help="Secrets file to make or extend; keep it out of git.")
def secrets(schemes: Path, file: Path) -> None:
    """Add a random password or key for each SIP account, gateway, webhook and HTTP API that has none.

    What is there stays. Tokens of CRMs are theirs to give: those that are missing are named.
    """
    known = read_secrets(file if file.exists() else None, os.environ)
    all_needed = needed(schemes)
    added = invented(all_needed, known)
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as out:
        if added and file.stat().st_size and not file.read_bytes().endswith(b"\n"):
            out.write("\n")
        out.writelines(f"{name}={value}\n" for name, value in added.items())
    for problem in foreign(all_needed, known):
        click.echo(str(problem))
    click.echo(f"{file}: {len(added)} secrets added" if added else f"{file}: there is nothing to add")
