"""What a change does to waits, for ``routing diff``: the simulations of the new side, carried on both."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from routing.load.files import files_of_simulations
from routing.model.problem import Problems
from routing.simulate.arrivals import Chance
from routing.simulate.compare import compared
from routing.simulate.read import SimulatedFolder, read_folder, read_plan
from routing.simulate.whatif import simulated

#: Enough that an hour's 90th percentile is no chance, few enough that nobody waits for it.
WEEKS = 10


def simulated_changes(old: Path, new: Path) -> Sequence[str]:
    """A line each. The same calls come to both sides; a file whose queues are as before is not simulated."""
    files, _ = files_of_simulations(new)
    if not files:
        return ()
    sides = read_folder(old), read_folder(new)
    return [line for file in files for line in _lines(file, file.relative_to(new).as_posix(), *sides)]


def _lines(file: Path, name: str, old: SimulatedFolder, new: SimulatedFolder) -> Iterator[str]:
    try:
        was, now = read_plan(file, old, name, may_idle=True), read_plan(file, new, name)
    except Problems as error:
        yield f"not simulated on both sides: {error.problems[0]}"
        return
    if was != now:
        yield from compared(simulated(was, WEEKS, _chance), simulated(now, WEEKS, _chance))


def _chance(name: str) -> Chance:
    return random.Random(name).random  # noqa: S311
