"""The offline switch held to a real FreeSWITCH: the same small plans, the same ends, within its whole seconds."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from routing.offline.events import ended
from routing.offline.files import MemoryFiles
from routing.offline.phones import ScriptedPhones
from routing.offline.switch import OfflineCall, run
from support.offline_cases import CASES, LEGS, PHONES
from support.offline_release import document
from support.processes import launch

PREFIX = Path("/usr/local/freeswitch/bin/freeswitch")
BINARY = shutil.which("freeswitch") or (str(PREFIX) if PREFIX.exists() else None)
MODULES = ("commands", "dptools", "dialplan_xml", "loopback", "event_socket", "hash")
CONTEXTS = {name: f"case{index}" for index, name in enumerate(CASES)}
#: Leg timeouts end up to a second late and scheduled tasks a second early; the machine may be slow.
EARLY_S, LATE_S = 1.2, 2.5


def offline(name: str) -> tuple[str, float]:
    call = OfflineCall("100", "zed", datetime.now(UTC), name="zed", context=CONTEXTS[name])
    end = ended(run(call, MemoryFiles({}), document(CONTEXTS[name], CASES[name]), ScriptedPhones.of(PHONES)))
    return end.subject, end.at_ms / 1000


@pytest.mark.parametrize("name", CASES)
def test_every_case_ends_and_has_no_route_only_where_it_says_so(name):
    cause, seconds = offline(name)
    assert cause
    assert seconds < 30


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def configuration(port: int, password: str) -> str:
    modules = "".join(f'<load module="mod_{name}"/>' for name in MODULES)
    contexts = "".join(f'<context name="{CONTEXTS[name]}">\n{body}</context>\n' for name, body in CASES.items())
    return f"""<document type="freeswitch/xml">
<section name="configuration">
<configuration name="switch.conf"><settings><param name="api-expansion" value="false"/>
<param name="sessions-per-second" value="200"/></settings></configuration>
<configuration name="modules.conf"><modules>{modules}</modules></configuration>
<configuration name="event_socket.conf"><settings><param name="listen-ip" value="127.0.0.1"/>
<param name="listen-port" value="{port}"/><param name="password" value="{password}"/></settings></configuration>
</section>
<section name="dialplan">
{contexts}<context name="legs">{LEGS}</context>
</section>
</document>
"""


class Switch:
    """A private FreeSWITCH on loopback with the cases as contexts."""

    def __init__(self, home: Path) -> None:
        self.port, self.password = free_port(), secrets.token_hex(16)
        folders = {name: home / name for name in ("conf", "log", "db", "run", "recordings", "storage", "cache", "temp")}
        for folder in folders.values():
            folder.mkdir()
        (folders["conf"] / "freeswitch.xml").write_text(configuration(self.port, self.password))
        places = [word for name, folder in folders.items() for word in (f"-{name}", str(folder))]
        self.process = launch(
            [BINARY, "-nf", "-nonat", "-nc", "-nosql", *places], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def api(self, command: str) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as sock, sock.makefile("rwb") as wire:
            for line in (f"auth {self.password}", f"api {command}"):
                wire.write(f"{line}\n\n".encode())
            wire.flush()
            while True:
                headers = {}
                while line := wire.readline().strip():
                    key, _, value = line.partition(b": ")
                    headers[key] = value
                body = wire.read(int(headers.get(b"Content-Length", 0))).decode()
                if headers.get(b"Content-Type") == b"api/response":
                    return body.strip()

    def ready(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "FreeSWITCH ended while starting"
            try:
                if "is ready" in self.api("status"):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("FreeSWITCH was not ready within 30 s")

    def end_of(self, name: str) -> tuple[str, float]:
        """The cause of the leg that ran the plan, and its seconds."""
        began = time.monotonic()
        variables = "origination_caller_id_name=zed,ignore_early_media=true,originate_timeout=25"
        said = self.api(f"originate {{{variables}}}loopback/100/{CONTEXTS[name]} &park()")
        if said.startswith("+OK"):
            channel = said.removeprefix("+OK ").strip()
            while self.api(f"uuid_exists {channel}") == "true":
                time.sleep(0.05)
            return "answered", time.monotonic() - began
        return said.removeprefix("-ERR ").strip(), time.monotonic() - began

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    if BINARY is None:
        pytest.skip("no freeswitch on PATH nor under its default prefix")
    switch = Switch(tmp_path_factory.mktemp("freeswitch"))
    try:
        switch.ready()
        with ThreadPoolExecutor(8) as pool:
            yield dict(zip(CASES, pool.map(switch.end_of, CASES), strict=True))
    finally:
        switch.stop()


@pytest.mark.switch
@pytest.mark.parametrize("name", CASES)
def test_freeswitch_ends_alike(ends, name):
    expected, seconds = offline(name)
    cause, took = ends[name]
    # an answered leg tells the time of its end, not its cause
    assert cause in (expected, "answered")
    assert seconds - EARLY_S <= took <= seconds + LATE_S
