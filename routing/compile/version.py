"""The compiler's version: caches of other versions are not used."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from pathlib import Path

from routing.compile.templates import freeswitch_folder


@functools.cache
def code_version() -> str:
    """A hash of the compiler, its templates and the libraries whose tables it compiles in."""
    package = Path(__file__).resolve().parent.parent
    hashed = hashlib.sha256()
    for path in sorted([*package.rglob("*.py"), *(freeswitch_folder() / "release").iterdir()]):
        hashed.update(path.read_bytes())
    for library in ("phonenumbers", "holidays", "jinja2"):
        hashed.update(importlib.metadata.version(library).encode())
    return hashed.hexdigest()
