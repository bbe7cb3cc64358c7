"""Kills every part of the product while callers wait and clients are called back, on a real FreeSWITCH.

    python tools/faults_queue.py [--kills 500] [--callers 100] [--orders 20] [--settle 3]

Ten people answer calls of two queues; a worker of the engine, all of them, the engine, Redis or the journal is killed
again and again, each time at a random moment of a call's life. Target: no caller lost, none overtaken by one whom an
engine offered, no client rung twice, no order lost, nobody offered two callers. SIGTERM ends the kills: who waits is
served, and the table printed.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from routing.model.callback import OPEN, CallbackOrder, CallbackStatus  # noqa: E402
from routing.model.decision import TURN_SECONDS  # noqa: E402
from support.switchbed.crowd import Party  # noqa: E402
from support.switchbed.disks import disk_of_run  # noqa: E402
from support.switchbed.floor import DISK_FULL, QUEUES, CallCentre  # noqa: E402
from support.switchbed.floor_count import OVERTAKE, OVERTAKE_ALONE, Fault, faults  # noqa: E402
from support.switchbed.ports import RTP  # noqa: E402
from support.switchbed.switch import find  # noqa: E402

#: What is killed, and how often. FreeSWITCH takes its own calls with it: they count as nobody's loss.
KINDS = {
    "a worker": 5, "all workers": 5, "the engine": 4, "the engine for 10 s": 1, "Redis killed": 2, "Redis flushed": 2,
    "the journal": 2, "FreeSWITCH": 2,
    "a worker stalled": 1, "the engine stalled": 1, "Redis stalled": 1, "the journal stalled": 1,
    "FreeSWITCH stalled": 1, DISK_FULL: 2,
}  # fmt: skip
#: Megabytes of the disk of a run, which is memory: only what is written is taken.
DISK_MB = 3000
#: When: soon after this has happened.
POINTS = ("phone ringing", "phone talking", "phone gone", "caller ringing", "caller talking", "caller gone", "")
#: So many kills come before an engine serves again.
HASTE = 0.1
PICKS_UP_S, TALKS_S = (0.1, 1.5), (3.0, 7.0)
WHAT = ("caller lost", OVERTAKE, OVERTAKE_ALONE, "double offer", "talk torn", "client rung twice", "order lost")


class Floor:
    """The people and the callers of a call centre, each doing their part in a thread.

    ``talks_s``: the shortest and the longest talk.
    """

    def __init__(self, centre: CallCentre, callers: int, orders: int, talks_s: tuple[float, float] = TALKS_S) -> None:
        self.centre, self.crowd, self.callers, self.orders = centre, centre.crowd, callers, orders
        self._talks_s = talks_s
        self.clients: list[str] = []
        self.is_open, self.ends = True, threading.Event()
        self._people = {number[-9:] for number in centre.people.values()}
        self._plans: dict[str, tuple[float, float]] = {}
        self._number = 0
        #: When an engine served the queues last.
        self.served_s = time.perf_counter()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._answer, self._call, self._look)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Everybody goes home."""
        self.ends.set()
        for thread in self._threads:
            thread.join()

    def waiting(self) -> int:
        """Callers who have a call."""
        return sum(each.state != "gone" for each in list(self.crowd.callers.values()))

    def _answer(self) -> None:
        """Phones pick up after a while; people hang up, clients never do."""
        while not self.ends.wait(0.05):
            now_s = time.perf_counter()
            for phone in list(self.crowd.phones.values()):
                rings_s, talks_s = self._plans.setdefault(
                    phone.call_id, (random.uniform(*PICKS_UP_S), random.uniform(*self._talks_s))
                )
                if phone.state == "ringing" and now_s > phone.began_s + rings_s:
                    self.crowd.pick_up(phone)
                elif self._ends(phone) and now_s > phone.picked_s + talks_s:
                    self.crowd.hang_up(phone)

    def _ends(self, phone: Party) -> bool:
        return phone.state == "talking" and phone.number[-9:] in self._people

    def _call(self) -> None:
        """So many callers wait, and so many orders are open, as long as the centre is open."""
        while not self.ends.wait(0.1):
            if not self.is_open:
                continue
            if self.waiting() < self.callers:
                self._number += 1
                with self.centre.gate:
                    port = self.centre.switch.settings.external_port
                    self.crowd.call(random.choice([*QUEUES.values()]), f"+38067{self._number:07}", port)
            if random.random() < 0.05 and self.centre.open_orders() < self.orders:
                self._number += 1
                client = f"+380672{self._number:06}"
                self.clients += [client] if self.centre.order(client) else []

    def _look(self) -> None:
        while not self.ends.wait(0.3):
            if self.centre.serves():
                self.served_s = time.perf_counter()

    def wait_served(self, seconds: float = 60) -> None:
        """Wait until an engine has served every caller for a turn."""
        deadline_s, since_s = time.perf_counter() + seconds, time.perf_counter()
        while (now_s := time.perf_counter()) < deadline_s and now_s < since_s + TURN_SECONDS + 1:
            if now_s > self.served_s + 1.5:
                since_s = now_s
            time.sleep(0.1)

    def found(self) -> list[Fault]:
        """What went wrong so far."""
        clients = [f"0{client[-9:]}" for client in self.clients] + self.clients
        now_s = time.perf_counter()
        return [*faults([*self.crowd.callers.values()], [*self.crowd.phones.values()], clients, now_s)]


def strike(floor: Floor, kinds: list[str]) -> tuple[float, str, str]:
    """Kill one thing at one moment; when, what, and what had just happened."""
    kind = random.choices(kinds, [KINDS[each] for each in kinds])[0]
    point = random.choice(POINTS)
    deadline_s, began_s = time.perf_counter() + 3, time.perf_counter()
    while point and time.perf_counter() < deadline_s:
        if any(what == point and at_s > began_s for what, at_s in list(floor.crowd.marks)[-20:]):
            break
        time.sleep(0.002)
    time.sleep(random.choice((0, random.uniform(0, 0.1), random.uniform(0, 1))))
    moment_s = time.perf_counter()
    floor.centre.kill(kind)
    return moment_s, kind, point or "any moment"


def drain(floor: Floor, seconds: float) -> list[str]:
    """Nobody comes any more: everybody is served. The clients whose orders are lost, in words."""
    floor.is_open = False
    deadline_s = time.monotonic() + seconds
    while (left_s := deadline_s - time.monotonic()) > 0 and (floor.waiting() or floor.centre.orders_due(left_s)):
        print(f"  nobody calls any more: {floor.waiting()} callers to be served, {floor.centre.open_orders()} orders "
              f"open; at most {left_s:.0f} s", flush=True)  # fmt: skip
        floor.ends.wait(10)
    orders = [floor.centre.order_of(client) for client in floor.clients]
    print(f"  orders: {Counter(str(order and order.status) for order in orders)}")
    return [_order_words(client, order) for client, order in zip(floor.clients, orders, strict=True)
            if order is None or order.status not in OPEN | {CallbackStatus.TALKED}]  # fmt: skip


def _order_words(client: str, order: CallbackOrder | None) -> str:
    """``+380672000001: given_up: UNKNOWN after 4 s, NO_ANSWER after 20 s``."""
    if order is None:
        return f"{client}: no order"
    tries = (f"{each.cause} after {each.ended_s - each.began_s:.0f} s" for each in order.attempts)
    return f"{client}: {order.status}: {', '.join(tries)}"


def cause_of(fault: Fault, struck: list[tuple[float, str, str]]) -> tuple[float, str, str]:
    """What was killed last before something went wrong."""
    return next((each for each in reversed(struck) if each[0] <= fault.at_s), (0.0, "before any", ""))


def tell(title: str, floor: Floor, struck: list[tuple[float, str, str]], told: set[tuple[str, float]]) -> None:
    """What went wrong since it was told last."""
    found = floor.found()
    print(title, dict(Counter(fault.what for fault in found)) or "", flush=True)
    for fault in found:
        if fault.what != OVERTAKE_ALONE and (fault.what, fault.at_s) not in told:
            told.add((fault.what, fault.at_s))
            at_s, kind, _ = cause_of(fault, struck)
            print(f"  {fault.what}: {fault.words} ({fault.at_s - at_s:.1f} s after {kind})", flush=True)


def table(struck: list[tuple[float, str, str]], found: list[Fault], orders_lost: int) -> None:
    """A row for what was killed or stopped, before which every fault came."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for fault in found:
        counts[cause_of(fault, struck)[1]][fault.what] += 1
    kills = Counter(kind for _, kind, _ in struck)
    print(f"{'killed':<20}{'kills':>7}" + "".join(f"{what:>19}" for what in WHAT))
    for kind in dict.fromkeys([*KINDS, *counts]):
        print(f"{kind:<20}{kills[kind]:>7}" + "".join(f"{counts[kind][what]:>19}" for what in WHAT))
    total = Counter(fault.what for fault in found) + Counter({"order lost": orders_lost})
    print(f"{'all':<20}{len(struck):>7}" + "".join(f"{total[what]:>19}" for what in WHAT))


def report(struck: list[tuple[float, str, str]], found: list[Fault], floor: Floor, lost: list[str]) -> int:
    """The table, and what became of all calls; how much must not be."""
    table(struck, found, len(lost))
    phones = list(floor.crowd.phones.values())
    print(f"{len(floor.crowd.callers)} callers, {sum(bool(each.picked_s) for each in phones)} talks, "
          f"{len(floor.clients)} orders, {floor.waiting()} callers left waiting; lost: {lost}")  # fmt: skip
    return int(len(found) + len(lost) + floor.waiting() > 0)


def main() -> int:
    """Kill, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--callers", type=int, default=100)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--settle", type=float, default=3.0, help="Seconds between two kills, on average.")
    parser.add_argument("--drain", type=float, default=300.0, help="Seconds for the callers who are left.")
    parser.add_argument("--kinds", nargs="*", choices=[*KINDS], default=[*KINDS], help="What is killed.")
    options = parser.parse_args()
    if find() is None:
        print("faults_queue: no FreeSWITCH here (neither on PATH nor under its default prefix); nothing was killed")
        return 0
    ends_early = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ends_early.set())
    struck: list[tuple[float, str, str]] = []
    told: set[tuple[str, float]] = set()
    with disk_of_run("routing-killed-", DISK_MB) as (folder, may_fill):
        kinds = [kind for kind in options.kinds if may_fill or kind != DISK_FULL]
        centre = CallCentre(folder, RTP).start()
        floor = Floor(centre, options.callers, options.orders)
        try:
            while floor.waiting() < options.callers:
                time.sleep(0.5)
            for at in range(options.kills):
                if ends_early.is_set():
                    break
                moment_s, kind, point = strike(floor, kinds)
                struck.append((moment_s, kind, point))
                time.sleep(random.expovariate(1 / options.settle))
                if random.random() > HASTE:
                    floor.wait_served()
                tell(f"{at + 1}: {kind}, {point}", floor, struck, told)
            lost = drain(floor, options.drain)
            return report(struck, floor.found(), floor, lost)
        finally:
            floor.stop()
            centre.stop()


if __name__ == "__main__":
    sys.exit(main())
