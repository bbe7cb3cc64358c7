"""What waiting in a queue costs on a real FreeSWITCH, and how soon a free person's phone rings.

    python tools/bench_queue.py [--callers 100] [--seconds 60] [--talks 100]

Prints FreeSWITCH's memory for a turn of a waiting caller, its CPU for them beside calls that only play the same music,
the time from the end of a talk to the next ringing of the same phone (mod_callcenter's too), the engine's CPU for a
decision among 500 waiting callers, and what a queue without callers costs. Without FreeSWITCH only the decision is
measured.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, quantiles

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

import queue_peer  # noqa: E402
from bench_waiting import Published, cpu_s, family, memory_kb, sent_on_ms  # noqa: E402

from routing.compile.build import build  # noqa: E402
from routing.decide.queue_turn import QueuePorts, QueueTurn  # noqa: E402
from routing.decide.queueing import Queueing  # noqa: E402
from routing.model.call import Call  # noqa: E402
from routing.model.decision import TURN_SECONDS  # noqa: E402
from routing.model.memory import State  # noqa: E402
from routing.model.queue import LONGEST_REST_MS, QueueMember  # noqa: E402
from routing.process.memory import NoMemory  # noqa: E402
from routing.release.publish import publish  # noqa: E402
from support.switchbed.crowd import Crowd  # noqa: E402
from support.switchbed.engines import Engine, serving  # noqa: E402
from support.switchbed.ports import RTP  # noqa: E402
from support.switchbed.switch import Switch, find  # noqa: E402
from support.switchbed.waiting import until  # noqa: E402

QUEUED, PLAYED, MOBILE = "+380800330001", "+380800330002", "+380501110001"
PROJECT = f"""\
project: {{name: queued, timezone: Europe/Kyiv, country: UA, destinations: [UA]}}
people: {{ivan: {{name: I, phones: {{mobile: {{number: "{MOBILE}"}}}}}}}}
gateways: {{main: {{proxy: "127.0.0.1:{{port}}", ping: false, numbers: ["{QUEUED}", "{PLAYED}"], caller_id: caller}}}}
"""
SCHEME = """\
scheme: {name}
numbers: "{number}"
steps: [{step}, hangup]
"""
SCHEMES = {
    "queued": SCHEME.format(name="queued", number=QUEUED, step="{queue: {to: ivan, at_most: 1h, music: music.wav}}"),
    "played": SCHEME.format(name="played", number=PLAYED, step="{play: music.wav}"),
}
MUSIC_SECONDS = 600
PROMISED_TURN_KB, PROMISED_CPU_RATIO, PROMISED_FREE_MS, PROMISED_DECISION_MS = 15.0, 1.1, 150.0, 1.0
WAITING, PEOPLE, DECISIONS = 500, 20, 400
IDLE_SECONDS = 10
#: So often both kinds of call are measured once more.
AGAIN = 2


@dataclass(frozen=True)
class Row:
    """A line of the table: what, the figure with its unit, what is promised."""

    what: str
    figure: str
    promised: str = ""
    is_kept: bool = True

    def __str__(self) -> str:
        told = f"<= {self.promised}{'' if self.is_kept else '  NOT KEPT'}" if self.promised else ""
        return f"{self.what:<66} {self.figure:>18}  {told}"


def at_most(what: str, figure: float, unit: str, promised: float) -> Row:
    """A figure that is to be no larger than what is promised."""
    return Row(what, f"{figure:.2f}{unit}", f"{promised:g}{unit}", figure <= promised)


# decisions, without a switch


class Floor:
    """A queue of 500 callers and 20 people, all of whom talk."""

    def __init__(self) -> None:
        self.free = ""
        ports = QueuePorts(self._state, NoMemory(), lambda _: {}, random.Random(1).random, lambda _: "20261123")
        self.queueing = Queueing(ports)
        people = [
            {"name": f"p{at}", "person": f"p{at}", "sip": ["1"], "outside": False, "seconds": 20}
            for at in range(PEOPLE)
        ]
        self.step = {"kind": "queue", "project": "bench", "people": people, "announce": {"places": 5}}
        for at in range(WAITING):
            self.turn(at, 1_000_000 + at)

    def _state(self, member: QueueMember) -> State:
        return "free" if member.person == self.free else "busy"

    def turn(self, at: int, now_ms: int) -> None:
        """A caller's turn; they have entered."""
        call = Call(f"call{at}", "/release", "queued", "1", QUEUED, f"+38067{at:07}")
        self.queueing.heard(QueueTurn(call, self.step, "x", has_entered=True), now_ms)


def decisions() -> Iterator[Row]:
    """CPU of a turn that goes on waiting, and of an offer."""
    floor = Floor()
    turn_ms = median(_cpu_ms(lambda at=at: floor.turn(at, 1_003_000 + at)) for at in range(DECISIONS))
    yield at_most(f"engine: CPU of a turn, {WAITING} callers waiting (median)", turn_ms, " ms", PROMISED_DECISION_MS)
    spent = []
    for at in range(DECISIONS):
        floor.free, now_ms = f"p{at % PEOPLE}", 1_010_000 + at
        offers = []
        spent.append(_cpu_ms(lambda now_ms=now_ms, offers=offers: offers.extend(floor.queueing.changed(now_ms))))
        assert len(offers) == 1
        floor.free = ""
        floor.queueing.gone(offers[0].call.uuid, now_ms)
        floor.turn(WAITING + at, now_ms)
    figure = median(spent)
    yield at_most(f"engine: CPU of an offer, {WAITING} callers waiting (median)", figure, " ms", PROMISED_DECISION_MS)


def _cpu_ms(act: object) -> float:
    began = time.process_time_ns()
    act()  # type: ignore[operator]
    return (time.process_time_ns() - began) / 1e6


# on the switch


def company(folder: Path, port: int, root: Path, engine: str) -> None:
    """Publish the schemes, asking this engine."""
    (folder / "sounds").mkdir(parents=True, exist_ok=True)
    with wave.open(str(folder / "sounds" / "music.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(random.Random(1).randbytes(16000) * MUSIC_SECONDS)
    (folder / "project.yaml").write_text(PROJECT.replace("{port}", str(port)))
    for name, text in SCHEMES.items():
        (folder / f"{name}.yaml").write_text(text)
    publish(root, build(folder, root, lambda _: {}, engine).name, None)


@dataclass
class Bench:
    """A switch, its crowd and its engine; ``callers`` at once, watched for ``seconds``."""

    switch: Switch
    crowd: Crowd
    engine: Engine
    music: Path
    callers: int
    seconds: float

    def rows(self, talks: int) -> Iterator[Row]:
        """Every figure."""
        pids = family(self.engine.process.pid)
        before_ms = self._idle_ms(pids)
        played = [self._played()]
        queued_ms, memory_kb = self._queued()
        turns = self.callers * self.seconds / (TURN_SECONDS + LONGEST_REST_MS / 1000)
        yield at_most("FreeSWITCH: memory of a waiting caller's turn", memory_kb / turns, " kB", PROMISED_TURN_KB)
        times = [sent_on_ms(self.switch, self.crowd, talk) for talk in range(1, max(3, min(talks, self.callers)))]
        yield Row(f"from the end of a talk to the next ringing, {len(times)} times: p50", f"{median(times):.0f} ms")
        yield at_most("  p99", quantiles(times, n=100, method="inclusive")[98], " ms", PROMISED_FREE_MS)
        self._end()
        yield from self._peer(times)
        yield from self._cpu(played, [queued_ms])
        yield Row("engine: CPU a second before any call", f"{before_ms:.1f} ms")
        yield Row("engine: CPU a second when the queue is empty again", f"{self._idle_ms(pids):.1f} ms")

    def _peer(self, ours: list[float]) -> Iterator[Row]:
        """The same with mod_callcenter, where FreeSWITCH has it."""
        if why := queue_peer.why_not(self.switch, self.crowd, MOBILE, self.music):
            yield Row(f"mod_callcenter was not measured: {why}", "")
            return
        theirs = queue_peer.times_ms(self.switch, self.crowd, self.callers, len(ours) + 1)
        p99 = [quantiles(times, n=100, method="inclusive")[98] for times in (ours, theirs)]
        yield Row("  mod_callcenter, same calls: p50", f"{median(theirs):.0f} ms")
        yield Row("  mod_callcenter: p99", f"{p99[1]:.0f} ms")
        yield Row("  how many times as long as the queue: p50, p99",
                  f"{median(theirs) / median(ours):.1f}, {p99[1] / p99[0]:.1f}")  # fmt: skip
        self._end()

    def _cpu(self, played: list[float], queued: list[float]) -> Iterator[Row]:
        """CPU of both kinds of call, measured in turns, as machines change from one minute to the next."""
        for _ in range(AGAIN):
            queued.append(self._queued()[0])
            self._end()
            played.append(self._played())
        figures = [fmean(queued), fmean(played)]
        for figure, each, kind in zip(
            figures, (queued, played), ("a waiting caller", "a call that only plays the music"), strict=True
        ):
            yield Row(f"FreeSWITCH: CPU a second of {kind} ({min(each):.2f} to {max(each):.2f})", f"{figure:.2f} ms")
        yield at_most("  ratio", figures[0] / figures[1], "", PROMISED_CPU_RATIO)

    def _queued(self) -> tuple[float, float]:
        """CPU (ms) a second of a waiting caller; memory (kB) that all of them took. Nobody is free."""
        self.crowd.call(QUEUED, "+380670000000", self.switch.settings.external_port)
        assert until(lambda: any(each.state == "talking" for each in self.crowd.phones.values()), 30)
        return self._spent(QUEUED)

    def _played(self) -> float:
        """CPU (ms) a second of a call that only plays the music."""
        spent_ms, _ = self._spent(PLAYED)
        self._end()
        return spent_ms

    def _spent(self, number: str) -> tuple[float, float]:
        """CPU (ms) a second of a call, and memory (kB) that FreeSWITCH took for so many calls of a number."""
        for place in range(1, self.callers + 1):
            self.crowd.call(number, f"+38067{place:07}", self.switch.settings.external_port)
            time.sleep(0.05)
        assert until(lambda: sum(each.state == "talking" for each in self.crowd.callers.values()) >= self.callers, 30)
        time.sleep(2 * TURN_SECONDS)
        pid = self.switch.process.pid
        cpu, memory = cpu_s(pid), memory_kb(pid)
        time.sleep(self.seconds)
        spent_s = cpu_s(pid) - cpu
        return 1000 * spent_s / self.callers / self.seconds, memory_kb(pid) - memory

    def _end(self) -> None:
        self.switch.esl.api("hupall")
        assert until(lambda: self.switch.channels() == 0, 30)
        self.crowd.forget()

    def _idle_ms(self, pids: list[int]) -> float:
        before = cpu_s(*pids)
        time.sleep(IDLE_SECONDS)
        return 1000 * (cpu_s(*pids) - before) / IDLE_SECONDS


def on_the_switch(folder: Path, callers: int, seconds: float, talks: int) -> Iterator[Row]:
    """Every figure of FreeSWITCH, in a folder of its own."""
    root, crowd = folder / "root", Crowd((MOBILE[-9:],))
    company(folder / "schemes", crowd.port, root, "127.0.0.1:9")
    unlimited = {"caller_rate": "0", "number_rate": "0", "caller_calls": 0, "number_calls": 0, "loglevel": "warning"}
    switch = Switch(folder / "node", root, unlimited | {"rtp_start_port": RTP[0], "rtp_end_port": RTP[1]}).start()
    try:
        with serving(Published(root), watches=switch.settings.esl_port) as engine:
            company(folder / "schemes", crowd.port, root, engine.wait_watching().address)
            yield from Bench(switch, crowd, engine, folder / "schemes" / "sounds" / "music.wav", callers, seconds).rows(
                talks
            )
    finally:
        switch.stop()
        crowd.stop()


def main() -> None:
    """Measure and print the table; a promise that is not kept is marked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--callers", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--talks", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="routing-queue-") as folder:
        found = [decisions()]
        if find() is None:
            print("bench_queue: no FreeSWITCH here (neither on PATH nor under its default prefix); decisions only")
        else:
            found.append(on_the_switch(Path(folder), options.callers, options.seconds, options.talks))
        for row in (row for rows in found for row in rows):
            print(row, flush=True)


if __name__ == "__main__":
    main()
