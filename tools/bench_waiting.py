"""Callers held for a busy person on a real FreeSWITCH: how soon they are sent on, and what waiting costs.

    python tools/bench_waiting.py [--callers 50] [--seconds 30]

Prints the time from the end of a talk to the next ringing of the same phone, FreeSWITCH's memory for each waiting
caller and minute, and the CPU time of FreeSWITCH and of the engine for each and second.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from routing.compile.build import build  # noqa: E402
from routing.release.publish import publish  # noqa: E402
from support.switchbed.crowd import Crowd  # noqa: E402
from support.switchbed.engines import serving  # noqa: E402
from support.switchbed.ports import RTP  # noqa: E402
from support.switchbed.switch import Switch, find  # noqa: E402
from support.switchbed.waiting import until  # noqa: E402

NUMBER, MOBILE = "+380800330001", "+380501110001"
PROJECT = """\
project: {{name: waiting, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people: {{ivan: {{name: I, phones: {{mobile: {{number: "{mobile}"}}}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:{port}", ping: false, numbers: ["{number}"], caller_id: caller}}}}
"""
SCHEME = """\
scheme: a
numbers: "{number}"
steps: [{{ring: {{to: ivan, order: in_order_waiting, at_most: 10m}}}}, hangup]
"""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Published:
    """What an engine of the tests serves: a company's root."""

    root: Path


def memory_kb(pid: int) -> int:
    """What a process holds in memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def cpu_s(*pids: int) -> float:
    """CPU time of processes so far."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def wait_cost(switch: Switch, engine: int, callers: int, seconds: float) -> None:
    """What so many waiting callers cost."""
    pids, before = family(engine), (memory_kb(switch.process.pid), cpu_s(switch.process.pid), cpu_s(*family(engine)))
    time.sleep(seconds)
    grown_kb = memory_kb(switch.process.pid) - before[0]
    spent_ms = [1000 * (cpu_s(switch.process.pid) - before[1]), 1000 * (cpu_s(*pids) - before[2])]
    each = [spent / callers / seconds for spent in spent_ms]
    kb = grown_kb / callers / seconds * 60
    print(f"{callers} callers waiting for {seconds:g} s: {kb:.0f} kB a caller and minute,")
    print(f"  CPU a caller and second: FreeSWITCH {each[0]:.2f} ms, engine {each[1]:.2f} ms")


def _talking(switch: Switch) -> list[str]:
    """The legs of phones that talk."""
    rows = json.loads(switch.esl.api("show channels as json")).get("rows", [])
    return [row["uuid"] for row in rows if (row["direction"], row["callstate"]) == ("outbound", "ACTIVE")]


def sent_on_ms(switch: Switch, crowd: Crowd, talks: int) -> float:
    """From the end of the talk under way to the next ringing."""
    talking, *_ = until(lambda: _talking(switch), 30)
    began_s = time.perf_counter()
    switch.esl.api(f"uuid_kill {talking}")
    assert until(lambda: len(crowd.phones) > talks, 30), "nobody was sent on"
    assert until(lambda: list(crowd.phones.values())[-1].state == "talking", 30)
    time.sleep(0.3)  # the talk is known to everybody
    return 1000 * (list(crowd.phones.values())[-1].began_s - began_s)


def company(folder: Path, port: int, root: Path, engine: str) -> None:
    """Publish the schemes, asking this engine."""
    folder.mkdir(exist_ok=True)
    (folder / "project.yaml").write_text(PROJECT.format(mobile=MOBILE, number=NUMBER, port=port))
    (folder / "a.yaml").write_text(SCHEME.format(number=NUMBER))
    publish(root, build(folder, root, lambda _: {}, engine).name, None)


def run(folder: Path, callers: int, seconds: float) -> None:
    """Everything, in a folder of its own."""
    root, crowd = folder / "root", Crowd((MOBILE[-9:],))
    company(folder / "schemes", crowd.port, root, "127.0.0.1:9")
    unlimited = {"caller_rate": "0", "number_rate": "0", "caller_calls": 0, "number_calls": 0, "loglevel": "warning"}
    switch = Switch(folder / "node", root, unlimited | {"rtp_start_port": RTP[0], "rtp_end_port": RTP[1]}).start()
    try:
        with serving(Published(root), watches=switch.settings.esl_port) as engine:
            company(folder / "schemes", crowd.port, root, engine.wait_watching().address)
            for place in range(callers + 1):
                crowd.call(NUMBER, f"+38067{place:07}", switch.settings.external_port)
                time.sleep(0.05 if place else 1)  # the first one talks
            waiting = f"routing_calls_waiting {callers}.0"
            assert until(lambda: waiting in engine.metrics(), 30), "not everybody waits"
            wait_cost(switch, engine.process.pid, callers, seconds)
            times = sorted(sent_on_ms(switch, crowd, talks) for talks in range(1, min(callers, 40)))
            print(f"from the end of a talk to the next ringing, {len(times)} times: "
                  f"median {statistics.median(times):.0f} ms, longest {times[-1]:.0f} ms")  # fmt: skip
    finally:
        switch.stop()
        crowd.stop()


def main() -> None:
    """Measure, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    options = parser.parse_args()
    if find() is None:
        print("bench_waiting: no FreeSWITCH here (neither on PATH nor under its default prefix); nothing was measured")
        return
    with tempfile.TemporaryDirectory(prefix="routing-waiting-") as folder:
        run(Path(folder), options.callers, options.seconds)


if __name__ == "__main__":
    main()
