"""Decisions inside FreeSWITCH against decisions by socket, on one FreeSWITCH, in turns.

    python tools/bench_inline.py [--calls 1000] [--rate 20] [--rounds 5]

Every call asks whether its caller is known and is refused. Releases of three kinds take turns: without the decision,
by socket, inside. CPU is that of FreeSWITCH, of the engine and of Redis for a call, less that of a call without the
decision. Latency is from INVITE to the final answer. Then two hundred calls at once, and Redis hangs (SIGSTOP). Memory
is FreeSWITCH's, of one without mod_python3 and of one with it, before and after so many decisions.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from support.switchbed.inlined import KNOWN, PACKAGE, SCHEME, STATIC, Inlined, has_module  # noqa: E402
from support.switchbed.waiting import until  # noqa: E402

CLIENT = "+380671230011"
#: Name -> transport and scheme.
KINDS = {"none": ("socket", STATIC), "socket": ("socket", SCHEME), "inline": ("inline", SCHEME)}
ASKING = ("socket", "inline")
AT_ONCE = 200
Answers = list[tuple[str, float]]


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of processes so far, ended threads included."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def group(leader: int) -> list[int]:
    """The processes of a group."""
    return [int(each.name) for each in Path("/proc").glob("[0-9]*") if _group_of(each) == leader]


def _group_of(process: Path) -> int:
    try:
        return os.getpgid(int(process.name))
    except ProcessLookupError:
        return 0


def resident_mb(pid: int) -> float:
    """Memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def show(name: str, answers: Answers, rest: str = "") -> None:
    """Percentiles, and how many callers were known."""
    times = sorted(seconds * 1000 for _, seconds in answers)
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    known = Counter(status for status, _ in answers)[KNOWN]
    figures = f"{p50:>7.1f} {p99:>8.1f} {times[-1]:>8.1f} ms"
    print(f"{name:<26} {figures}  {known:>5} of {len(times)} known  {rest}", flush=True)


def calls(bed: Inlined, kind: str, count: int, rate: int) -> Answers:
    transport, scheme = KINDS[kind]
    bed.publish(transport, scheme=scheme)
    bed.ended(CLIENT)
    return bed.answers(bed.calls(count, rate, CLIENT), 120)


def turns(bed: Inlined, count: int, rate: int, rounds: int) -> None:
    """CPU and latency of every kind, in turns."""
    freeswitch, engine = [bed.switch.process.pid], group(bed.engine.process.pid)
    spent: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    answers: dict[str, Answers] = defaultdict(list)
    for _ in range(rounds):
        for kind in KINDS:
            parts = (freeswitch, engine, [bed.redis.process.pid])
            before = [cpu_seconds(part) for part in parts]
            answers[kind] += calls(bed, kind, count // rounds, rate)
            for at, part in enumerate(parts):
                spent[kind][at] += cpu_seconds(part) - before[at]
    print(f"{count} calls each, {rate} a second: p50, p99, longest")
    per_call = {kind: [each * 1000 / count for each in cpu] for kind, cpu in spent.items()}
    for kind in KINDS:
        show(kind, answers[kind], f"CPU of a call: {_parts(per_call[kind])} ms")
    for kind in ASKING:
        more = [mine - bare for mine, bare in zip(per_call[kind], per_call["none"], strict=True)]
        print(f"a decision, {kind}: {sum(more):.2f} ms CPU: {_parts(more)}")


def _parts(cpu_ms: list[float]) -> str:
    return "FreeSWITCH {:.2f}, engine {:.2f}, Redis {:.2f}".format(*cpu_ms)


def hanging(bed: Inlined, kind: str) -> None:
    """Redis hangs while calls come."""
    transport, scheme = KINDS[kind]
    bed.publish(transport, scheme=scheme)
    bed.redis.pause()
    try:
        answers = bed.answers(bed.calls(60, 20, CLIENT))
    finally:
        bed.redis.go_on()
    show(f"Redis hangs, {kind}", answers)
    until(lambda: bed.ended(CLIENT) == KNOWN, 20)


def growth(bed: Inlined, count: int) -> None:
    """What stays in FreeSWITCH's memory of calls with a decision inside, and of calls without one, in turns."""
    for kind in ("none", "inline") * 3:
        calls(bed, kind, count * 2, 70)
        held = resident_mb(bed.switch.process.pid)
        print(f"FreeSWITCH after {count * 2} more calls, {kind}: {held:.1f} MB", flush=True)


def memory(place: Path, package: Path | None, count: int) -> None:
    """FreeSWITCH's memory before and after so many decisions."""
    with Inlined(place, package, {"loglevel": "err"}).running() as bed:
        if package:
            bed.wait_ready()
        bed.remember(CLIENT)
        pid = bed.switch.process.pid
        held = [resident_mb(pid)]
        for _ in range(3):
            bed.answers(bed.calls(count, 40, CLIENT), 240)
            held.append(resident_mb(pid))
        engine = max(resident_mb(each) for each in group(bed.engine.process.pid))
        said = ", ".join(f"{each:.1f}" for each in held)
        print(f"FreeSWITCH {'with' if package else 'without'} mod_python3: {said} MB at first and after every "
              f"{count} decisions; the engine's worker {engine:.1f} MB", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Decisions inside FreeSWITCH against decisions by socket.")
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rate", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if not has_module():
        print("skipped: FreeSWITCH has no mod_python3")
        return
    with tempfile.TemporaryDirectory() as scratch:
        with Inlined(Path(scratch) / "turns", changes={"loglevel": "err"}).running() as bed:
            bed.wait_ready().remember(CLIENT)
            turns(bed, options.calls, options.rate, options.rounds)
            for kind in (*ASKING, *ASKING):
                show(f"{AT_ONCE} at once, {kind}", calls(bed, kind, AT_ONCE, 1000))
            for kind in ASKING:
                hanging(bed, kind)
            growth(bed, options.calls)
        for package in (None, PACKAGE):
            memory(Path(scratch) / f"memory{bool(package)}", package, options.calls)


if __name__ == "__main__":
    main()
