"""What our dialplans cost a real FreeSWITCH, against a hand-written one, in one run.

    python tools/bench_switch.py [--calls 200] [--numbers 100000]

A SIP caller and a SIP phone on loopback, both in this process: the caller's INVITE to the phone's and to the 180, and
the switch's own CPU time a call. Calls of the different kinds take turns, so that noise falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

from bench_compile import write_project  # noqa: E402
from bench_sip import Caller, Phone  # noqa: E402
from plans_by_hand import BARE, CAREFUL, LIMITED, USUALLY, add_by_hand  # noqa: E402
from plans_by_hand import NAMES as HAND_NAMES  # noqa: E402

from routing.compile.build import build, needed  # noqa: E402
from routing.compile.numbers import entry_dialplan  # noqa: E402
from routing.compile.secrets import generated_secrets  # noqa: E402
from routing.release.publish import publish  # noqa: E402
from support.switchbed import ports  # noqa: E402
from support.switchbed.handler import Handler  # noqa: E402
from support.switchbed.switch import Switch, find  # noqa: E402

PHONE = "+380501112233"
STATIC, WEBHOOK = "+380800330521", "+380800330522"
#: How many numbers the small project has.
FEW = 10
Times = dict[str, list[float]]
PROJECT = """\
project: {{name: bench, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people: {{ivan: {{name: Ivan, phones: {{mobile: {{number: "{phone}"}}}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:{port}", ping: false, numbers: ["{static}"]}}}}
"""
SCHEMES = """\
scheme: {name}
numbers: {numbers}
steps:
{webhook}  - ring: ivan
  - hangup: NO_ANSWER
"""
#: The same for releases, as globals that the fixed dialplan sets.
OUR_LIMITS = {"caller_rate": "100000/60", "caller_calls": 1000, "number_rate": "100000/60", "number_calls": 1000}
NAMES = {
    **HAND_NAMES,
    STATIC: "static scheme",
    WEBHOOK: "webhook, then the same",
}


def write_schemes(folder: Path, port: int, handler: int) -> None:
    """A project with a static scheme and one that asks a webhook first."""
    folder.mkdir(parents=True)
    (folder / "project.yaml").write_text(PROJECT.format(phone=PHONE, port=port, static=STATIC))
    step = f'  - webhook: {{url: "http://127.0.0.1:{handler}/", timeout: 2s}}\n'
    others = [f"+3804499900{at:02d}" for at in range(FEW - 2)]
    for name, numbers, webhook in (("static", [STATIC], ""), ("asking", [WEBHOOK, *others], step)):
        listed = json.dumps(numbers)
        (folder / f"{name}.yaml").write_text(SCHEMES.format(name=name, numbers=listed, webhook=webhook))


def go_live(folder: Path, root: Path, engine: str) -> None:
    """Compile and publish, without a reload."""
    secrets = generated_secrets(needed(folder), {})
    publish(root, build(folder, root, lambda _: secrets, engine).name, None)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ring_times(callers: dict[str, Caller], calls: int) -> tuple[Times, Times]:
    """Milliseconds from INVITE to the ringing phone and to the caller's 180, by number, taking turns in any order."""
    rang: Times = {number: [] for number in callers}
    heard: Times = {number: [] for number in callers}
    for _ in range(calls):
        for number in random.sample([*callers], len(callers)):
            phone_s, caller_s = callers[number].ring(number)
            rang[number].append(phone_s * 1000)
            heard[number].append(caller_s * 1000)
    return rang, heard


def cpu_per_call(caller: Caller, switch: Switch, number: str, calls: int) -> float:
    """The switch's CPU time a call, in milliseconds."""
    pid = switch.process.pid
    before = cpu_seconds(pid)
    for _ in range(calls):
        caller.ring(number)
    return (cpu_seconds(pid) - before) * 1000 / calls


def table(title: str, times: Times, against: str) -> None:
    """p50 and p99 of every kind, and the ratios to the hand-written dialplans."""
    print(f"{title:<46} {'p50':>9} {'p99':>9}   against the barest, the usual, the protected")
    for number, each in times.items():
        p50 = statistics.median(each)
        ratios = [f"x{p50 / statistics.median(times[base]):.3f}" for base in (BARE, USUALLY, against)]
        print(f"{NAMES[number]:<46} {p50:>6.2f} ms {_p99(each):>6.2f} ms   {'  '.join(ratios)}")


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


def wait_healthy(status: str) -> None:
    """Until the engine answers."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"http://{status}/health", timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the engine did not come up")


def write_many(scratch: Path, numbers: int) -> Path:
    """The schemes of this bench among so many numbers of others, ten a scheme."""
    folder = scratch / f"with_{numbers}"
    write_project(folder, numbers // 10, 10)
    for name in ("static", "asking"):
        (folder / f"{name}.yaml").write_text((scratch / "schemes" / f"{name}.yaml").read_text())
    project = (scratch / "schemes" / "project.yaml").read_text()
    port = re.search(r"127.0.0.1:\d+", project)
    assert port
    shared = re.sub(r"proxy: [^,]+", f'proxy: "{port[0]}"', (folder / "project.yaml").read_text())
    ivan = f'people:\n  ivan: {{name: Ivan, phones: {{mobile: {{number: "{PHONE}"}}}}}}\n'
    (folder / "project.yaml").write_text(shared.replace("people:\n", ivan, 1))
    return folder


def measure(scratch: Path, calls: int, many: int) -> None:
    """Boot, measure, stop."""
    handler, phone = Handler(), Phone()
    handler.answers = _Always({"ring": "ivan"})
    address, status, root = f"127.0.0.1:{ports.free()}", f"127.0.0.1:{ports.free()}", scratch / "root"
    write_schemes(scratch / "schemes", phone.port, handler.port)
    go_live(scratch / "schemes", root, address)
    command = [sys.executable, "-m", "routing", "serve", "--root", str(root), "--listen", address, "--http", status]
    engine = subprocess.Popen([*command, "--workers", "1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    unlimited = {"caller_rate": "0", "number_rate": "0", "caller_calls": 0, "number_calls": 0}
    switch = Switch(scratch / "node", root, unlimited)
    switch.start()
    try:
        by_hand = Caller(add_by_hand(switch, PHONE, STATIC), phone)
        limited = switch.add_profile("limited", "routing_inbound", entry_dialplan(root, limited=True))
        switch.esl.api("fsctl loglevel warning")
        switch.esl.api("fsctl sps 10000")
        wait_healthy(status)
        time.sleep(1.5)  # the switch counts calls a second, and takes the new bound with the next second
        ours = Caller(switch.settings.external_port, phone)
        guarded = Caller(limited, phone)
        ring(ours, guarded, by_hand, switch, calls)
        few = cpu_per_call(ours, switch, STATIC, calls)
        bare = cpu_per_call(by_hand, switch, BARE, calls)
        go_live(write_many(scratch, many), root, address)
        ring_times({STATIC: ours}, 10)
        lots = cpu_per_call(ours, switch, STATIC, calls)
        print(f"CPU of the switch a call: by hand, the barest {bare:.2f} ms; {FEW} numbers {few:.2f} ms,", end=" ")
        print(f"{many} numbers {lots:.2f} ms (x{lots / few:.2f})")
    except (RuntimeError, TimeoutError):
        print(switch.log_tail(30), file=sys.stderr)
        raise
    finally:
        switch.stop()
        engine.terminate()
        engine.wait(30)
        handler.stop()
        phone.stop()


def ring(ours: Caller, guarded: Caller, by_hand: Caller, switch: Switch, calls: int) -> None:
    """The tables, without flood limits and with them; ``guarded`` calls as a node with limits hears it."""
    kinds = {BARE: by_hand, USUALLY: by_hand, CAREFUL: by_hand, STATIC: ours, WEBHOOK: ours}
    ring_times(kinds, 5)
    rang, heard = ring_times(kinds, calls)
    table("INVITE to the caller hearing it ring", heard, CAREFUL)
    table("INVITE to the phone ringing", rang, CAREFUL)
    added = _p99(rang[WEBHOOK]) - statistics.median(rang[STATIC])
    print(f"a webhook step adds {added:.1f} ms at p99 to a static scheme's median (target: 40 ms)")
    for name, bound in OUR_LIMITS.items():
        switch.esl.api(f"global_setvar routing_limit_{name}={bound}")
    kinds = {BARE: by_hand, USUALLY: by_hand, LIMITED: by_hand, STATIC: guarded}
    ring_times(kinds, 5)
    table("INVITE to the phone ringing, flood limits on", ring_times(kinds, calls)[0], LIMITED)
    for name in OUR_LIMITS:
        switch.esl.api(f"global_setvar routing_limit_{name}=0")


class _Always(dict):
    """Answers every caller the same."""

    def __init__(self, answer: object) -> None:
        super().__init__()
        self.answer = json.loads(json.dumps(answer))

    def get(self, key: str, default: object = None) -> object:
        return self.answer


def main() -> None:
    """Measure in a scratch folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--numbers", type=int, default=100_000)
    options = parser.parse_args()
    if find() is None:
        print("bench_switch: no FreeSWITCH here (neither on PATH nor under its default prefix); nothing measured")
        return
    with tempfile.TemporaryDirectory(prefix="routing-bench-") as scratch:
        begin = time.monotonic()
        measure(Path(scratch), options.calls, options.numbers)
        print(f"{options.calls} calls of each kind, {time.monotonic() - begin:.0f} s in all")


if __name__ == "__main__":
    main()
