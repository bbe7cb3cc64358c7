"""An engine that speaks when the call has gone on, is stopped, killed or restarted: no call notices, nobody is left."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from support.switchbed import ports
from support.switchbed.engines import Engine
from support.switchbed.handler import Handler
from support.switchbed.late_engine import POSITIONS, LateEngine
from support.switchbed.lateness import KINDS, Late
from support.switchbed.waiting import until

A_SECOND = 25.0
#: Long enough for the latest word: 9 s.
SETTLE_S = 10.5
#: Calls of each kind, of each position.
CALLS = len(POSITIONS) * len(KINDS)
#: Two legs a call at most.
RTP_PORTS = 240


@pytest.fixture(scope="module")
def handler():
    running = Handler()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory, handler: Handler):
    first = ports.free(RTP_PORTS)
    bed = Late(tmp_path_factory.mktemp("late"), (first, first + RTP_PORTS - 1), handler.port)
    bed.start()
    yield bed
    bed.stop()
    ports.give_back(first, RTP_PORTS)


@pytest.fixture
def product(late: Late):
    """The product's own engine, asked by the schemes."""
    engine = Engine(late, ("--esl", "", "--redis", "redis://127.0.0.1:9")).wait()
    late.publish(engine.address)
    yield engine
    engine.end()


def worker(engine: Engine) -> int:
    """The process that serves calls."""
    children = Path(f"/proc/{engine.process.pid}/task/{engine.process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if "worker" in Path(f"/proc/{pid}/cmdline").read_text())


def verdicts(engine: Engine, decisions: int) -> list[str]:
    """What it has decided, once it has written so much down: a call has its decision before."""
    until(lambda: len(list(engine.lines("decision"))) >= decisions)
    return [line["verdict"] for line in engine.lines("decision")]


def test_an_engine_that_speaks_late(late):
    engine = LateEngine()
    try:
        late.publish(engine.address)
        assert late.round([*KINDS], CALLS, A_SECOND, SETTLE_S) == {"well": CALLS}
    finally:
        engine.stop()


@pytest.mark.parametrize("then", [signal.SIGCONT, signal.SIGKILL])
def test_an_engine_that_is_stopped_and_goes_on_or_is_killed(late, product, then):
    product.send(signal.SIGSTOP)
    begun = late.begin([*KINDS], 24, A_SECOND)
    assert late.looked_at(begun) == {"well": 24}
    product.send(then)
    time.sleep(4)  # for whatever it says now
    assert late.ended(begun) == {"well": 24}


def test_a_worker_that_its_own_supervisor_kills_leaves_its_calls_alone_and_the_next_one_finds_a_backlog(late, product):
    stuck = worker(product)
    os.kill(stuck, signal.SIGSTOP)
    begun = late.begin([*KINDS], 24, A_SECOND)
    assert product.died(stuck)
    product.wait()
    time.sleep(2)
    assert late.ended(begun) == {"well": 24}
    assert {line["verdict"] for line in product.lines("decision")} <= {"late"}


def test_an_engine_asked_in_time_decides_again(late, product):
    assert late.ended(late.begin([*KINDS], 8, A_SECOND)) == {"well": 8}
    assert verdicts(product, 8) == ["continued"] * 8


@pytest.mark.parametrize(
    "headers",
    [
        "".join(f"X-Much-{at}: {'%' * 500}\r\n" for at in range(40)),
        f"X-Long: {chr(34) * 57_000}\r\n",
        "".join(f"X-Small-{at}: x\r\n" for at in range(3_000)),
        f"User-Agent: {'%' * 20_000}\r\n",
    ],
    ids=["many", "one of 57 kB", "three thousand", "a user agent"],
)
def test_a_caller_who_sends_much_is_decided_all_the_same(late, product, headers):
    late.crowd.headers = headers
    try:
        begun = late.begin([*KINDS], 4, A_SECOND)
        assert late.looked_at(begun) == {"well": 4}
        assert until(lambda: late.decided(begun) == ["1:continue"] * 4), late.decided(begun)
        assert late.ended(begun) == {"well": 4}
    finally:
        late.crowd.headers = ""
    assert verdicts(product, 4) == ["continued"] * 4
    # they were taken; a busy switch takes more than the second for which it is asked to say so
    assert {line["reason"] for line in product.lines("undecided")} <= {"untaken"}
