"""How long ``routing check`` takes on a thousand schemes, in time and memory.

    python tools/bench_check.py [--schemes 1000]

Prints a table: without a cache, with one that is new, with nothing changed, with one scheme changed, with a person
changed (which every scheme could name). Each line is a fresh ``routing`` process, start included. The figure is our
own: a thousand schemes in 5 s without a cache, on two cores that nobody else uses.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_compile import measure, write_project

TARGET_S = 5.0


def main() -> None:
    """Make the project, measure, remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemes", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="routing-bench-") as scratch:
        folder, cache = Path(scratch, "schemes"), Path(scratch, "cache")
        write_project(folder, options.schemes, 10)
        checked = ["check", "--schemes", str(folder)]
        target_s = TARGET_S * options.schemes / 1_000
        print(f"routing check, {options.schemes} schemes of 6 steps, {options.schemes * 10} numbers")
        print(f"target: {target_s:g} s without a cache, and with one no longer")
        print(f"{'':<44} {'wall':>9} {'CPU':>10} {'peak':>10}")
        measure("no cache", checked, target_s)
        kept = [*checked, "--cache", str(cache)]
        measure("a new cache", kept, target_s)
        measure("nothing changed", kept, target_s)
        changed = folder / "00" / "branch_7.yaml"
        changed.write_text(changed.read_text().replace("for: 20s", "for: 19s"))
        measure("one scheme changed", kept, target_s)
        shared = folder / "project.yaml"
        shared.write_text(shared.read_text().replace("Person 7\n", "Person seven\n"))
        measure("a person changed", kept, target_s)


if __name__ == "__main__":
    main()
