"""Runs inside FreeSWITCH before the package is imported: some callers meet a decider that fails, each in its way."""

from __future__ import annotations

import sys
import time
from pathlib import Path

#: The last digits of a caller's number -> what its decision does.
RAISES, EXITS, SHOUTS, NESTS, HANGS, SPINS = "0001", "0002", "0003", "0004", "0005", "0006"
#: Longer than a call waits.
HANG_S = 4.0


def _fail(caller: str) -> None:
    end = caller[-4:]
    if end == RAISES:
        raise RuntimeError("the decider is broken")
    if end == EXITS:
        sys.exit(3)
    if end == SHOUTS:  # mod_python3 has 20 kB for the text of an exception
        raise RuntimeError("x" * 200_000)
    if end == NESTS:
        _fail(caller)
    if end == HANGS:
        time.sleep(HANG_S)
    if end == SPINS:
        until = time.monotonic() + HANG_S
        while time.monotonic() < until:
            pass


def break_it() -> None:
    """Put the failure before the look-up of a caller."""
    from routing.decide import known

    talks = known.talks

    def failing(step, caller, ports):  # type: ignore[no-untyped-def]
        _fail(caller)
        return talks(step, caller, ports)

    known.talks = failing


def package(folder: Path, real: Path, then: str) -> Path:
    """A folder of installed packages that is the real one, and runs a line of Python first."""
    folder.mkdir(parents=True)
    tests = Path(__file__).parents[2]
    (folder / "zz.pth").write_text(
        f"import site, sys; sys.path.append({str(tests)!r}); site.addsitedir({str(real)!r}); {then}\n"
    )
    return folder
