"""A busy call centre on a real FreeSWITCH: 200 callers wait in two queues, 50 people answer them and talk.

    python tools/bench_queue_load.py [--callers 200] [--people 50] [--minutes 10] [--talk 60]

Prints the calls served an hour, the time from a person's wrap-up to the next ringing of their phone, what went wrong
(nothing is killed, so nothing may), and the CPU of FreeSWITCH and of the engine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from bench_queue import PROMISED_FREE_MS, Row, at_most  # noqa: E402
from bench_waiting import cpu_s, family  # noqa: E402
from faults_queue import RTP, Floor  # noqa: E402

from support.switchbed.crowd import Party  # noqa: E402
from support.switchbed.floor import CallCentre  # noqa: E402
from support.switchbed.switch import find  # noqa: E402

PROMISED_CALLS_AN_HOUR = 600
WRAP_UP_S = 1.0
#: A phone that rings later was not waited for: nobody was in its queues.
LONGEST_S = 30.0


def busy(centre: CallCentre, callers: int, minutes: float, talk_s: float) -> Iterator[Row]:
    """The figures of so many minutes, from when everybody waits."""
    floor = Floor(centre, callers, 0, (talk_s / 2, talk_s * 3 / 2))
    try:
        while floor.waiting() < callers:
            time.sleep(0.5)
        pids = {"FreeSWITCH": [centre.switch.process.pid], "engine": family(centre.engine.process.pid)}
        cpu = {name: cpu_s(*each) for name, each in pids.items()}
        began_s = time.perf_counter()
        time.sleep(minutes * 60)
        lasted_s = time.perf_counter() - began_s
        phones = [each for each in list(floor.crowd.phones.values()) if each.began_s >= began_s]
        served = sum(bool(each.picked_s) for each in phones)
        waits_ms = [*free_to_ringing_ms(phones)]
        yield Row(f"calls served an hour (at least {PROMISED_CALLS_AN_HOUR})", f"{3600 * served / lasted_s:.0f}")
        yield Row("  wrap-up ends -> phone rings: p50", f"{median(waits_ms):.0f} ms")
        yield at_most("  p99", quantiles(waits_ms, n=100, method="inclusive")[98], "ms", PROMISED_FREE_MS)
        yield Row("  overtaken, lost, torn, doubly offered", str(dict(Counter(each.what for each in floor.found()))))
        for name, each in pids.items():
            spent_s = cpu_s(*each) - cpu[name]
            yield Row(f"{name}: CPU a call served", f"{1000 * spent_s / served:.0f} ms")
            yield Row("  of a core", f"{spent_s / lasted_s:.1%}")
    finally:
        floor.stop()


def free_to_ringing_ms(phones: Sequence[Party]) -> Iterator[float]:
    """From the end of each person's wrap-up to when their phone rings next."""
    by_person: defaultdict[str, list[Party]] = defaultdict(list)
    for phone in phones:
        by_person[phone.number].append(phone)
    for legs in by_person.values():
        for before, after in pairwise(legs):
            free_s = before.ended_s + WRAP_UP_S
            if before.picked_s and before.ended_s and after.began_s < free_s + LONGEST_S:
                yield 1000 * (after.began_s - free_s)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", type=int, default=200)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--talk", type=float, default=60, help="Seconds of a talk, on average.")
    options = parser.parse_args()
    if find() is None:
        print(
            "bench_queue_load: no FreeSWITCH here (neither on PATH nor under its default prefix); nothing was measured"
        )
        return
    with tempfile.TemporaryDirectory(prefix="routing-busy-") as folder:
        centre = CallCentre(Path(folder), RTP, size=options.people).start()
        try:
            for row in busy(centre, options.callers, options.minutes, options.talk):
                print(row, flush=True)
        finally:
            centre.stop()


if __name__ == "__main__":
    main()
