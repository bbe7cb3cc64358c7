"""How the engine starts commands of others: without its secrets, and so that they end with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from functools import cache

_NAMES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "OMP_NUM_THREADS")


def bare_environment() -> Mapping[str, str]:
    """What programs and their libraries need to run, of this process's environment."""
    return {name: os.environ[name] for name in _NAMES if name in os.environ}


@cache
def ends_with_us() -> Sequence[str]:
    """The start of a command that the kernel kills when the thread that started it ends; empty without `setpriv`.

    For threads: what Python can run in a child before its program may find locks that other threads held.
    """
    path = shutil.which("setpriv")  # of util-linux
    return (path, "--pdeathsig", "KILL", "--") if path else ()
