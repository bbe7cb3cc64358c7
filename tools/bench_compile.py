"""How long compiling a large project takes, in time and memory.

    python tools/bench_compile.py [--schemes 10000] [--numbers 10]

Prints a table: cold compile, compile again with nothing changed, one scheme changed and published. Each line is a fresh
``routing`` process, start included; memory is the peak of the process and its workers together.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

COLD_S, COLD_MB, CHANGED_S = 60, 1000, 2
SHARED = """\
project: {{name: bench, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people:
{people}
groups:
{groups}
calendars:
  office: {{open: {{mon-fri: ["09:00-13:00", "14:00-18:00"], sat: "10:00-15:00"}}, holidays: UA}}
gateways:
  main: {{proxy: carrier.example, numbers: ["+380800330521"]}}
"""
PERSON = """\
  p{n}:
    name: Person {n}
    phones: {{desk: {{sip: "{account}"}}, mobile: {{number: "+38067{mobile:07d}", confirm: "1"}}}}
    ring: [desk, {{mobile: after 10s}}]
    extension: "{extension}"
"""
SCHEME = """\
# branch {n}
scheme: branch_{n}
title: Branch {n}
numbers: [{numbers}]
hours: office
record: both
steps:
  - hours:
      closed:
        - voicemail: {{box: branch_{n}, at_most: 2m}}
  - match:
      - when: {{caller: ["+38067", "+38068"]}}
        steps:
          - ring: {{to: p{a}, for: 3 rings}}
  - webhook: {{url: "http://127.0.0.1:8085/route", timeout: 2s}}
  - ring: {{to: g{g}, for: 20s, label: "Branch {n}"}}
  - ring: {{to: [p{a}.mobile, p{b}.mobile], order: in_order, for: 25s}}
  - scheme: branch_{next}
"""
LAST = "scheme: branch_{n}\nnumbers: [{numbers}]\nsteps:\n  - ring: p{a}\n  - voicemail: shop\n"


def write_project(folder: Path, schemes: int, numbers: int, people: int = 200) -> None:
    """A project of branches, ten numbers each unless told otherwise."""
    folder.mkdir(parents=True)
    persons = "".join(PERSON.format(n=n, account=10_000 + n, mobile=n, extension=2_000 + n) for n in range(people))
    groups = "\n".join(f"  g{g}: [p{g * 4}, p{g * 4 + 1}, p{g * 4 + 2}, p{g * 4 + 3}]" for g in range(people // 4))
    (folder / "project.yaml").write_text(SHARED.format(people=persons, groups=groups))
    for n in range(schemes):
        own = ", ".join(f'"+38044{n * numbers + i:07d}"' for i in range(numbers))
        # every hundredth ends in voicemail, so that the chains of branches end
        text = LAST if n % 100 == 99 else SCHEME
        below = folder / f"{n // 1000:02d}"
        below.mkdir(exist_ok=True)
        a, b, g = n % people, (n + 7) % people, n % (people // 4)
        values = {"n": n, "numbers": own, "a": a, "b": b, "g": g, "next": n + 1}
        (below / f"branch_{n}.yaml").write_text(text.format(**values))


class Peak(threading.Thread):
    """Peak resident memory, in MB, of a process and its children, sampled."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.megabytes, self.stopped = pid, 0.0, threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.2):
            pages = sum(self._pages(pid) for pid in [self.pid, *self._children(self.pid)])
            self.megabytes = max(self.megabytes, pages * resource.getpagesize() / 1e6)

    @staticmethod
    def _children(pid: int) -> list[int]:
        try:
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        except OSError:
            return []

    @staticmethod
    def _pages(pid: int) -> int:
        """Proportional share, so that memory shared with workers is counted once."""
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0
        kilobytes = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
        return kilobytes * 1024 // resource.getpagesize()


def measure(title: str, arguments: list[str], target_s: float = 0, target_mb: float = 0) -> None:
    """Run ``routing`` once and print its wall time, CPU time, memory and whether the targets that it has are met.

    Ends the benchmark when the command fails.
    """
    before, begin = os.times(), time.monotonic()
    # as where it is installed: the modules' bytecode is on disk
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-m", "routing", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    peak = Peak(process.pid)
    peak.start()
    said, _ = process.communicate()
    wall, after = time.monotonic() - begin, os.times()
    peak.stopped.set()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    missed = (target_s and wall > target_s) or (target_mb and peak.megabytes > target_mb)
    verdict = ("  MISSED" if missed else "  met") if target_s or target_mb else ""
    print(f"{title:<44} {wall:>7.2f} s {cpu:>8.2f} s {peak.megabytes:>7.0f} MB{verdict}", flush=True)
    if process.returncode:
        sys.exit(f"routing {' '.join(arguments)} failed: {said}")


def main() -> None:
    """Make the project, measure, remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--schemes", type=int, default=10_000)
    parser.add_argument("--numbers", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="routing-bench-") as scratch:
        folder, root, secrets = Path(scratch, "schemes"), Path(scratch, "root"), Path(scratch, "secrets")
        write_project(folder, options.schemes, options.numbers)
        subprocess.run(
            [sys.executable, "-m", "routing", "secrets", "--schemes", folder, "--file", secrets],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        places = ["--schemes", str(folder), "--root", str(root), "--secrets", str(secrets), "--quiet"]
        print(f"{options.schemes} schemes, {options.schemes * options.numbers} numbers")
        print(f"targets: cold {COLD_S} s and {COLD_MB} MB, one scheme changed {CHANGED_S} s")
        print(f"{'':<44} {'wall':>9} {'CPU':>10} {'peak':>10}")
        measure("cold compile", ["compile", *places], COLD_S, COLD_MB)
        measure("first publish, nothing changed", ["publish", *places, "--no-reload"])
        changed = folder / "00" / "branch_7.yaml"
        for again in range(3):
            changed.write_text(
                changed.read_text().replace("for: 20s", "for: 19s").replace("Branch 7", f"Branch 7 {again}")
            )
            measure(f"one scheme changed, published ({again + 1})", ["publish", *places, "--no-reload"], CHANGED_S)


if __name__ == "__main__":
    main()
