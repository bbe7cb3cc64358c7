"""What a simulated day costs: 10,000 calls of the example company on one virtual clock, phones and memory shared.

    python tools/bench_day.py [--calls 10000]

The promise: a day in one process in under 60 s.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

import yaml

from routing.cli.opened import opened
from routing.testing.cases import read_day
from routing.testing.names import Names
from routing.testing.run import carry_together

SCHEMES = Path(__file__).resolve().parents[1] / "schemes"
PROMISED_SECONDS = 60.0
#: Share of callers who call again.
AGAIN = 0.3


def written(folder: Path, numbers: list[str], count: int) -> Path:
    """A file of calls from eight in the morning on, more of them at noon."""
    chance = Random(1)
    callers = [f"+38067{1_000_000 + n}" for n in range(round(count * (1 - AGAIN)))]
    starts = sorted(round(chance.triangular(0, 12 * 3600, 4 * 3600)) for _ in range(count))
    calls = [{"to": chance.choice(numbers), "from": chance.choice(callers), "after": f"{at}s"} for at in starts]
    calls[0] = {key: value for key, value in calls[0].items() if key != "after"} | {"at": "2026-11-23 08:00"}
    file = folder / "day.yaml"
    day = {"others": "answers after 6s, talks 90s", "webhook": {"continue": True}, "calls": calls}
    file.write_text(yaml.safe_dump(day), "utf-8")
    return file


def main() -> None:
    """Measure and print; exit 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=10_000)
    count = parser.parse_args().calls
    with tempfile.TemporaryDirectory() as made, opened(SCHEMES) as published:
        names = Names(published)
        cases = read_day(written(Path(made), sorted(names.numbers), count))
        began, cpu = time.perf_counter(), time.process_time()
        results = carry_together(cases, names)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    talks = sum(any(event.kind == "talk" for event in result.events) for result in results)
    ends = Counter(result.events[-1].subject for result in results)
    print(f"{count} calls in {seconds:.1f} s, {cpu:.1f} s of CPU, {cpu / count * 1000:.2f} ms a call; {talks} talked")
    print("  " + ", ".join(f"{cause} {number}" for cause, number in ends.most_common(5)))
    sys.exit(seconds > PROMISED_SECONDS)


if __name__ == "__main__":
    main()
