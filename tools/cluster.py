"""A cluster on this machine: Kamailio, three FreeSWITCH nodes with an engine and a journal each, Redis with a replica
and a Sentinel, one PostgreSQL.

    python tools/cluster.py [--calls 100] [--at-once 3]

Carries calls from a carrier to phones that are registered at the proxy, kills or drains each part while calls go on,
prints what became of them, and ends everything. ``lost``: calls that began after it and reached nobody; ``ended``:
calls that were under way, and ended with it; ``next``: when a call was answered that began after it. At the end every
call that was answered must stand in the journal once.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from routing.journal.database import opened_database  # noqa: E402
from routing.journal.schema import calls  # noqa: E402
from routing.proxy.drained import set_drained  # noqa: E402
from support.postgresql import PrivateServer, program  # noqa: E402
from support.processes import launch  # noqa: E402
from support.redis_server import Server  # noqa: E402
from support.switchbed import ports  # noqa: E402
from support.switchbed.dialog import Call  # noqa: E402
from support.switchbed.engines import Engine  # noqa: E402
from support.switchbed.proxied import ProxiedNodes, RoutedAgent, missing  # noqa: E402
from support.switchbed.redises import replicated  # noqa: E402
from support.switchbed.switch import find  # noqa: E402

NODES = 3
NUMBER = "380800330979"
ACCOUNTS = ("2001", "2002", "2003", "2004")
#: People take turns: the engine and Redis are asked in each call.
SCHEME = f"""
scheme: turns
numbers: ["+{NUMBER}"]
steps:
  - ring: {{to: [sales, support, store, guard], order: round_robin, for: 8s}}
  - ring: {{to: [sales, support, store, guard], for: 8s}}
  - hangup: NO_ANSWER
"""
NOTHING = "nothing"
JOURNAL_SECONDS, AWAY_SECONDS = 60.0, 5.0
TALK_SECONDS, PATIENCE_SECONDS, RETRANSMIT_SECONDS = 1.0, 20.0, 0.5


@dataclass
class Load:
    """Callers who call again and again, ``at_once`` at a time. Times are monotonic seconds."""

    cluster: ProxiedNodes
    at_once: int
    #: Of each call: when it began, how long until it was answered (None: never), whether the talk went on to its end.
    calls: list[tuple[float, float | None, bool]] = field(default_factory=list)
    #: Who called and was answered; each call has a number of its own.
    answered: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1_000_000))
    _open: bool = True
    _threads: list[threading.Thread] = field(default_factory=list)

    @contextlib.contextmanager
    def running(self) -> Iterator[Load]:
        """Callers call for as long as the block runs."""
        self._threads = [threading.Thread(target=self._keep_calling, daemon=True) for _ in range(self.at_once)]
        for each in self._threads:
            each.start()
        try:
            yield self
        finally:
            self.end()

    def end(self) -> None:
        """Nobody calls any more; the calls under way end."""
        self._open = False
        for each in self._threads:
            each.join(PATIENCE_SECONDS + 10)

    def wait_for(self, count: int) -> None:
        """Until so many calls have ended."""
        while len(self.calls) < count:
            time.sleep(0.05)

    def _keep_calling(self) -> None:
        with self.cluster.caller() as caller:
            while self._open:
                self.calls.append(self._call(caller))

    def _call(self, caller: RoutedAgent) -> tuple[float, float | None, bool]:
        began, number = time.monotonic(), f"+38067{next(self._numbers)}"
        call = caller.call(NUMBER, sender=number)
        while not caller.heard_of(call) and time.monotonic() - began < PATIENCE_SECONDS:
            time.sleep(RETRANSMIT_SECONDS)
            if not caller.heard_of(call):
                caller.retransmit(call)
        try:
            answered = caller.answered(call, PATIENCE_SECONDS).start == "200"
        except AssertionError:
            return began, None, False
        waited_s = time.monotonic() - began
        if not answered:
            return began, None, False
        self.answered.append(number)
        time.sleep(TALK_SECONDS)
        return began, waited_s, not call.is_over() and self._hangs_up(call)

    @staticmethod
    def _hangs_up(call: Call) -> bool:
        """Whether the other side hears of the end, of the second BYE perhaps."""
        for _ in range(2):
            with contextlib.suppress(AssertionError):
                return call.request("BYE").start == "200"
        return False


@dataclass
class Cluster:
    """Everything that runs. ``drained`` and ``killed`` change one part."""

    nodes: ProxiedNodes
    engines: tuple[Engine, ...]
    redis: Server
    journal: JournalServer

    def nothing(self) -> None:
        """The measure of the others."""

    def drain_node(self) -> None:
        """The second node takes no new calls."""
        self._set_drained(True)

    def resume_node(self) -> None:
        """It takes calls again."""
        self._set_drained(False)

    def _set_drained(self, drained: bool) -> None:
        place = f"127.0.0.1:{self.nodes.nodes[1].settings.sip_port}"
        assert set_drained(self.nodes.proxy.home, place, drained=drained), "Kamailio does not run"

    def kill_node(self) -> None:
        """The third node is gone."""
        self.nodes.nodes[2].kill()

    def kill_engine(self) -> None:
        """The engine of the first node is gone."""
        self.engines[0].send(signal.SIGKILL)

    def kill_redis(self) -> None:
        """The master is gone; the Sentinel makes its replica the next one."""
        self.redis.process.kill()

    def kill_postgresql(self) -> None:
        """The journals' database is gone, and comes back after five seconds."""
        self.journal.server.kill()
        time.sleep(AWAY_SECONDS)
        self.journal.server.start()

    def kill_proxy(self) -> None:
        """Kamailio is gone, and comes back as a service does."""
        os.killpg(self.nodes.proxy.process.pid, signal.SIGKILL)
        self.nodes.proxy.process.wait(10)
        self.nodes.proxy.boot()


@dataclass
class JournalServer:
    """The PostgreSQL that the journals of all nodes share."""

    server: PrivateServer
    url: str

    @contextlib.contextmanager
    def recording(self, nodes: ProxiedNodes, redis: str) -> Iterator[None]:
        """A journal beside each node, for as long as the block runs."""
        running = []
        for node in nodes.nodes:
            words = ["--spool", node.home / "spool", "--root", node.root, "--database", self.url, "--redis", redis]
            with (node.home / "journal.log").open("ab") as log:
                running.append(launch([sys.executable, "-m", "routing", "journal", *words], stdout=log, stderr=log))
        try:
            yield
        finally:
            for each in running:
                each.terminate()
                each.wait(30)

    def rows(self) -> list[tuple[str, str]]:
        """Caller and node of every call that came in."""
        query = select(calls.c.caller, calls.c.node).where(calls.c.direction == "in")
        with opened_database(self.url) as engine, engine.connect() as connection:
            return [(caller, node) for caller, node in connection.execute(query)]

    def wrong(self, load: Load) -> int:
        """Wait until the journal has every call; print what it has, and how many calls it has not, or twice."""
        end = time.monotonic() + JOURNAL_SECONDS
        while not (found := self.rows()) or {*load.answered} - {caller for caller, _ in found}:
            if time.monotonic() > end:
                break
            time.sleep(0.5)
        counts = Counter(caller for caller, _ in found)
        lacking, twice = {*load.answered} - {*counts}, [caller for caller, count in counts.items() if count > 1]
        nodes = ", ".join(f"{name} {count}" for name, count in sorted(Counter(node for _, node in found).items()))
        print(f"journal: {len(load.answered)} calls answered, {len(lacking)} missing, {len(twice)} twice ({nodes})")
        return len(lacking) + len(twice)


def main() -> int:
    """Carry, kill, report; 1 when a call is lost that need not be."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--calls", type=int, default=40, help="before and after each kill")
    parser.add_argument("--at-once", type=int, default=3)
    options = parser.parse_args()
    if lacking := missing() or ("" if find() else "freeswitch") or ("" if program() else "postgresql"):
        print(f"not found: {lacking}")
        return 2
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        return _measured(Path(folder), options)


def _measured(place: Path, options: argparse.Namespace) -> int:
    with contextlib.ExitStack() as stack:
        master, url = stack.enter_context(replicated(place / "redis"))
        engines = tuple(ports.free() for _ in range(NODES))
        nodes = ProxiedNodes(place, more={"turns.yaml": SCHEME}, engines=engines)
        stack.callback(nodes.stop)
        server = PrivateServer()
        stack.callback(server.stop)
        journal = JournalServer(server, server.database("journal"))
        stack.enter_context(journal.recording(nodes, url))
        cluster = Cluster(nodes, stack.enter_context(nodes.serving("--redis", url)), master, journal)
        for account in ACCOUNTS:
            stack.enter_context(nodes.phone(account))
        print(
            f"1 Kamailio, {NODES} FreeSWITCH, {NODES} engines, a journal each, Redis with a replica and a Sentinel,"
            " PostgreSQL are there"
        )
        load = Load(nodes, options.at_once)
        stack.enter_context(load.running())
        print(f"{'what':<28}{'calls':>6}{'lost':>6}{'ended':>7}{'next':>9}{'longest wait':>14}")
        before, lost = _cost(nodes)[0], 0
        for what, does in _parts(cluster):
            lost += _tried(load, what, does, options.calls)
            if what == NOTHING:
                seconds, size = _cost(nodes)
                cost = (seconds - before) / len(load.calls) * 1000
                print(f"  (Kamailio: {cost:.1f} s of CPU for 1,000 calls, {size:.0f} MB)")
        load.end()
        wrong = journal.wrong(load)
    return int(lost + wrong > 0)


def _parts(cluster: Cluster) -> list[tuple[str, Callable[[], None]]]:
    return [
        (NOTHING, cluster.nothing), ("a node drained", cluster.drain_node), ("a node back", cluster.resume_node),
        ("an engine killed", cluster.kill_engine), ("the Redis master killed", cluster.kill_redis),
        ("PostgreSQL away for 5 s", cluster.kill_postgresql),
        ("Kamailio killed, restarted", cluster.kill_proxy), ("a node killed", cluster.kill_node),
    ]  # fmt: skip


def _tried(load: Load, what: str, does: Callable[[], None], count: int) -> int:
    """Do it, carry so many calls more, print; how many were lost."""
    before = len(load.calls)
    at = time.monotonic()
    does()
    load.wait_for(before + count)
    calls = load.calls[before:]
    lost = sum(began > at and waited is None for began, waited, _ in calls)
    ended = sum(not whole for _, _, whole in calls) - lost
    following = [began + waited - at for began, waited, _ in calls if began > at and waited is not None]
    longest = max((waited for _, waited, _ in calls if waited is not None), default=0.0)
    after = f"{min(following):.2f} s" if following else "never"
    print(f"{what:<28}{len(calls):>6}{lost:>6}{ended:>7}{after:>9}{longest:>12.2f} s", flush=True)
    return lost


def _cost(nodes: ProxiedNodes) -> tuple[float, float]:
    """CPU seconds of Kamailio since its start, and its memory (MB)."""
    group = nodes.proxy.process.pid
    seconds = size = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
                lines = (stat.parent / "smaps_rollup").read_text().splitlines()
                size += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return seconds, size


if __name__ == "__main__":
    sys.exit(main())
