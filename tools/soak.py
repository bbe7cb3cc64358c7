"""A long run of calls on a real FreeSWITCH, with or without kills: is every call served, in the journal, are memory and
open files flat?

    python tools/soak.py [--minutes 60] [--calls 0] [--callers 40] [--people 20] [--kills 0] [--most-growth 20]

Callers wait in two queues, people answer and talk for some seconds; clients are called back. With ``--kills`` a worker,
the engine, Redis, the journal or FreeSWITCH is killed or stalled, or their disk filled (as root), so many times a
minute, at a random moment of a call's life. FreeSWITCH takes its calls with it, and nothing else may be lost. It ends
after so many minutes, or so many calls, whichever is first; SIGTERM ends it too. Everybody is served then, and a table
printed: docs/howto/fault_runs.rst explains it. Target: nobody lost, stranded or torn, one journal row for each call, no
process that grows.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from bench_waiting import cpu_s, family, memory_kb  # noqa: E402
from faults_queue import DISK_MB, KINDS, Floor, drain, strike, table, tell  # noqa: E402
from sqlalchemy import func, select  # noqa: E402

from routing.journal.database import opened_database  # noqa: E402
from routing.journal.schema import calls  # noqa: E402
from support.soak_count import UNHEARD, growth_an_hour, growth_mb_an_hour, rows_wrong  # noqa: E402
from support.switchbed.disks import disk_of_run  # noqa: E402
from support.switchbed.floor import DISK_FULL, CallCentre  # noqa: E402
from support.switchbed.floor_count import OVERTAKE_ALONE  # noqa: E402
from support.switchbed.ports import RTP  # noqa: E402
from support.switchbed.switch import find  # noqa: E402
from support.switchbed.waiting import until  # noqa: E402

TALKS_S = (2.0, 6.0)
SAMPLES_A_RUN, SHORTEST_SAMPLE_S, LONGEST_SAMPLE_S = 60, 5.0, 60.0
JOURNAL_SECONDS, DRAIN_SECONDS = 120, 300.0
#: As many calls are served at the end as at the beginning: one file left by every tenth call is far more in an hour.
MOST_FILES_AN_HOUR = 100


@dataclass
class Memory:
    """What the processes hold, sampled while the run lasts."""

    centre: CallCentre
    samples: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    files: defaultdict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def sample(self) -> None:
        """Once, of each process that is there."""
        now_s = time.monotonic()
        for name, pids in self.processes().items():
            try:
                self.samples[name].append((now_s, sum(map(memory_kb, pids))))
                self.files[name].append((now_s, sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in pids)))
            except (OSError, IndexError):
                continue  # it was killed meanwhile

    def processes(self) -> dict[str, list[int]]:
        """Name -> its processes."""
        found = {"FreeSWITCH": [self.centre.switch.process.pid], "the journal": [self.centre.journal.pid]}
        try:
            return found | {"the engine": family(self.centre.engine.process.pid)}
        except OSError:
            return found


@dataclass
class Soak:
    """A run: ``kills`` a minute of ``kinds``; ends after ``minutes`` or ``most_calls`` (0: no bound)."""

    centre: CallCentre
    floor: Floor
    kills: float
    minutes: float
    most_calls: int
    kinds: list[str]
    is_over: threading.Event
    #: When, what, and after what: see `strike`.
    struck: list[tuple[float, str, str]] = field(default_factory=list)
    _shown: set[tuple[str, float]] = field(default_factory=set)

    def run(self) -> tuple[Memory, float]:
        """Let calls come; memory, and how many seconds it lasted."""
        memory, began_s = Memory(self.centre), time.monotonic()
        every_s = min(LONGEST_SAMPLE_S, max(SHORTEST_SAMPLE_S, self.minutes * 60 / SAMPLES_A_RUN))
        sampled_s = 0.0
        while not self._is_done(began_s):
            if time.monotonic() - sampled_s >= every_s:
                memory.sample()
                sampled_s = time.monotonic()
                self._show(sampled_s - began_s)
            if self.kills and random.random() < self.kills / 60:
                self.struck.append(strike(self.floor, self.kinds))
            self.is_over.wait(1.0)
        return memory, time.monotonic() - began_s

    def _is_done(self, began_s: float) -> bool:
        enough = self.most_calls and len(self.floor.crowd.callers) >= self.most_calls
        return bool(self.is_over.is_set() or enough or time.monotonic() - began_s >= self.minutes * 60)

    def _show(self, since_s: float) -> None:
        tell(f"{since_s:6.0f} s  {len(self.floor.crowd.callers)} calls, {len(self.struck)} kills ",
             self.floor, self.struck, self._shown)  # fmt: skip


def journalled(centre: CallCentre) -> dict[str, int]:
    """Caller -> how many rows the journal has of their calls."""
    query = select(calls.c.caller, func.count()).where(calls.c.direction == "in").group_by(calls.c.caller)
    with opened_database(centre.database) as engine, engine.connect() as connection:
        return {caller: count for caller, count in connection.execute(query)}  # noqa: C416


def report(soak: Soak, memory: Memory, seconds: float, lost: list[str], most_growth: float) -> int:
    """The table; the count of what must not be."""
    callers = [party.caller for party in soak.floor.crowd.callers.values()]
    cut = [party.caller for party in soak.floor.crowd.callers.values() if party.cut]

    def rows() -> Counter[str]:
        return rows_wrong(callers, journalled(soak.centre), cut)

    until(lambda: not rows().total(), JOURNAL_SECONDS)
    faults = soak.floor.found()
    found = Counter(fault.what for fault in faults) + Counter({"orders lost": len(lost)})
    found += Counter({"callers left waiting": soak.floor.waiting()}) + rows()
    passed = found.pop(OVERTAKE_ALONE, 0)  # no engine: people are rung by the compiled order
    unheard = found.pop(UNHEARD, 0)
    if soak.struck:
        table(soak.struck, faults, len(lost))
    talks = sum(bool(each.picked_s) for each in soak.floor.crowd.phones.values())
    print(f"{len(callers)} calls, {talks} talks, {len(soak.floor.clients)} orders in {seconds / 60:.1f} minutes; "
          f"{len(soak.struck)} kills; {passed} passed while no engine ran; "
          f"{len(cut)} calls died with FreeSWITCH, {unheard} of them before the journal heard of them")  # fmt: skip
    for what, count in sorted(found.items()):
        print(f"{what:<30}{count:>8}")
    for words in lost:
        print(f"  {words}")
    wrong = found.total() + grown(memory, most_growth, judged=not soak.struck)
    print(f"wrong: {wrong} (target: 0)")
    if not soak.struck:
        spent_s = cpu_s(*memory.processes()["FreeSWITCH"])
        print(f"FreeSWITCH: {1000 * spent_s / max(1, len(callers)):.0f} ms of CPU a call")
    return wrong


def grown(memory: Memory, most_growth: float, *, judged: bool) -> int:
    """A row for each process; how many of them grow. Who is killed and starts anew is not ``judged``."""
    growing = 0
    for name, samples in memory.samples.items():
        growth, kept = growth_mb_an_hour(samples), [kb for _, kb in samples]
        shown = ""
        if judged and growth is None:
            shown = "too short a run to say whether it grows"
        elif judged and growth is not None:
            grows = growth > most_growth
            growing += grows
            shown = f"{growth:+.1f} MB an hour  (target: <= {most_growth:g}){'  GROWS' if grows else ''}"
        print(f"{name:<14}{kept[0] / 1024:>8.0f} MB at first{kept[-1] / 1024:>8.0f} MB at last  {shown}")
        growing += _files_grow(memory.files[name], judged=judged)
    return growing


def _files_grow(samples: list[tuple[float, float]], *, judged: bool) -> bool:
    """Print how many files and sockets a process had open; whether they grow."""
    growth, counts = growth_an_hour(samples), [count for _, count in samples]
    grows = judged and growth is not None and growth > MOST_FILES_AN_HOUR
    shown = f"{growth:+.0f} an hour{'  GROW' if grows else ''}" if judged and growth is not None else ""
    print(f"{'':<14}{counts[0]:>8.0f} files open  {counts[-1]:>8.0f} files open  {shown}".rstrip())
    return grows


def keep(centre: CallCentre, folder: Path) -> Path:
    """Copy what every process has written, for who looks for the cause; where it is."""
    kept = Path(tempfile.mkdtemp(prefix="routing-soak-wrong-"))
    for file in [*folder.glob("*.log"), *folder.glob("journal.db*"), *(centre.switch.home / "log").glob("*.log*")]:
        shutil.copy(file, kept)
    return kept


def main() -> int:
    """Run, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--calls", type=int, default=0)
    parser.add_argument("--callers", type=int, default=40, help="Who wait or talk at a time.")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--orders", type=int, default=5, help="Clients to be called back at a time.")
    parser.add_argument("--kills", type=float, default=0, help="Kills a minute.")
    parser.add_argument("--most-growth", type=float, default=20, help="MB an hour.")
    options = parser.parse_args()
    if find() is None:
        print("soak: no FreeSWITCH here (neither on PATH nor under its default prefix); nothing was run")
        return 0
    is_over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: is_over.set())
    with disk_of_run("routing-soak-", DISK_MB) as (folder, may_fill):
        if options.kills and not may_fill:
            print(f"not among the faults: {DISK_FULL} (only root may mount a disk to fill)")
        centre = CallCentre(folder, RTP, size=options.people).start()
        floor = Floor(centre, options.callers, options.orders, TALKS_S)
        try:
            kinds = [kind for kind in KINDS if may_fill or kind != DISK_FULL]
            soak = Soak(centre, floor, options.kills, options.minutes, options.calls, kinds, is_over)
            memory, seconds = soak.run()
            if wrong := report(soak, memory, seconds, drain(floor, DRAIN_SECONDS), options.most_growth):
                print(f"what every process wrote: {keep(centre, folder)}")
            return int(wrong > 0)
        finally:
            floor.stop()
            centre.stop()


if __name__ == "__main__":
    sys.exit(main())
