"""What our dialplans cost a real FreeSWITCH, against a hand-written one, in one run.

    python tools/bench_switch.py [--calls 200] [--numbers 100000]

A SIP caller and a SIP phone on loopback, both in this process: the caller's INVITE to the phone's and to his 180, and
the switch's own CPU time a call. Calls of the different kinds take turns, so that noise falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests" / "switch")]

from bench_compile import write_project  # noqa: E402
from bench_sip import Caller, Phone  # noqa: E402
from switchbed import ports  # noqa: E402
from switchbed.handler import Handler  # noqa: E402
from switchbed.switch import Switch, find  # noqa: E402

from routing.app.publish import publish  # noqa: E402
from routing.compile.build import build, needed  # noqa: E402
from routing.compile.secrets import invented  # noqa: E402

PHONE = "+380501112233"
STATIC, WEBHOOK, HAND = "+380800330521", "+380800330522", "+380800330523"
Times = dict[str, list[float]]
PROJECT = """\
project: {{name: bench, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people: {{ivan: {{name: Ivan, phones: {{mobile: {{number: "{phone}"}}}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:{port}", numbers: ["{static}"]}}}}
"""
SCHEMES = """\
scheme: {name}
numbers: ["{number}"]
steps:
{webhook}  - ring: ivan
  - hangup: NO_ANSWER
"""
#: What an engineer would write by hand for the same call: one extension in the entry context.
BY_HAND = """\
    <extension name="by hand">
      <condition field="destination_number" expression="^\\+?{digits}$">
        <action application="set" data="continue_on_fail=true"/>
        <action application="set" data="hangup_after_bridge=true"/>
        <action application="bridge" data="{{ignore_early_media=true}}[leg_timeout=20]sofia/gateway/main/{phone}"/>
        <action application="hangup" data="NO_ANSWER"/>
      </condition>
    </extension>
"""


def write_schemes(folder: Path, port: int, handler: int) -> None:
    """A project with a static scheme and one that asks a webhook first."""
    folder.mkdir(parents=True)
    (folder / "project.yaml").write_text(PROJECT.format(phone=PHONE, port=port, static=STATIC))
    step = f'  - webhook: {{url: "http://127.0.0.1:{handler}/", timeout: 2s}}\n'
    for name, number, webhook in (("static", STATIC, ""), ("asking", WEBHOOK, step)):
        (folder / f"{name}.yaml").write_text(SCHEMES.format(name=name, number=number, webhook=webhook))


def go_live(folder: Path, root: Path, engine: str) -> None:
    """Compile and publish, without a reload."""
    secrets = invented(needed(folder), {})
    publish(root, build(folder, root, lambda _: secrets, engine).name, None)


def add_by_hand(home: Path) -> None:
    """Put the hand-written extension at the beginning of the entry context."""
    plan = home / "conf" / "dialplan" / "routing.xml"
    text = '<context name="routing_inbound">\n' + BY_HAND.format(digits=HAND.removeprefix("+"), phone=PHONE)
    plan.write_text(plan.read_text().replace('<context name="routing_inbound">', text))


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ring_times(caller: Caller, numbers: list[str], calls: int) -> tuple[Times, Times]:
    """Milliseconds from INVITE to the ringing phone and to the caller's 180, by number, taking turns."""
    rang: Times = {number: [] for number in numbers}
    heard: Times = {number: [] for number in numbers}
    for _ in range(calls):
        for number in numbers:
            phone_s, caller_s = caller.ring(number)
            rang[number].append(phone_s * 1000)
            heard[number].append(caller_s * 1000)
    return rang, heard


def cpu_per_call(caller: Caller, pid: int, number: str, calls: int) -> float:
    """The switch's CPU time a call, in milliseconds."""
    before = cpu_seconds(pid)
    for _ in range(calls):
        caller.ring(number)
    return (cpu_seconds(pid) - before) * 1000 / calls


def table(title: str, times: Times, names: dict[str, str]) -> None:
    """p50 and p99 of every kind, and the ratio to the hand-written dialplan."""
    base = statistics.median(times[HAND])
    print(f"{title:<44} {'p50':>9} {'p99':>9}   against by hand")
    for number, name in names.items():
        p50 = statistics.median(times[number])
        print(f"{name:<44} {p50:>6.1f} ms {_p99(times[number]):>6.1f} ms   x{p50 / base:.3f}")


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
        add_by_hand(switch.home)
        switch.reload()
        switch.esl.api("fsctl loglevel warning")
        switch.esl.api("fsctl sps 10000")
        wait_healthy(status)
        time.sleep(1.5)  # the switch counts calls a second, and takes the new bound with the next second
        caller = Caller(switch.settings.external_port, phone)
        ring_times(caller, [STATIC, WEBHOOK, HAND], 5)
        rang, heard = ring_times(caller, [STATIC, HAND, WEBHOOK], calls)
        names = {HAND: "hand-written dialplan", STATIC: "static scheme"}
        table("INVITE to the caller hearing it ring", heard, names)
        table("INVITE to the phone ringing", rang, names | {WEBHOOK: "webhook, then the same"})
        added = _p99(rang[WEBHOOK]) - statistics.median(rang[STATIC])
        print(f"a webhook step adds {added:.1f} ms at p99 to a static scheme's median (target: 40 ms)")
        few = cpu_per_call(caller, switch.process.pid, STATIC, calls)
        write_project(scratch / "many", many // 10, 10)
        for path in (scratch / "schemes").glob("*.yaml"):
            text = path.read_text()
            target = scratch / "many" / path.name
            target.write_text(text if path.name != "project.yaml" else (scratch / "many" / "project.yaml").read_text())
        shared = (scratch / "many" / "project.yaml").read_text()
        shared = re.sub(r"proxy: [^,]+", f'proxy: "127.0.0.1:{phone.port}"', shared)
        ivan = f'people:\n  ivan: {{name: Ivan, phones: {{mobile: {{number: "{PHONE}"}}}}}}\n'
        (scratch / "many" / "project.yaml").write_text(shared.replace("people:\n", ivan, 1))
        go_live(scratch / "many", root, address)
        lots = cpu_per_call(caller, switch.process.pid, STATIC, calls)
        print(f"CPU of the switch a call: 2 numbers {few:.2f} ms, {many} numbers {lots:.2f} ms (x{lots / few:.2f})")
    except RuntimeError:
        print(switch.log_tail(30), file=sys.stderr)
        raise
    finally:
        switch.stop()
        engine.terminate()
        engine.wait(30)
        handler.stop()
        phone.stop()


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
