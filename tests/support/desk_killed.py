"""A desk, a journal, an engine and a Redis as processes that are killed while people work at the desk; what was
acknowledged is kept in a ledger and looked for afterwards."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from routing.callbacks.store import CallbackStore
from routing.desk.accounts import Accounts, SignInRefused, digest
from routing.journal import store
from routing.journal.database import open_database
from routing.model.callback import CallbackOrder, CallbackSource
from routing.store.program import program
from support.desk_calls import call
from support.folders import compiled
from support.journal_bed import CDR
from support.processes import launch

COMPANY = """
project:
  name: shop
  timezone: Europe/Kyiv
  country: UA
  callbacks: {}
  desk: {users: {nataliia: manager, ops: {role: admin, name: Ops}}}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
  nataliia: {name: Nataliia, phones: {desk: {sip: "1002"}}}
gateways:
  main: {proxy: sip.example, username: u}
"""
SCHEME = 'scheme: a\nnumbers: ["+380800330521"]\nsteps: [{ring: ivan}, hangup]\n'
CALLS, ORDERS = 400, 4000
#: What is killed, and how often.
KINDS = {"the desk": 6, "the journal": 3, "Redis": 2, "the engine": 1}
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: The case whose call is recorded again and again, each time with other uuids.
CASE = "caller_ends"


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Ledger:
    """Deeds by kind and key: True when acknowledged, False when nobody knows."""

    deeds: dict[tuple[str, str], bool] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, key: str, is_known: bool) -> None:
        """Write one down."""
        with self.lock:
            self.deeds[kind, key] = is_known or self.deeds.get((kind, key), False)

    def of(self, kind: str, known: bool = True) -> list[str]:
        """The keys of a kind."""
        with self.lock:
            return [key for (each, key), is_known in self.deeds.items() if each == kind and is_known is known]


class MortalDesk:
    """The processes on one root."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root, self.spool = folder, folder / "root", folder / "spool"
        self.database = folder / "journal.db"
        self.spool.mkdir()
        self.ledger, self.faults = Ledger(), list[str]()
        self._publish()
        self._fill()
        self.port, redis_port = free_port(), free_port()
        self.address, self.redis = f"http://127.0.0.1:{self.port}", f"redis://127.0.0.1:{redis_port}"
        about = ["--root", self.root, "--redis", self.redis]
        self._commands: dict[str, list[object]] = {
            "Redis": [program(), "--port", redis_port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes",
                      "--appendfsync", "everysec"],
            "the engine": [*_routing("serve"), *about, "--listen", "127.0.0.1:0", "--http", f"127.0.0.1:{free_port()}",
                           "--workers", 1, "--database", self.database],
            "the journal": [*_routing("journal"), *about, "--spool", self.spool, "--database", self.database],
            "the desk": [*_routing("desk"), *about, "--listen", f"127.0.0.1:{self.port}", "--http",
                         f"127.0.0.1:{free_port()}", "--database", self.database],
        }  # fmt: skip
        self.processes: dict[str, subprocess.Popen[Any]] = {}
        for kind in self._commands:
            self._start(kind)

    def kill(self, kind: str) -> None:
        """Kill a process by -9 and start it anew; only from the thread that made this object."""
        with suppress(ProcessLookupError):
            os.killpg(self.processes[kind].pid, signal.SIGKILL)
        self.processes[kind].wait()
        self._start(kind)

    def serves(self) -> bool:
        """Whether the desk answers."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.address}/sign-in", timeout=5).status_code == 200
        return False

    def wait_served(self) -> None:
        """Wait until it does."""
        deadline_s = time.monotonic() + 120
        while not self.serves():
            assert time.monotonic() < deadline_s, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """End every process."""
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def accounts(self) -> Accounts:
        """The desk's accounts."""
        return Accounts(open_database(str(self.database), migrate=False), "shop")

    def put_call(self) -> str:
        """FreeSWITCH writes the files of one more call; the A-leg's last, as it does; its uuid."""
        names: dict[bytes, bytes] = {}

        def other(found: re.Match[bytes]) -> bytes:
            return names.setdefault(found[0], _uuid())

        files = sorted((CDR / CASE).iterdir(), key=lambda file: file.name.startswith("a_"))
        for file in files:
            name = _UUID.sub(other, file.name.encode()).decode()
            part = self.spool / f"{name}.part"
            part.write_bytes(_UUID.sub(other, file.read_bytes()))
            part.rename(self.spool / name)
        return name.removeprefix("a_").removesuffix(".cdr.json")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says."""
        with closing(sqlite3.connect(self.database, timeout=60)) as connection:
            return connection.execute(query).fetchall()

    def _start(self, kind: str) -> None:
        with (self.folder / "log").open("a") as log:
            self.processes[kind] = launch(self._commands[kind], cwd=self.folder, stdout=log, stderr=log,
                                          process_group=0)  # fmt: skip

    def _publish(self) -> None:
        schemes = self.folder / "schemes"
        schemes.mkdir()
        (schemes / "company.yaml").write_text(COMPANY, "utf-8")
        (schemes / "a.yaml").write_text(SCHEME, "utf-8")
        (self.root / "current").symlink_to(f"releases/{compiled(schemes, self.root).name}")

    def _fill(self) -> None:
        engine, sounds = open_database(str(self.database)), self.folder / "recordings/calls"
        sounds.mkdir(parents=True)
        now = time.time()
        for at in range(CALLS):
            (sounds / f"c{at}.wav").write_bytes(b"sound")
        recordings = [call(f"c{at}", started=now - 99, recording=str(sounds / f"c{at}.wav")) for at in range(CALLS)]
        store.record(engine, recordings)
        for at in range(ORDERS):
            CallbackStore(engine).order(
                CallbackOrder(
                    f"order{at}", "shop", f"+38067{at:07}", "a", CallbackSource.CLI, now, now + 9e6, now + 9e7
                )
            )
        engine.dispose()


def _routing(command: str) -> list[object]:
    return [sys.executable, "-c", "from routing.cli import main; main()", command]


def _uuid() -> bytes:
    hexes = f"{random.getrandbits(128):032x}"
    return f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]}-{hexes[16:20]}-{hexes[20:]}".encode()


Deed = Callable[[int], None]


class DeskWorkers:
    """People at the desk, each in a thread, who do one deed after the other for as long as it is open."""

    def __init__(self, bed: MortalDesk) -> None:
        self.bed, self.ledger = bed, bed.ledger
        self._ends = threading.Event()
        self._local: dict[str, requests.Session] = {name: self.signed_in(name) for name in ("ops", "nataliia", "ivan")}
        self.listeners = [self.signed_in("ops") for _ in range(6)]  # a new password ends sessions
        deeds = (
            self.link,
            self.listen,
            self.cancel,
            self.set_state,
            self.come_in,
            self.export,
            self.set_password,
            self.call,
        )
        self._threads = [threading.Thread(target=self._work, args=(deed,), daemon=True) for deed in deeds]

    def signed_in(self, name: str) -> requests.Session:
        """A browser in which somebody has come by a link."""
        session = requests.Session()
        session.trust_env = False
        token = self.bed.accounts().link(name, time.time())
        answer = session.post(f"{self.bed.address}/enter", {"token": token}, timeout=30)
        if answer.status_code in (429, 503):  # too many at once, or the database is busy
            raise requests.ConnectionError
        assert answer.status_code == 200, answer.text[:300]
        self.ledger.note("session", f"{name} {session.cookies['desk_session']}", True)
        return session

    @contextmanager
    def working(self) -> Iterator[None]:
        """They work while the block runs."""
        for each in self._threads:
            each.start()
        try:
            yield
        finally:
            self._ends.set()
            for each in self._threads:
                each.join(90)

    def _work(self, deed: Deed) -> None:
        at = 0
        while not self._ends.wait(random.uniform(0.0, 0.05)):
            at += 1
            try:
                deed(at)
            except requests.RequestException:
                self._ends.wait(0.5)  # killed: it is not known what was done
            except Exception as problem:
                self.bed.faults.append(f"{deed.__name__}: {problem!r}")
                return

    def _send(self, who: str, path: str, kind: str = "", key: str = "", **fields: str) -> requests.Response:
        """A form, with its page's token; the deed is not known until it is acknowledged."""
        session = self._local[who]
        page = session.get(f"{self.bed.address}/settings", timeout=30)
        found = re.search(r'name="form-token" content="([^"]*)"', page.text)
        if found is None:
            assert page.status_code >= 500, f"{who} is signed out: {page.status_code} {page.url}"
            raise requests.ConnectionError
        if kind:
            self.ledger.note(kind, key, False)
        form = {"form_token": found[1], **fields}
        return session.post(f"{self.bed.address}{path}", form, timeout=30, allow_redirects=False)

    def link(self, at: int) -> None:
        """An admin gives links."""
        answer = self._send("ops", "/accounts/nataliia/link")
        if found := re.search(r"/enter\?token=([\w-]+)", answer.text):
            self.ledger.note("link", digest(found[1]), answer.status_code == 200)

    def listen(self, at: int) -> None:
        """An admin listens."""
        session, call = self.listeners[at // CALLS % len(self.listeners)], f"c{at % CALLS}"
        answer = session.get(f"{self.bed.address}/recordings/{call}", timeout=30)
        self.ledger.note("listen", call, answer.status_code == 200 and answer.content == b"sound")

    def cancel(self, at: int) -> None:
        """A manager cancels callbacks."""
        order = f"order{at}"
        answer = self._send("nataliia", f"/callbacks/{order}/cancel", "cancel", order)
        self.ledger.note("cancel", order, answer.status_code == 303 and "cancelled" in answer.headers["Location"])

    def set_state(self, at: int) -> None:
        """A person is paused, and back."""
        what = ("dnd_on", "dnd_off")[at % 2]
        answer = self._send("ivan", "/my/state", "state", f"{at} {what}", what=what)
        self.ledger.note("state", f"{at} {what}", answer.status_code == 303)

    def come_in(self, at: int) -> None:
        """Somebody signs in."""
        if at % 4 == 0:
            self.signed_in("ivan")

    def export(self, at: int) -> None:
        """A manager exports."""
        answer = self._local["nataliia"].get(f"{self.bed.address}/export/journal.csv?tag=e{at}", timeout=30)
        self.ledger.note("export", f"e{at}", answer.status_code == 200)

    def set_password(self, at: int) -> None:
        """A manager sets one password after the other."""
        old = next(reversed(self.ledger.of("password")), "")
        if at % 20:
            return
        for unknown in self.ledger.of("password", known=False):
            if self._is_password(unknown):
                self.ledger.note("password", unknown, True)
                old = unknown
            else:
                self.ledger.deeds.pop(("password", unknown))
        new = f"blue horse {at}"
        answer = self._send("nataliia", "/settings/password", "password", new, old=old, new=new)
        self.ledger.note("password", new, answer.status_code == 303)

    def _is_password(self, password: str) -> bool:
        try:
            self.bed.accounts().check("nataliia", password, time.time() + 7200)
        except SignInRefused:
            return False
        return True

    def call(self, at: int) -> None:
        """FreeSWITCH ends a call."""
        self.ledger.note("call", self.bed.put_call(), True)
        self._ends.wait(0.5)
