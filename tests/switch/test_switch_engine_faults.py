"""The engine fails in every way there is: the caller reaches the compiled fallback in time, nobody is stranded."""

import contextlib
import os
import signal
import subprocess
import sys

import pytest
from switchbed import faulty, ports
from switchbed.bed import until
from switchbed.cases import Case, parse_phone
from switchbed.faulty import BUDGET_S, FAULTS, NUMBERS

PHONE = {"danylo.desk": parse_phone("answers after 200ms, talks 300ms")}


@pytest.fixture
def published(company, engine):
    """Publish for another engine; the bed's own is back afterwards."""
    yield company.publish
    company.publish(engine)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_fault(fault, number, bed, published):
    engine = faulty.Engine(FAULTS[fault]())
    published(engine.address)
    caller = f"+38067200{list(FAULTS).index(fault):02}{list(NUMBERS).index(number):02}"
    try:
        outcome = bed.run(Case(f"engine {fault} {number}", NUMBERS[number], caller, phones=PHONE))
    finally:
        engine.stop()
    assert outcome.talked == "danylo.desk"
    assert outcome.rung[0][0] < BUDGET_S
    assert until(lambda: bed.switch.channels() == 0)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
def test_the_real_engine_is_ended_while_it_decides(how, bed, published, company, handler):
    with real_engine(company) as (address, process):
        published(address)
        caller = f"+3806720011{how:02}"
        handler.answers[caller] = "timeout"
        under_way = bed.call(bed.folder / f"signal{how}", to="380800330008", sender=caller)
        with bed.ringing("danylo.desk", PHONE["danylo.desk"]) as phone:
            try:
                assert until(lambda: any(asked.get("caller") == caller for asked in handler.asked))
                os.killpg(process.pid, how)
                assert until(lambda: phone.messages(), BUDGET_S), "nobody rang"
                assert under_way.wait(10) == 0
            finally:
                under_way.stop()
    assert until(lambda: bed.switch.channels() == 0)


@contextlib.contextmanager
def real_engine(company):
    """A second engine of ours, in a process group of its own: its address and process."""
    address = f"127.0.0.1:{ports.free()}"
    command = [sys.executable, "-m", "routing", "serve", "--root", str(company.root), "--workers", "1"]
    command += ["--listen", address, "--http", f"127.0.0.1:{ports.free()}"]
    with (company.root.parent / "second_engine.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        port = int(address.rpartition(":")[2])
        assert until(lambda: process.poll() is not None or not ports.is_free(port), 30) and process.poll() is None
        yield address, process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
