"""A call centre on a switch of its own whose processes a tool kills: two queues that share people, a Redis, an engine
with two workers, a journal, callers and orders to call clients back.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import sys
import threading
import time
import urllib.request
import wave
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from routing.callbacks.store import CallbackStore, new_id
from routing.compile.build import build
from routing.journal.database import open_database
from routing.model.callback import CallbackOrder, CallbackSource, CallbackStatus, OrdersDown
from routing.process.memory import ESL_VARIABLE
from routing.release.publish import publish
from routing.steps.queue_alone import NEXT
from routing.store.client import StoreDown
from support.processes import launch
from support.redis_server import Server, free_port

from . import ports
from .crowd import Crowd
from .disks import fill
from .engines import Engine
from .floor_count import ALONE_HEADER
from .switch import PASSWORD, Switch

#: Fills the disk that the centre's folder is on.
DISK_FULL = "the disk full"
QUEUES = {"sales": "+380800330001", "support": "+380800330002"}
#: Where a release says whom such a caller rings next.
_RINGS_NEXT = re.compile(rf'<action application="(?:multi)?set" data="(?:[^"]*\|)?{NEXT}=(?P<people>x*)[|"][^>]*/?>')
PROJECT_ID = "floor"
PROJECT = """\
project: {{name: floor, timezone: Europe/Kyiv, country: UA, destinations: [UA],
  callbacks: {{quiet: no, at_once: 6, minutes_a_day: 1000000}}}}
people: {{{people}}}
gateways: {{main: {{proxy: "127.0.0.1:{port}", ping: false, numbers: {numbers}, caller_id: caller}}}}
"""
SCHEME = """\
scheme: {name}
numbers: "{number}"
steps: [{{queue: {{to: [{people}], at_most: 1h, wrap_up: 1s, for: 20s, music: music.wav}}}}, hangup]
"""


@dataclass
class CallCentre:
    """Started by ``start``; every process is killed by its own method and comes back."""

    folder: Path
    rtp: tuple[int, int]
    engine_port: int = field(default_factory=ports.free)
    #: How many people. Seven of ten work in sales, seven in support.
    size: int = 10

    def __post_init__(self) -> None:
        #: Held while the switch is dead: nobody can call.
        self.gate = threading.Lock()
        #: Person -> number.
        self.people = {f"p{at}": f"+3805011100{at:02}" for at in range(self.size)}

    def start(self) -> CallCentre:
        """Boot all of it."""
        self.crowd, self.root = Crowd(()), self.folder / "root"
        self.database = str(self.folder / "journal.db")
        self._publish()
        open_ended = {"caller_rate": "0", "number_rate": "0", "caller_calls": 0, "number_calls": 0}
        places = {"rtp_start_port": self.rtp[0], "rtp_end_port": self.rtp[1], "loglevel": "warning"}
        self.switch = Switch(self.folder / "node", self.root, open_ended | places).start()
        self._lift_limits()
        self.redis = Server(self.folder / "redis", free_port(), "--appendonly", "yes", "--appendfsync", "always")
        self.orders = CallbackStore(open_database(self.database))
        self.start_engine()
        self.engine.wait().wait_watching()
        self.start_journal()
        return self

    def stop(self) -> None:
        """End all of it."""
        self.journal.kill()
        self.engine.end()
        self.redis.stop()
        self.switch.stop()
        self.crowd.stop()

    def _lift_limits(self) -> None:
        for command in ("fsctl sps 10000", "fsctl max_sessions 5000"):
            self.switch.esl.api(command)

    def _publish(self) -> None:
        schemes = self.folder / "schemes"
        (schemes / "sounds").mkdir(parents=True)
        with wave.open(str(schemes / "sounds" / "music.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(random.Random(1).randbytes(16000) * 60)
        people = ", ".join(
            f'{who}: {{name: P, phones: {{mobile: {{number: "{to}"}}}}}}' for who, to in self.people.items()
        )
        numbers = f"[{', '.join(map(repr, QUEUES.values()))}]"
        (schemes / "project.yaml").write_text(PROJECT.format(people=people, port=self.crowd.port, numbers=numbers))
        sales, support = [*self.people][: self.size * 7 // 10], [*self.people][self.size * 3 // 10 :]
        for (name, number), work in zip(QUEUES.items(), (sales, support), strict=True):
            (schemes / f"{name}.yaml").write_text(SCHEME.format(name=name, number=number, people=", ".join(work)))
        release = build(schemes, self.root, lambda _: {}, f"127.0.0.1:{self.engine_port}")
        _show_who_rings_alone(self.root / "releases" / release.name)
        publish(self.root, release.name, None)

    # processes

    def start_engine(self) -> None:
        """Anew, on the same port."""
        esl = f"127.0.0.1:{self.switch.settings.esl_port}"
        words = ("--workers", "2", "--database", self.database, "--redis", self.redis.url, "--esl", esl)
        self.engine = Engine(_Rooted(self.root), words, {ESL_VARIABLE: PASSWORD}, self.engine_port)

    def start_journal(self) -> None:
        """Anew."""
        spool = self.switch.home / "spool"
        command = [sys.executable, "-m", "routing", "journal", "--root", self.root, "--spool", spool]
        command += ["--database", self.database, "--redis", self.redis.url]
        with (self.folder / "journal.log").open("ab") as log:
            environment = os.environ | {ESL_VARIABLE: PASSWORD}
            self.journal: Popen[Any] = launch(command, stdout=log, stderr=log, env=environment)

    def workers(self) -> list[int]:
        """The engine's workers now."""
        pid = self.engine.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def serves(self) -> bool:
        """Whether a worker leads queues that have callers."""
        try:
            with urllib.request.urlopen(f"http://{self.engine.status}/people", timeout=2) as answer:
                workers = json.load(answer)["workers"]
        except (OSError, ValueError):
            return False
        return any(each["known"] and each["queues"] for each in workers)

    def kill(self, kind: str) -> None:
        """Kill something; it is back when this returns, or comes back by itself."""
        match kind:
            case "a worker":
                for pid in self.workers()[-1:] if random.random() < 0.5 else self.workers()[:1]:
                    os.kill(pid, signal.SIGKILL)
            case "all workers":
                for pid in self.workers():
                    os.kill(pid, signal.SIGKILL)
            case "the engine" | "the engine for 10 s":
                self.engine.end()
                time.sleep(random.uniform(0, 1) if kind == "the engine" else 10)
                self.start_engine()
            case "Redis killed":
                self.redis.stop()
                time.sleep(random.uniform(0, 3))
                self.redis.start()
            case "Redis flushed":
                self.crowd_free_flush()
            case "Redis stalled":
                self._stall(self.redis.process.pid)
            case "a worker stalled":
                self._stall(*self.workers()[-1:])
            case "the engine stalled":
                self._stall(self.engine.process.pid, *self.workers())
            case "the journal stalled":
                self._stall(self.journal.pid)
            case "FreeSWITCH stalled":
                with self.gate:
                    self._stall(self.switch.process.pid, longest_s=2)
            case _ if kind == DISK_FULL:
                filler = fill(self.folder)
                time.sleep(random.uniform(1, 10))
                filler.unlink()
                if self.redis.process.poll() is not None:  # it ends when it cannot write: its service starts it again
                    self.redis.start()
            case "FreeSWITCH":
                with self.gate:
                    self.switch.kill()
                    self.crowd.cut_off()
                    time.sleep(random.uniform(0, 2))
                    self.switch = self.switch.again()
                    self._lift_limits()
            case "the journal":
                self.journal.kill()
                self.journal.wait()
                self.start_journal()

    def _stall(self, *pids: int, longest_s: float = 4) -> None:
        """They are there, and do nothing for a while; one of them that dies of it is let go."""
        for sign in (signal.SIGSTOP, signal.SIGCONT):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, sign)
            if sign is signal.SIGSTOP:
                time.sleep(random.uniform(1, longest_s))

    def crowd_free_flush(self) -> None:
        """Redis forgets everything."""
        from .redises import store_at

        store = store_at(self.redis.url)
        try:
            with contextlib.suppress(StoreDown):  # it reads what it had written
                store.ask("x", ("FLUSHALL",))
        finally:
            store.close()

    # orders

    def order(self, number: str) -> bool:
        """A client is to be called back; False when that cannot be written."""
        now, queue = time.time(), random.choice([*QUEUES])
        words = {"created_s": now, "not_before_s": now, "expires_s": now + 86400, "dialled": QUEUES[queue]}
        try:
            self.orders.order(CallbackOrder(new_id(), PROJECT_ID, number, queue, CallbackSource.API, **words))
        except (SQLAlchemyError, OrdersDown):
            return False
        return True

    def open_orders(self) -> int:
        """How many there are."""
        try:
            return len(self.orders.open(PROJECT_ID))
        except SQLAlchemyError:
            return 0

    def orders_due(self, seconds: float) -> int:
        """Of how many the client is dialled now, or will be within a time."""
        try:
            found = self.orders.open(PROJECT_ID)
        except SQLAlchemyError:
            return 1  # who cannot look goes on waiting
        due_s = time.time() + seconds
        return sum(each.status is CallbackStatus.DIALLING or each.not_before_s < due_s for each in found)

    def order_of(self, number: str) -> CallbackOrder | None:
        """A client's order; None when there is none any more."""
        found = self.orders.latest(PROJECT_ID, 1, number=number)
        return found[0] if found else None


def _show_who_rings_alone(release: Path) -> None:
    """Let phones see, by a header, which callers rang them without an engine."""
    marked = 0
    for dialplan in release.rglob("*.xml"):
        text, found = _RINGS_NEXT.subn(_and_header, dialplan.read_text())
        dialplan.write_text(text)
        marked += found
    if not marked:
        raise LookupError("no caller of this release rings anybody without an engine")


def _and_header(setting: re.Match[str]) -> str:
    rings = len(setting["people"]) > 1  # the next one, after whom this rings
    application, value = ("export", "nolocal:{}=yes") if rings else ("set", "{}=")
    return f'{setting[0]}<action application="{application}" data="{value.format(f"sip_h_{ALONE_HEADER}")}"/>'


@dataclass
class _Rooted:
    root: Path
