"""How long `routing diff` takes when one scheme of a large project changes, in time and CPU.

    python tools/bench_diff.py [--schemes 1000] [--numbers 10]

Each line is a fresh ``routing`` process, both sides compiled from nothing in it: an edit at the head of a chain,
in one that seven others go to, and in the last one of a chain of a hundred, which all of them can reach. The exit
code is 1 when a comparison fails, not when one takes longer than the target.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_compile import write_project

TARGET_S = 10
#: What is edited: words for it, the scheme's number, old text, new text.
EDITS = (
    ("a scheme that no other goes to", 0, "for: 20s", "for: 25s"),
    ("a scheme that seven others reach", 7, "for: 20s", "for: 25s"),
    ("the last scheme of a chain of a hundred", 99, "- ring: p", "- ring: p1"),
)


def measure(title: str, old: Path, new: Path) -> None:
    """Compare once and print wall time, CPU time, what was found and whether it took no longer than promised.

    Ends the benchmark when the command fails or finds no change where there is one.
    """
    before, begin = os.times(), time.monotonic()
    words = [sys.executable, "-m", "routing", "diff", str(old), str(new), "--format", "json"]
    done = subprocess.run(words, stdout=subprocess.PIPE)
    wall, after = time.monotonic() - begin, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode:
        sys.exit(f"routing diff failed with status {done.returncode}: {done.stdout.decode()[-2000:]}")
    told = json.loads(done.stdout)
    if not told["changes"]:
        sys.exit(f"routing diff found nothing where {title} was edited")
    found = f"{len(told['changes'])} changes, {told['numbers']} numbers, {told['calls']} calls"
    verdict = "met" if wall <= TARGET_S else "MISSED"
    print(f"{title:<40} {wall:>7.2f} s {cpu:>8.2f} s   {found}  {verdict}", flush=True)


def main() -> None:
    """Make the project, edit it, measure, remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemes", type=int, default=1_000)
    parser.add_argument("--numbers", type=int, default=10)
    options = parser.parse_args()
    if options.schemes < 100:
        parser.error("--schemes: a chain has a hundred")
    with tempfile.TemporaryDirectory(prefix="routing-bench-") as scratch:
        old, new = Path(scratch, "old"), Path(scratch, "new")
        write_project(old, options.schemes, options.numbers)
        print(f"{options.schemes} schemes, {options.schemes * options.numbers} numbers; target {TARGET_S} s")
        print(f"{'':<40} {'wall':>9} {'CPU':>10}")
        for title, scheme, before, now in EDITS:
            shutil.copytree(old, new)
            changed = new / f"{scheme // 1000:02d}" / f"branch_{scheme}.yaml"
            text = changed.read_text()
            changed.write_text(text.replace(before, now))
            measure(title, old, new)
            shutil.rmtree(new)


if __name__ == "__main__":
    main()
