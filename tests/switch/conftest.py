"""Fixtures of the switch suite: one private FreeSWITCH, its company and engine, and every chosen case run once.

Cases run at the same time, as many as do not share a phone; the tests then look at what came of them.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from support.switchbed import ports
from support.switchbed.bed import Bed, Outcome, until
from support.switchbed.carried import AGAIN, Carried
from support.switchbed.cases import Case, parse_phone
from support.switchbed.company import CLOSED_PORT, Company
from support.switchbed.engines import Engine, serving
from support.switchbed.handler import Handler
from support.switchbed.lab import Lab
from support.switchbed.local_day import LocalDay
from support.switchbed.offline_bed import ENGINE, OfflineBed
from support.switchbed.parts import part_of
from support.switchbed.speech_menu import TOOLS, is_ready, serves, speaking
from support.switchbed.switch import Switch, find
from support.switchbed.trunk import Trunk

#: Cases under way; most of them wait for a phone that another one has.
_AT_ONCE = 16
#: Whether a test failed, kept with it until its fixtures are taken down.
_FAILED = pytest.StashKey[bool]()
#: Understands tones instead of words.
TONES = TOOLS / "recogniser_tones.py"
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


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest):
    """No test leaves a call to those after it: none is there after it, and those of a failed one are ended.

    What a failed one left to remember goes too: its next run begins as the first one did.
    """
    yield
    bed = getattr(request.node, "funcargs", {}).get("bed")
    for switch in _switches(request.node):
        if request.node.stash.get(_FAILED, False):
            switch.esl.api("hupall normal_clearing")
            until(lambda switch=switch: switch.channels() == 0)
            if isinstance(bed, Bed) and bed.switch is switch:
                bed.forget()
        else:
            assert until(lambda switch=switch: switch.channels() == 0, 30), switch.esl.api("show channels")


def _switches(item: pytest.Item) -> set[Switch]:
    """The running switches that a test had, its own ones or a bed's."""
    beds = getattr(item, "funcargs", {}).values()
    found = {bed if isinstance(bed, Switch) else getattr(bed, "switch", None) for bed in beds}
    return {each for each in found if isinstance(each, Switch) and each.process.poll() is None}


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
    company = Company(place / "schemes", place / "root", day=LocalDay("Europe/Kyiv", NOON.date()))
    company.publish(ENGINE)
    return OfflineBed(company, NOON, place)


@pytest.fixture(scope="session")
def event_socket(place: Path) -> int:
    """The port of the switch's event socket, which the engine watches."""
    return ports.free()


@pytest.fixture(scope="session")
def watching(company: Company, event_socket: int):
    """The product's engine with a Redis of its own, serving decisions."""
    company.root.mkdir()
    with serving(company, "--recogniser", f"english={sys.executable} {TONES}", watches=event_socket) as running:
        yield running


@pytest.fixture(scope="session")
def engine(watching: Engine) -> str:
    """Where it serves, ``host:port``."""
    return watching.address


@pytest.fixture(scope="session")
def switch(place: Path, company: Company, engine: str, event_socket: int):
    """A FreeSWITCH of our configuration with the company published."""
    company.publish(engine)
    running = Switch(place / "node", company.root, {"carriers": ("127.0.0.1/32",), "esl_port": event_socket}).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def bed(place: Path, switch: Switch, company: Company, trunk: Trunk, handler: Handler, watching: Engine) -> Bed:
    """All of it together."""
    return Bed(switch, company, trunk, handler, place / "cases", watching.address, watching.status)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory):
    """A switch of its own for what single SIP messages do."""
    running = Lab(tmp_path_factory.mktemp("lab"))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def carried_parts(request: pytest.FixtureRequest, bed: Bed) -> Callable[[int], Carried]:
    """What came of the calls of every case of a part that this run chose; those of one engine at the same time."""

    @cache
    def carry(part: int) -> Carried:
        chosen = {case.name: case for item, case in _cases(request.session.items) if part_of(item.nodeid) == part}
        found: dict[str, Future[list[Outcome]]] = {}
        for name in sorted({case.engine for case in chosen.values()}):
            with _engine(name, bed), ThreadPoolExecutor(_AT_ONCE) as pool:
                found |= {case.name: pool.submit(bed.carry, case) for case in chosen.values() if case.engine == name}
        return Carried(found, lambda case: _alone(case, bed))

    return carry


@pytest.fixture
def carried(request: pytest.FixtureRequest, carried_parts: Callable[[int], Carried]) -> Carried:
    """What came of the calls of a test's part."""
    return carried_parts(part_of(request.node.nodeid))


def _cases(items: Iterable[pytest.Item]) -> Iterator[tuple[pytest.Item, Case]]:
    """The tests of cases on the real switch; the offline switch's tests have the same cases."""
    for item in items:
        spec = getattr(item, "callspec", None)
        if spec and "case" in spec.params and "carried" in getattr(item, "fixturenames", ()):
            yield item, spec.params["case"]


def _alone(case: Case, bed: Bed) -> list[Outcome]:
    """What comes of a case's calls when no other is under way."""
    with _engine(case.engine, bed):
        return bed.carry(case)


@contextlib.contextmanager
def _engine(name: str, bed: Bed) -> Iterator[None]:
    """The company published for the engine that a case wants; for the bed's own again afterwards."""
    if name in ("", "mute"):
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
            stack.callback(setattr, bed, "status", bed.status)
            bed.status = engine.status
        bed.company.publish(address)
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """A failed test shows the end of its switch's log."""
    report = (yield).get_result()
    if report.failed:
        item.stash[_FAILED] = True
        report.sections += [("FreeSWITCH", switch.log_tail()) for switch in _switches(item)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many of the shared cases were carried by which switch, why not by both, and which were carried twice."""
    counts = {"real": set(), "offline": set()}
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        file, _, name = report.nodeid.partition("::")
        if report.when == "call" and name.startswith("test_case["):
            counts["offline" if file.endswith("_offline.py") else "real"].add(name)
            for what, why in report.user_properties:
                if what == AGAIN:
                    terminalreporter.write_line(f"{name}: carried once more, alone: {why}")
    if any(counts.values()):
        both = counts["real"] & counts["offline"]
        missing = [name for name, is_missing in _MISSING.items() if is_missing]
        why = f"; not found: {', '.join(missing)}" if missing else "" if both else "; the others were not asked for"
        only = [f"{len(names - both)} on the {switch} switch only" for switch, names in counts.items() if names - both]
        words = "; ".join([f"{len(both)} on both switches", *only])
        terminalreporter.write_line(f"shared cases: {words}{why}")


@pytest.fixture
def phones(bed):
    """Phones by person, from now on."""
    with contextlib.ExitStack() as stack:

        def ring(**words):
            return {
                who: stack.enter_context(bed.ringing(f"{who}.desk", parse_phone(how))) for who, how in words.items()
            }

        yield ring


@pytest.fixture
def tones(lab):
    """An engine of the test's lab whose recogniser understands tones."""
    with serves(lab, TONES) as engine:
        assert is_ready(engine)
        yield engine


@pytest.fixture
def speaker(lab):
    """A caller at the speech menu of the test's lab."""
    with speaking(lab) as one:
        yield one
