"""How fast finished calls get from the spool into the journal: calls a second and CPU a call.

The spool is filled with copies of a real talked call (two files, 27 kB, as FreeSWITCH wrote them), each with its own
ids and time. The promise: 100,000 calls in 60 s with SQLite. ``--calls`` says how many; ``--database`` where they go.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
import uuid
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from routing.journal import parse, release
from routing.journal.database import open_database
from routing.journal.gather import Gatherer
from routing.journal.spool import Spool
from routing.journal.worker import JournalWorker

REAL = Path(__file__).parent.parent / "tests" / "journal" / "cdr" / "talked_and_recorded"
PROMISED_CALLS, PROMISED_SECONDS = 100_000, 60.0


def main() -> int:
    """Fill, ingest, report; 1 when it is slower than promised."""
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        spool, database = Path(folder) / "spool", options.database or f"{folder}/journal.db"
        spool.mkdir()
        _fill(spool, options.calls)
        open_database(database).dispose()
        wall = time.monotonic()
        with ProcessPoolExecutor(options.workers, multiprocessing.get_context("spawn")) as pool:
            shares = [(which, options.workers) for which in range(options.workers)]
            done = list(pool.map(ingest, [spool] * len(shares), [database] * len(shares), shares))
        wall = time.monotonic() - wall
        left = len(os.listdir(spool))
    count, cpu = sum(each[0] for each in done), sum(each[1] for each in done)
    print(f"{count} calls in {wall:.1f} s by {options.workers} workers: {count / wall:.0f} calls/s, {left} files left")
    print(f"CPU: {cpu / count * 1e6:.0f} us a call; load of the machine: {os.getloadavg()[0]:.1f}")
    expected = PROMISED_CALLS / count * wall
    print(f"{PROMISED_CALLS} calls: {expected:.0f} s (promised: {PROMISED_SECONDS:.0f} s)")
    return int(expected > PROMISED_SECONDS or left > 0 or count != options.calls)


def ingest(spool: Path, database: str, share: tuple[int, int]) -> tuple[int, float]:
    """One worker's pass over the spool: (calls recorded, CPU seconds)."""
    worker = _worker(spool, database, share)
    cpu = time.process_time()
    return worker.work(), time.process_time() - cpu


def _fill(spool: Path, calls: int) -> None:
    began = time.monotonic()
    fill(spool, calls)
    size = sum(file.stat().st_size for file in REAL.iterdir()) * calls
    print(f"spool: {2 * calls} files, {size / 1e9:.2f} GB, filled in {time.monotonic() - began:.0f} s")


def fill(spool: Path, calls: int) -> None:
    """Write ``calls`` talked calls."""
    files = [(file.name, file.read_text()) for file in REAL.glob("*.json")]
    a_leg, b_leg = (next(each for each in files if each[0].startswith("a_") is is_a) for is_a in (True, False))
    ids = a_leg[0][2:38], b_leg[0][:36]
    start = a_leg[1].partition('"start_uepoch":"')[2][:10]
    for number in range(calls):
        own = str(uuid.UUID(int=uuid.uuid4().int)), str(uuid.UUID(int=uuid.uuid4().int))
        for name, text in (a_leg, b_leg):
            for old, new in zip(ids, own, strict=True):
                name, text = name.replace(old, new), text.replace(old, new)
            text = text.replace(start[:6], f"{int(start[:6]) - number % 90 - 10}")
            (spool / name).write_text(text)


def _worker(spool: Path, database: str, share: tuple[int, int]) -> JournalWorker:
    def log(level: str, event: str, **facts: object) -> None:
        print(level, event, facts, file=sys.stderr)

    place = parse.ParseContext(lambda path: 0, release.project_of)
    gatherer = Gatherer(Spool(spool), place, log, time.time)
    return JournalWorker(open_database(database, migrate=False), gatherer, log, time.time, share=share)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", help="URL; SQLite in the work folder otherwise")
    parser.add_argument("--folder", help="where the spool is made")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
