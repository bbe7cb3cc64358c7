"""Kills the desk, the journal, the engine and Redis while people work at the desk: is what was acknowledged there?

    python tools/faults_desk.py [--kills 300] [--settle 1.0] [--minutes 60] [--kinds "the desk"]

An admin gives links, managers listen, export, cancel callbacks and set passwords, a person changes their state, people
sign in, calls end. Each process is killed by -9 at a random moment and starts anew. Target: nothing that was
acknowledged is lost, no line of the audit log without its deed, no deed without its line, no session lost.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from routing.store.program import program  # noqa: E402
from support.desk_killed import KINDS, DeskWorkers, MortalDesk  # noqa: E402
from support.desk_ledger import wrongs  # noqa: E402


def strike(bed: MortalDesk, kinds: list[str], settle_s: float) -> str:
    """Kill one process at a random moment after the desk has served for a while."""
    bed.wait_served()
    time.sleep(random.expovariate(1 / settle_s))
    kind = random.choices(kinds, [KINDS[each] for each in kinds])[0]
    bed.kill(kind)
    return kind


def main() -> int:
    """Kill, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--settle", type=float, default=1.0, help="Seconds between two kills, on average.")
    parser.add_argument("--minutes", type=float, default=60.0, help="After so long no more kills.")
    parser.add_argument("--kinds", nargs="*", choices=[*KINDS], default=[*KINDS], help="What is killed.")
    options = parser.parse_args()
    if program() is None:
        print("faults_desk: no Redis here; nothing was killed")
        return 0
    killed: Counter[str] = Counter()
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="routing-killed-") as folder:
        bed = MortalDesk(Path(folder))
        try:
            bed.wait_served()
            workers = DeskWorkers(bed)
            with workers.working():
                for at in range(options.kills):
                    if time.monotonic() - began_s > 60 * options.minutes:
                        break
                    killed[strike(bed, options.kinds, options.settle)] += 1
                    if at % 20 == 19:
                        print(f"{at + 1} kills, {len(bed.ledger.deeds)} deeds {bed.faults or ''}", flush=True)
                bed.wait_served()
            found = wrongs(bed)
        finally:
            bed.stop()
    deeds = Counter((kind, known) for (kind, _), known in bed.ledger.deeds.items())
    for kind in dict.fromkeys(kind for kind, _ in deeds):
        print(f"{kind:<10}{deeds[kind, True]:>7} acknowledged{deeds[kind, False]:>6} not known")
    print("\n".join(found[:40]))
    print(f"killed: {dict(killed)}; {len(found)} wrong (target: 0), {time.monotonic() - began_s:.0f} s in all")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
