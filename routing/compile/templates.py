"""The Jinja environment of what FreeSWITCH reads: autoescaped, strict, sandboxed. Author text is never a template."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment


@functools.cache
def freeswitch_folder() -> Path:
    """Where the templates lie: inside the installed package, or beside it in a work tree."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "freeswitch"
    return inside if inside.is_dir() else package.parent / "freeswitch"


@functools.cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(freeswitch_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@functools.cache
def _template(name: str) -> Any:
    return _environment().get_template(name)


def render(template: str, /, **values: Any) -> str:
    """Render a template of ``freeswitch/``."""
    return str(_template(template).render(**values))
