"""Who is rung on the real switch: turns outlive engines, written-down talks count, who is away is skipped."""

import contextlib
import itertools
import json
import os
import subprocess
import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.model import dnd
from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.embedded import url
from routing.store.memory import RedisMemory
from support.redis_needed import needs_redis
from support.switchbed import faulty, sip
from support.switchbed.bed import until
from support.switchbed.cases import Case, parse_phone
from support.switchbed.dialling import colleague
from support.switchbed.engines import serving

pytestmark = needs_redis

TURNS, FEWEST, IDLE, WEBHOOK = "+380800330110", "+380800330111", "+380800330112", "+380800330008"
TAKING_TURNS = {"nina.desk", "lev.desk", "zoya.desk"}
PEOPLE = ("nina", "lev", "zoya", "ada", "borys", "vita")
#: Of nina's phone.
ACCOUNT = "1011"
#: Each call is a caller's own.
CALLERS = itertools.count()


@pytest.fixture(scope="module")
def memory(bed, engine):
    """What every engine of this root remembers."""
    store = RedisStore(parse(url(bed.company.root)), budget_s=2.0)
    yield RedisMemory(store)
    store.close()


@pytest.fixture(scope="module")
def phones(bed):
    """Everybody but oleh is there."""
    with contextlib.ExitStack() as stack:
        takes = parse_phone("answers after 100ms, talks 1100ms")
        for who in PEOPLE:
            stack.enter_context(bed.ringing(f"{who}.desk", takes))
        yield


@pytest.fixture(scope="module")
def another(bed, phones, switch):
    """Begin another engine, which knows from its first picture of the switch who is there; calls go to it."""

    @contextlib.contextmanager
    def begin():
        with serving(bed.company, watches=switch.settings.esl_port) as asked:
            bed.company.publish(asked.wait_watching().address)
            yield asked

    return begin


@pytest.fixture(scope="module")
def asked(bed, another, engine):
    """An engine that knows who is there; the bed's own is back afterwards."""
    with another() as one:
        yield one
    bed.company.publish(engine)


@pytest.fixture
def call(bed, asked, switch):
    """Carry a call and say who talked; afterwards no channel is left."""

    def carry(number, caller=""):
        caller = caller or f"+38067159{next(CALLERS):04}"
        return bed.run(Case(f"strategy {caller}", number, caller, turns_anew=False))

    yield carry
    assert until(lambda: switch.channels() == 0)


def test_turns_outlive_engines_and_skip_who_is_not_there(bed, call, another, asked):
    first = call(TURNS)
    assert "oleh absent" in first.call["routing_verdict"]
    talked = [first.talked, call(TURNS).talked]
    try:
        with another() as second:
            talked.append(call(TURNS).talked)
            second.end()
            with another():
                talked.append(call(TURNS).talked)
    finally:
        bed.company.publish(asked.address)
    assert set(talked[:3]) == TAKING_TURNS
    assert talked[3] == talked[0]


def dial(bed, code):
    """What nina's phone hears behind a code."""
    scenario, remote = colleague(bed, code, account=ACCOUNT), f"127.0.0.1:{bed.switch.settings.sip_port}"
    phone = sip.Sipp(scenario, bed.folder / f"code {time.time_ns()}", remote, ["-m", "1"])
    try:
        assert phone.wait(20) == 0
        call_id = phone.messages()[0].header("Call-ID")
    finally:
        phone.stop()
    (record,) = until(lambda: list(applications(bed, call_id)))
    return [word for word in ("done", "invalid") if f"routing/{word}.wav" in record]


def applications(bed, call_id):
    """What the switch has done for a call, as it wrote it down."""
    for path in (bed.switch.home / "spool").glob("*.json"):
        with contextlib.suppress(ValueError, OSError):
            record = json.loads(path.read_text(errors="replace"))
            if record["variables"].get("sip_call_id") == call_id:
                yield json.dumps(record["app_log"])


@pytest.fixture
def disturbed_again(memory):
    """Nina may be disturbed again, whatever happened."""
    yield
    memory.disturb("bed", "nina", True)


@pytest.mark.usefixtures("disturbed_again")
def test_a_phone_turns_do_not_disturb_on_and_off(bed, call, memory, asked):
    assert dial(bed, "*78") == ["done"]
    assert "nina" in memory.away("bed")
    assert {call(TURNS).talked for _ in range(3)} == TAKING_TURNS - {"nina.desk"}
    assert until(lambda: dnd.BUSY in bed.switch.esl.api(f"global_getvar {dnd.variable('nina')}"))
    nobody = faulty.Engine(None)
    bed.company.publish(nobody.address)
    try:
        assert dial(bed, "*79") == ["invalid"]
    finally:
        bed.company.publish(asked.address)
        nobody.stop()
    assert "nina" in memory.away("bed")
    assert dial(bed, "*79") == ["done"]
    assert "nina" not in memory.away("bed")
    assert until(lambda: dnd.BUSY not in bed.switch.esl.api(f"global_getvar {dnd.variable('nina')}"))


@pytest.fixture
def loads(bed, memory, tmp_path):
    """Take what FreeSWITCH wrote into the engine's memory until a person has so many talks today; their load.

    Nobody has talked before: the switch carried the calls of other tests too, and of a run of this one that failed.
    """
    command = [sys.executable, "-m", "routing", "journal", "--once", "--spool", str(bed.switch.home / "spool")]
    command += ["--database", str(tmp_path / "journal.db"), "--redis", url(bed.company.root), "--project", "bed"]
    command += ["--timezone", "Europe/Kyiv"]

    def load(person):
        day = datetime.now(ZoneInfo("Europe/Kyiv")).strftime("%Y%m%d")
        return memory.facts("bed", [person], day, ("fewest", "1")).loads[person]

    def taken(person, calls):
        subprocess.run(command, check=True, capture_output=True, timeout=60, env=os.environ)
        return load(person).calls >= calls

    def wait(person, calls):
        assert until(lambda: taken(person, calls), 30), f"no {calls} talks of {person} today"
        return load(person)

    bed.forget()
    return wait


def test_talks_that_were_written_down_decide_who_is_next(bed, call, loads):
    caller = "+380671570001"
    bed.handler.answers[caller] = {"ring": "ada"}
    assert call(WEBHOOK, caller).talked == "ada.desk"
    ada = loads("ada", 1)
    # ada has one talk today: the others are first, though she stands before them
    assert call(FEWEST).talked == "borys.desk"
    borys = loads("borys", 1)
    assert call(FEWEST).talked == "vita.desk"
    vita = loads("vita", 1)
    assert (ada.calls, borys.calls, vita.calls) == (1, 1, 1)
    assert vita.last_end > borys.last_end > ada.last_end > 0
    # she has been idle the longest, though she stands behind them
    assert call(IDLE).talked == "ada.desk"
    loads("ada", 2)
    assert call(IDLE).talked == "borys.desk"
