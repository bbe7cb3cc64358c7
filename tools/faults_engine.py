"""Thousands of calls whose engine speaks late, on a real FreeSWITCH: how many are torn, how many callers stranded.

    python tools/faults_engine.py [--calls 10000] [--at-once 400] [--a-second 25] [--from POSITION]

The engine is silent, decides, closes, resets, says connect or sets two thousand variables at every moment about the
watchdog's and up to 9 s later, while the calls ring, talk, leave a message or listen to a menu. Target: none of either.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from support.switchbed.late_engine import POSITIONS, LateEngine  # noqa: E402
from support.switchbed.lateness import KINDS, Late  # noqa: E402
from support.switchbed.ports import RTP  # noqa: E402
from support.switchbed.switch import find  # noqa: E402

SETTLE_SECONDS = 10.5


def run(bed: Late, position: str, calls: int, at_once: int, a_second: float) -> Counter[str]:
    """Calls with an engine that fails at one position, in crowds of ``at_once``."""
    found: Counter[str] = Counter()
    engine = LateEngine([position])
    try:
        bed.publish(engine.address)
        while (left := calls - found.total()) > 0:
            found += bed.round([*KINDS], min(left, at_once), a_second, SETTLE_SECONDS)
    finally:
        engine.stop()
    return found


def main() -> int:
    """Print one row a position; 1 when a call was torn or stranded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=400)
    parser.add_argument("--a-second", type=float, default=25)
    parser.add_argument(
        "--from", dest="first", choices=POSITIONS, default=next(iter(POSITIONS)), help="Where to begin."
    )
    options = parser.parse_args()
    if find() is None:
        print("faults_engine: no FreeSWITCH here (neither on PATH nor under its default prefix); nothing was tried")
        return 0
    each, began_s, total = -(-options.calls // len(POSITIONS)), time.monotonic(), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="routing-faults-") as folder:
        bed = Late(Path(folder), RTP).start()
        try:
            for position in [*POSITIONS][[*POSITIONS].index(options.first) :]:
                found = run(bed, position, each, options.at_once, options.a_second)
                total += found
                wrong = {what: count for what, count in found.items() if what != "well"}
                print(f"{position:<32} {found.total():>6} calls {found['well']:>6} well  {wrong or ''}", flush=True)
        finally:
            bed.stop()
    torn = sum(count for what, count in total.items() if "torn" in what)
    stranded = sum(count for what, count in total.items() if "stranded" in what)
    took_s = time.monotonic() - began_s
    print(f"{total.total()} calls: {torn} torn, {stranded} stranded (targets: 0, 0), {took_s:.0f} s in all")
    return int(torn + stranded > 0)


if __name__ == "__main__":
    sys.exit(main())
