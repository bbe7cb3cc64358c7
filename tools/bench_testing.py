"""How many scheme tests a second ``routing test`` runs: the example company's own, copied until there are enough.

    python tools/bench_testing.py [--cases 1000]

Each line is a fresh ``routing`` process, start, compiling and reading of the files included; CPU is that of all its
processes. The promise: 1,000 cases in 20 s on two cores.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
SCHEMES = HOME / "schemes"
PROMISED_SECONDS = 20.0


def copies(folder: Path, wanted: int) -> int:
    """Files of the company's tests, each with names of its own, until there are as many cases; how many there are."""
    texts = [file.read_text("utf-8") for file in sorted(SCHEMES.rglob("*.test.yaml"))]
    count = 0
    for copy in range(wanted):
        for number, text in enumerate(texts):
            head, *cases = re.split(r"(?m)^(?=  - name: )", text)
            cases = cases[: wanted - count]
            if cases:
                (folder / f"{copy:03}_{number}.test.yaml").write_text(head + "".join(cases), "utf-8")
                count += len(cases)
    return count


def measured(*words: str) -> tuple[float, float, str]:
    """Seconds on the clock, seconds of CPU, the last line said."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, "-m", "routing", "test", *words], cwd=HOME, capture_output=True, text=True)
    seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, cpu, done.stdout.strip().splitlines()[-1]


def main() -> None:
    """Measure and print a table; exit 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=1_000)
    wanted = parser.parse_args().cases
    print(f"{'':24} {'cases':>6} {'s':>7} {'cases/s':>8} {'CPU s':>7} {'CPU ms a case':>14}")
    with tempfile.TemporaryDirectory() as made:
        one, many = Path(made) / "one", Path(made) / "many"
        for folder, count in ((one, 1), (many, wanted)):
            folder.mkdir()
            copies(folder, count)
        start = line("one case (start, compile)", 1, *measured(str(one)))
        seconds = line("all", wanted, *measured(str(many)))
        line("all, with --cover", wanted, *measured(str(many), "--cover"))
    kept = "kept" if seconds <= PROMISED_SECONDS * wanted / 1000 else "NOT KEPT"
    print(f"1,000 cases in {PROMISED_SECONDS:g} s: {kept}; start and compiling take {start:.1f} s of it")
    sys.exit(kept != "kept")


def line(name: str, cases: int, seconds: float, cpu: float, said: str) -> float:
    """One row; its seconds."""
    print(f"{name:24} {cases:6} {seconds:7.2f} {cases / seconds:8.0f} {cpu:7.2f} {cpu * 1000 / cases:14.1f}")
    return seconds


if __name__ == "__main__":
    main()
