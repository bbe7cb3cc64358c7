"""The compiler's version: caches of other versions are not used."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from pathlib import Path

from routing.compile.templates import freeswitch_folder

#: The form of releases that this version writes, and the oldest that its engine and FreeSWITCH's dialplan run. Raise
#: the first when an older engine could not run a new release; a release without a number has the oldest.
FORMAT, OLDEST_FORMAT = 1, 1


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
