"""The outbox of exports on SQLite: what it adds to recording a call, what sending one costs, a claim in a full one.

Other programs make it slower; the CPU time of this process, which serves the answers too, tells how much was its own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

from sqlalchemy import insert  # noqa: E402

from routing.journal import exports, exports_schema  # noqa: E402
from support.exports_bed import NOW_S, ExportsBed, call, stream  # noqa: E402
from support.fake_ga4 import running  # noqa: E402

CALLS, SENT, WAITING = 2_000, 200, 100_000


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder, running(lambda: NOW_S) as google:
        (Path(folder) / "without").mkdir()
        without = ExportsBed(Path(folder) / "without")
        plain_s = _recorded(without, CALLS)
        bed = ExportsBed(Path(folder), {"site": stream(google.url)})
        with_s = _recorded(bed, CALLS)
        print(f"recording a call: CPU {plain_s / CALLS * 1e6:.0f} us, with its export {with_s / CALLS * 1e6:.0f} us")
        began, cpu = time.perf_counter(), time.process_time()
        sender, done = bed.sender(), 0
        while done < SENT:
            row = sender._claimed(bed.plan)
            assert row
            done += sender._sent(row, bed.plan.exports[row.export])
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
        assert len(google.counted) == SENT
        print(f"an event, one after another: {took_s / SENT * 1000:.1f} ms, CPU {cpu_s / SENT * 1000:.1f} ms")
        _fill(bed)
        times = sorted(_claim(bed) for _ in range(50))
        print(f"a claim while {exports.waiting(bed.engine, 'shop').waiting} wait: median {times[25] * 1000:.1f} ms")
        for each in (without, bed):
            each.close()


def _recorded(bed: ExportsBed, count: int) -> float:
    """Seconds of CPU to record calls by 500."""
    batches = [[call(3600.0 + n, client=f"+38067{n:07}") for n in range(500)] for _ in range(count // 500)]
    began = time.process_time()
    for batch in batches:
        bed.record(*batch)
    return time.process_time() - began


def _fill(bed: ExportsBed) -> None:
    """Rows of calls that nobody sends."""
    row = {"export": "ga4.site", "project": "shop", "state": "waiting"}
    with bed.engine.begin() as connection:
        rows = [row | {"call": f"x{n}", "ended_s": NOW_S - n * 0.1} for n in range(WAITING)]
        connection.execute(insert(exports_schema.exports), rows)


def _claim(bed: ExportsBed) -> float:
    began = time.perf_counter()
    assert exports.claim(bed.engine, "shop", ["ga4.site"], NOW_S, NOW_S + 900)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
