"""``routing secrets``: invent the passwords and webhook keys that a folder needs and nobody has set."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import click

from routing.app.secrets import read_secrets
from routing.compile.build import load_shared
from routing.compile.secrets import invented, invented_keys, signing_keys
from routing.load.files import sources
from routing.load.nodes import read

PATH = click.Path(path_type=Path)


@click.command()
@click.option("--schemes", type=PATH, default="schemes", show_default=True, help="Folder of scheme files.")
@click.option("--file", type=PATH, required=True, help="Secrets file to make or extend; keep it out of git.")
def secrets(schemes: Path, file: Path) -> None:
    """Add a random password or key for each SIP account, gateway and webhook that has none; what is there stays."""
    known = read_secrets(file if file.exists() else None, os.environ)
    added = invented(load_shared(schemes), known) | invented_keys(_keys(schemes), known)
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as out:
        if added and file.stat().st_size and not file.read_bytes().endswith(b"\n"):
            out.write("\n")
        out.writelines(f"{name}={value}\n" for name, value in added.items())
    click.echo(f"{file}: {len(added)} secrets added" if added else f"{file}: nothing was missing")


def _keys(schemes: Path) -> Iterator[str]:
    """Names of the signing keys that the folder's schemes use; only files that may hold one are parsed."""
    for source in sources(schemes):
        text = Path(source.path).read_bytes()
        if b"secret" in text:
            yield from signing_keys(read(source.name, text).data)
