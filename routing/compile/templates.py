"""The Jinja environments for FreeSWITCH's files, autoescaped, and for those of other programs, which are no markup.

Both are strict and sandboxed. Author text is never a template.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment


def shipped(folder: str) -> Path:
    """The path of a folder of the source tree (``tools/pipelines``), which an installed package holds by last name."""
    package = Path(__file__).resolve().parent.parent
    inside = package / Path(folder).name
    return inside if inside.is_dir() else package.parent / folder


@functools.cache
def freeswitch_folder() -> Path:
    """The folder of the templates."""
    return shipped("freeswitch")


@functools.cache
def _environment(trims: bool) -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(freeswitch_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=trims,
        lstrip_blocks=trims,
        keep_trailing_newline=True,
    )


@functools.cache
def _template(name: str, trims: bool) -> Any:
    return _environment(trims).get_template(name)


def names() -> list[str]:
    """The template name of every file of ``freeswitch/``."""
    return _environment(trims=False).list_templates()


def render(template: str, /, **values: Any) -> str:
    """Render a template of ``freeswitch/``, without lines that only hold blocks."""
    return str(_template(template, trims=True).render(**values))


def render_lines(template: str, /, **values: Any) -> str:
    """Render with every line break: directives of FreeSWITCH's preprocessor need lines of their own."""
    return str(_template(template, trims=False).render(**values))


def render_plain(folder: str, template: str, /, **values: Any) -> str:
    """Render a template of another folder of the source tree: plain text, whose values are checked before."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(shipped(folder)),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return str(environment.get_template(template).render(**values))
