"""Calls that are decided inside FreeSWITCH, and everything that can go wrong there: every call goes on in time."""

import contextlib
import re

import pytest

from routing.release.inline import inline_state
from support.switchbed import faulty_decider as faults
from support.switchbed.bed import until
from support.switchbed.inlined import KNOWN, PACKAGE, UNKNOWN, Inlined, needs_module

pytestmark = needs_module
CLIENT, STRANGER = "+380671230011", "+380671230012"
AT_ONCE = 200
#: What doctor and publish say where there is no package, and no mod_python3.
PROBLEMS = {"missing": "(ModuleNotFoundError: No module named 'routing')", None: "has not loaded mod_python3"}


@pytest.fixture(scope="module")
def bed(place):
    """A switch that decides by itself, with a decider that fails for some callers."""
    broken = faults.package(
        place / "broken", PACKAGE, "import support.switchbed.faulty_decider as broken; broken.break_it()"
    )
    with Inlined(place / "inline", broken).running() as running:
        yield running.wait_ready()


@pytest.fixture(scope="module", autouse=True)
def known(bed):
    """Somebody has talked with the client, and with the callers whose decisions fail."""
    for end in ("0001", "0002", "0003", "0004", "0005", "0006"):
        bed.remember(f"+38067123{end}")
    bed.remember(CLIENT)


def _asked(bed):
    return len(list(bed.engine.lines("decision")))


def test_a_known_caller_is_known_inside_too(bed):
    before, asked = bed.decided(), _asked(bed)
    assert (bed.ended(CLIENT), bed.ended(STRANGER)) == (KNOWN, UNKNOWN)
    assert (bed.decided(), _asked(bed)) == (before + 2, asked)
    assert inline_state(bed.switch.esl.api).problem == ""


def test_the_record_says_what_was_decided(bed):
    bed.ended(CLIENT)
    spool = bed.switch.home / "spool"
    said = [text for file in spool.glob("*.json") if CLIENT[1:] in (text := file.read_text())]
    assert any(re.search(r'"routing_verdict":\s*"decided', text) for text in said)


@pytest.mark.parametrize("end", [faults.RAISES, faults.EXITS, faults.SHOUTS, faults.NESTS])
def test_a_decider_that_fails_costs_its_call_the_decision_alone(bed, end):
    assert bed.ended(f"+38067123{end}") == UNKNOWN
    assert bed.ended(CLIENT) == KNOWN
    assert bed.state()["state"] == "ready"


@pytest.mark.parametrize("end", [faults.HANGS, faults.SPINS])
def test_while_a_decider_hangs_calls_ask_the_engine(bed, end):
    hanging = bed.calls(1, 1, f"+38067123{end}")
    assert until(lambda: bed.state()["state"] == "stuck", 10)
    asked = _asked(bed)
    assert bed.ended(CLIENT) == KNOWN
    assert _asked(bed) == asked + 1
    assert bed.finals(hanging) == {UNKNOWN: 1}
    bed.wait_ready()
    assert bed.ended(CLIENT) == KNOWN
    assert _asked(bed) == asked + 1


def test_redis_hangs(bed):
    bed.redis.pause()
    try:
        assert bed.finals(bed.calls(20, 20, CLIENT)) == {UNKNOWN: 20}
    finally:
        bed.redis.go_on()
    assert until(lambda: bed.ended(CLIENT) == KNOWN, 10)
    assert bed.state()["state"] == "ready"


def test_redis_dies_and_comes_back(bed):
    bed.redis.stop()
    try:
        assert bed.finals(bed.calls(20, 20, CLIENT)) == {UNKNOWN: 20}
    finally:
        bed.redis.start()
    bed.remember(CLIENT)
    assert until(lambda: bed.ended(CLIENT) == KNOWN, 10)


def test_of_two_hundred_at_once_none_is_lost(bed):
    """How many are known is the machine's matter: `tools/bench_inline.py` counts them."""
    before = bed.decided()
    ended = bed.finals(bed.calls(AT_ONCE, 1000, CLIENT))
    assert sum(ended.values()) == AT_ONCE and set(ended) <= {KNOWN, UNKNOWN}
    assert bed.decided() > before
    bed.wait_ready()
    assert until(lambda: bed.ended(CLIENT) == KNOWN, 10)


def test_callers_who_hang_up_while_redis_hangs_leave_nothing(bed):
    bed.redis.pause()
    try:
        calls = bed.calls(50, 200, CLIENT, wait_ms=1)
        calls.wait(30)
        calls.stop()
    finally:
        bed.redis.go_on()
    assert until(lambda: bed.switch.channels() == 0)
    assert until(lambda: bed.ended(CLIENT) == KNOWN, 10)


def test_a_release_is_replaced_while_calls_decide(bed):
    calls = bed.calls(150, 50, "+48601[call_number]00")
    assert until(lambda: len(calls.messages()) > 60)
    bed.publish("inline", "CALL_REJECTED")
    try:
        ended = bed.finals(calls)
        assert sum(ended.values()) == 150
        assert set(ended) == {UNKNOWN, "603"}
        assert bed.ended(STRANGER) == "603"
    finally:
        bed.publish("inline")


def test_it_stops_when_it_is_told_to(place):
    with Inlined(place / "stopping").running() as other:
        other.wait_ready()
        assert other.ended(STRANGER) == UNKNOWN
        with contextlib.suppress(OSError):
            other.switch.esl.api("fsctl shutdown now")
        assert other.switch.process.wait(10) == 0


@pytest.mark.parametrize("package", ["missing", None])
def test_where_it_is_not_there_the_engine_decides(place, package):
    empty = place / "nothing" / str(package)
    empty.mkdir(parents=True)
    with Inlined(place / f"without_{package}", empty if package else None).running() as other:
        other.remember(CLIENT)
        assert other.ended(CLIENT) == KNOWN
        assert len(list(other.engine.lines("decision"))) == 1
        assert PROBLEMS[package] in inline_state(other.switch.esl.api).problem
        other.engine.end()
        assert other.ended(CLIENT) == UNKNOWN


def test_until_it_is_imported_the_engine_decides(place):
    slow = faults.package(place / "slow", PACKAGE, "import time; time.sleep(6)")
    with Inlined(place / "importing", slow).running() as other:
        other.remember(CLIENT)
        assert other.ended(CLIENT) == KNOWN
        assert other.state() == {"problem": "it is starting"}
        assert len(list(other.engine.lines("decision"))) == 1
        other.wait_ready()
        assert other.ended(CLIENT) == KNOWN
        assert other.decided() == 1
