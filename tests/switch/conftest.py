"""Fixtures of the switch suite: one private FreeSWITCH, its company and engine, and every chosen case run once.

Cases run at the same time, as many as do not share a phone; the tests then look at what came of them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from switchbed import ports
from switchbed.bed import Bed, Outcome, until
from switchbed.company import CLOSED_PORT, Company
from switchbed.engines import serving
from switchbed.handler import Handler
from switchbed.offline_bed import ENGINE, OfflineBed
from switchbed.switch import PASSWORD, Switch, find
from switchbed.trunk import Trunk

#: Cases under way; most of them wait for a phone that another one has.
_AT_ONCE = 16
#: When the offline runs begin: a Monday.
NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Kyiv"))
_MISSING = {
    "freeswitch (neither on PATH nor under /usr/local/freeswitch)": find() is None,
    "sipp (Debian: sip-tester)": shutil.which("sipp") is None,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here but the offline runs needs the real switch; without it, say what is missing."""
    missing = [name for name, is_missing in _MISSING.items() if is_missing]
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.path.stem.endswith("_offline"):
            item.add_marker(pytest.mark.switch)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"not found: {', '.join(missing)}"))


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory):
    """The folder of this run, which has ports of its own."""
    yield tmp_path_factory.mktemp("switch")
    ports.release()


@pytest.fixture(scope="session")
def trunk(place: Path):
    """The carrier's proxy."""
    running = Trunk()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def handler():
    """The customer's webhook handler."""
    running = Handler()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def company(place: Path, trunk: Trunk, handler: Handler) -> Company:
    """The company, not yet published."""
    return Company(place / "schemes", place / "root", trunk.port, handler.port)


@pytest.fixture(scope="session")
def offline_bed(tmp_path_factory: pytest.TempPathFactory) -> OfflineBed:
    """A company that nobody but the offline switch reads; it takes no ports."""
    place = tmp_path_factory.mktemp("offline")
    company = Company(place / "schemes", place / "root", today=NOON.date())
    company.publish(ENGINE)
    return OfflineBed(company, NOON, place)


@pytest.fixture(scope="session")
def event_socket(place: Path) -> int:
    """The port of the switch's event socket, which the engine watches."""
    return ports.free()


@pytest.fixture(scope="session")
def engine(place: Path, company: Company, event_socket: int):
    """The product's engine with a Redis of its own, serving decisions; gives its ``host:port``."""
    address, status = f"127.0.0.1:{ports.free()}", f"127.0.0.1:{ports.free()}"
    company.root.mkdir()
    command = [sys.executable, "-m", "routing", "serve", "--root", str(company.root), "--listen", address]
    command += ["--http", status, "--workers", "1", "--esl", f"127.0.0.1:{event_socket}"]
    with (place / "engine.log").open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True, env=os.environ | {"ROUTING_ESL_PASSWORD": PASSWORD}
        )
    try:
        if not until(lambda: process.poll() is not None or _is_healthy(status), 30) or process.poll() is not None:
            raise RuntimeError((place / "engine.log").read_text())
        yield address
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)


@pytest.fixture(scope="session")
def switch(place: Path, company: Company, engine: str, event_socket: int):
    """A FreeSWITCH of our configuration with the company published."""
    company.publish(engine)
    running = Switch(place / "node", company.root, {"carriers": ("127.0.0.1/32",), "esl_port": event_socket}).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def bed(place: Path, switch: Switch, company: Company, trunk: Trunk, handler: Handler, engine: str) -> Bed:
    """All of it together."""
    return Bed(switch, company, trunk, handler, place / "cases", engine)


@pytest.fixture(scope="session")
def outcomes(request: pytest.FixtureRequest, bed: Bed) -> dict[str, Future[list[Outcome]]]:
    """What came of the calls of every case that this run chose, by its name; those of one engine at the same time."""
    specs = [getattr(item, "callspec", None) for item in request.session.items]
    chosen = [spec.params["case"] for spec in specs if spec and "case" in spec.params]
    found = {}
    for name in sorted({case.engine for case in chosen}):
        with _engine(name, bed), ThreadPoolExecutor(_AT_ONCE) as pool:
            found |= {case.name: pool.submit(bed.carry, case) for case in chosen if case.engine == name}
    return found


@contextlib.contextmanager
def _engine(name: str, bed: Bed) -> Iterator[None]:
    """The company published for the engine that a case wants; for the bed's own again afterwards."""
    if not name:
        yield
        return
    with contextlib.ExitStack() as stack:
        stack.callback(bed.company.publish, bed.engine)
        address = f"127.0.0.1:{ports.free()}"
        if name == "forgetful":
            watches = bed.switch.settings.esl_port
            away = f"redis://127.0.0.1:{CLOSED_PORT}"
            engine = stack.enter_context(serving(bed.company, "--redis", away, watches=watches))
            address = engine.wait_watching().address
        bed.company.publish(address)
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """A failed test shows the end of the switch's log."""
    report = (yield).get_result()
    running = item.funcargs.get("switch") if hasattr(item, "funcargs") else None
    if report.failed and running is not None:
        report.sections.append(("FreeSWITCH", running.log_tail()))


def _is_healthy(status: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{status}/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many of the shared cases were carried by which switch, and why not by both."""
    counts = {"real": set(), "offline": set()}
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        file, _, name = report.nodeid.partition("::")
        if report.when == "call" and name.startswith("test_case["):
            counts["offline" if file.endswith("_offline.py") else "real"].add(name)
    if any(counts.values()):
        both = counts["real"] & counts["offline"]
        missing = [name for name, is_missing in _MISSING.items() if is_missing]
        why = f"; not found: {', '.join(missing)}" if missing else "" if both else "; the others were not asked for"
        only = [f"{len(names - both)} on the {switch} switch only" for switch, names in counts.items() if names - both]
        words = "; ".join([f"{len(both)} on both switches", *only])
        terminalreporter.write_line(f"shared cases: {words}{why}")
