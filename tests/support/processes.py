"""Processes that tests start end with the tests, however those end: killed too, as when a run takes too long."""

from __future__ import annotations

import ctypes
import signal
import subprocess
from collections.abc import Sequence
from typing import Any

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl


def die_with_us() -> None:
    """For `preexec_fn`: the kernel kills the new process when the thread that started it is gone (Linux)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def launch(command: Sequence[object], **words: Any) -> subprocess.Popen[Any]:
    """`subprocess.Popen`, for a process that lives as long as its starter lets it, and no longer than the thread."""
    return subprocess.Popen([str(word) for word in command], preexec_fn=die_with_us, **words)
