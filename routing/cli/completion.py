"""What the shell offers besides names of commands and options: schemes of the folder that is worked in."""

from __future__ import annotations

import re
from pathlib import Path

import click

_SCHEME = re.compile(r"^scheme:\s*[\"']?([a-z][a-z0-9_]*)", re.MULTILINE)


def scheme_names(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of the schemes below ``--schemes`` that begin as typed; files are searched, not parsed."""
    folder = Path(context.params.get("schemes") or "schemes")
    names = set()
    for file in folder.rglob("*.yaml"):
        try:
            names |= set(_SCHEME.findall(file.read_text("utf-8", "replace")))
        except OSError:
            continue
    return sorted(name for name in names if name.startswith(incomplete))
