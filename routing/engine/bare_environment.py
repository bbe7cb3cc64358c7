"""The environment of commands that the engine runs for others: without the engine's secrets."""

from __future__ import annotations

import os
from collections.abc import Mapping

_NAMES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")


def bare_environment() -> Mapping[str, str]:
    """What programs and their libraries need to run, of this process's environment."""
    return {name: os.environ[name] for name in _NAMES if name in os.environ}
