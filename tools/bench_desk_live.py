"""What the live board costs: CPU of the desk while viewers watch busy calls, and decisions of the engine meanwhile.

    python tools/bench_desk_live.py [--viewers 100] [--calls 100] [--seconds 15] [--no-decisions]

The desk is a process of its own, its board is fed with the events of ``--calls`` calls of which a tenth changes each
second: rung, answered, ended, begun anew. Viewers are connections that read the stream; half are managers, half a head.
tools/bench_decision.py runs without and beside it: the engine's p99 must stay below 15 ms.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TESTS = HERE.parent / "tests"
PROMISED_P99_MS = 15.0
CHANGING = 10  # of all calls, one in so many each second


def serve(calls: int) -> None:
    """The desk with its calls, until it is killed; prints its address and links."""
    sys.path.insert(0, str(TESTS))
    import gevent

    from support.live_desk import ServedDesk

    desk = ServedDesk(Path(tempfile.mkdtemp()))
    bed, people = desk.bed, ("ivan", "petro", "maria", "olena", "nataliia")
    made = 0

    def begin() -> str:
        nonlocal made
        made += 1
        bed.calls.now = time.time()
        bed.calls.conversation(f"c{made}", people[made % len(people)], f"+38067{made:07}")
        return f"c{made}"

    going: list[str] = []
    desk.do(lambda: going.extend(begin() for _ in range(calls)))

    def change() -> None:
        for id_ in [going.pop(0) for _ in range(max(calls // CHANGING // 2, 1))]:
            bed.calls.ends(id_)
            bed.calls.ends(f"{id_}-{next(each for each in people if f'{id_}-{each}' in known())}")
            going.append(begin())

    def known() -> dict[str, Any]:
        return next(iter(bed.calls.board.nodes.values())).legs

    links = [desk.link("nataliia"), desk.link("olena")]
    sys.stdout.write(json.dumps({"address": desk.address, "links": links}) + "\n")
    sys.stdout.flush()
    while True:
        gevent.sleep(1)
        desk.do(change)


def cookie(link: str) -> tuple[str, str]:
    """The host and the session's cookie of somebody who signs in by a link."""
    import requests

    session = requests.Session()
    token = link.partition("token=")[2]
    session.post(link.partition("?")[0], data={"token": token}, timeout=30).raise_for_status()
    return link.split("/")[2], session.cookies["desk_session"]


class Watching:
    """The viewers: how many bytes and messages came."""

    def __init__(self, links: list[str], viewers: int) -> None:
        import gevent

        self.bytes = self.messages = 0
        sessions = [cookie(link) for link in links]
        self._greenlets = [gevent.spawn(self._watch, *sessions[at % len(sessions)]) for at in range(viewers)]

    def _watch(self, host: str, session: str) -> None:
        import gevent.socket

        address, _, port = host.partition(":")
        sock = gevent.socket.create_connection((address, int(port)))
        sock.sendall(f"GET /live/stream HTTP/1.1\r\nHost: {host}\r\nCookie: desk_session={session}\r\n\r\n".encode())
        while received := sock.recv(65536):
            self.bytes += len(received)
            self.messages += received.count(b"event: board")


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def decisions() -> str:
    """The engine's line of tools/bench_decision.py."""
    done = subprocess.run([sys.executable, HERE / "bench_decision.py"], capture_output=True, text=True, check=False)
    return next((line for line in done.stdout.splitlines() if line.startswith("engine")), done.stderr[-300:])


def p99_ms(line: str) -> float:
    """The last figure of such a line."""
    return float(re.findall(r"[\d.]+", line)[-1])


def main() -> int:
    """Measure and print; 1 when decisions are slower than promised beside the viewers and not without them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=100)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--decisions", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.calls)
        return 0
    import gevent

    alone = beside = ""
    if options.decisions:
        alone = decisions()
        print(f"alone:  {alone}")
    command = [sys.executable, __file__, "--serve", "--calls", str(options.calls)]
    desk = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert desk.stdout
        found = json.loads(desk.stdout.readline())
        idle = cpu_s(desk.pid)
        gevent.sleep(5)
        print(f"nobody watches: {(cpu_s(desk.pid) - idle) / 5:.1%} of a core")
        watching = Watching(found["links"], options.viewers)
        gevent.sleep(3)
        before, began = cpu_s(desk.pid), time.monotonic()
        sent, messages = watching.bytes, watching.messages
        gevent.sleep(options.seconds)
        took = time.monotonic() - began
        share = (cpu_s(desk.pid) - before) / took
        per = (watching.messages - messages) / options.viewers / took
        print(
            f"{options.viewers} viewers, {options.calls} calls: {share:.1%} of a core, "
            f"{per:.2f} messages/s and {(watching.bytes - sent) / options.viewers / took / 1000:.1f} kB/s a viewer"
        )
        if options.decisions:
            beside = gevent.get_hub().threadpool.spawn(decisions).get()
            print(f"beside: {beside} (p99 promised: {PROMISED_P99_MS:.0f} ms); load: {os.getloadavg()[0]:.1f}")
    finally:
        desk.kill()
        desk.wait()
    return int(bool(beside) and p99_ms(beside) > PROMISED_P99_MS >= p99_ms(alone))


if __name__ == "__main__":
    sys.exit(main())
