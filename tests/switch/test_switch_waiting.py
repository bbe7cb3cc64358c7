"""Callers who wait for a busy person: sent on as soon as the person is free, in order, whatever becomes of engines."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
from pathlib import Path

import pytest

from routing.model.decision import NOTED, WAITS
from support.switchbed.bed import until
from support.switchbed.engines import serving
from support.switchbed.people import wait_gone
from support.switchbed.waiters import callers, record, talks

#: sofia, then pavlo; the caller is held for 2 min at most while sofia is busy.
NUMBER = "+380800330277"
CALLERS = itertools.count()


@pytest.fixture
def another(bed, switch):
    """Begin another engine, which knows who is there; calls go to it."""

    @contextlib.contextmanager
    def begin(workers="1"):
        with serving(bed.company, "--workers", workers, watches=switch.settings.esl_port) as started:
            bed.company.publish(started.wait_watching().address)
            yield started

    return begin


@pytest.fixture
def engine_again(bed, engine, switch):
    """The bed's own engine is back afterwards, and no channel is left."""
    yield
    assert until(lambda: switch.channels() == 0)
    bed.company.publish(engine)


@pytest.fixture
def call(bed):
    """Begin a call; each is another caller's, whose number is returned. All end with the test."""
    with contextlib.ExitStack() as stack:

        def begin():
            sender = f"+38067155{next(CALLERS):04}"
            stack.callback(bed.call(bed.folder / f"waiting{sender}", to=NUMBER, sender=sender).stop)
            return sender

        yield begin
    bed.switch.esl.api("hupall")


def is_noted(bed, sender):
    """Whether the engine has noted that a caller waits."""
    return any("x" in bed.switch.esl.api(f"uuid_getvar {uuid} {NOTED}") for uuid in uuids(bed, sender))


def uuids(bed, sender):
    """A caller's calls."""
    rows = json.loads(bed.switch.esl.api("show channels as json")).get("rows", [])
    return [row["uuid"] for row in rows if row["cid_num"] == sender and row["direction"] == "inbound"]


def hold(bed, call):
    """A caller who waits."""
    sender = call()
    assert until(lambda: is_noted(bed, sender), 30)
    return sender


def hang_up(bed, sender):
    """A caller's talk is over."""
    for uuid in uuids(bed, sender):
        bed.switch.esl.api(f"uuid_kill {uuid}")


def test_callers_are_sent_on_in_order_without_asking_again(bed, call, phones):
    rung = phones(sofia="answers after 100ms, talks 3s", pavlo="no answer")
    first = call()
    talks(rung, bed.status, "sofia")
    second, third = hold(bed, call), hold(bed, call)
    told = {sender: record(bed, sender) for sender in (first, second, third)}
    assert callers(rung["sofia"]) == [first, second, third]
    assert callers(rung["pavlo"]) == []
    assert [told[sender]["routing_asked"] for sender in told] == ["x", "x", "x"]
    assert [told[sender].get(WAITS) for sender in (first, second)] == [None, "x"]


@pytest.mark.usefixtures("engine_again")
def test_callers_whom_several_workers_told_to_wait_are_sent_on_in_order(bed, call, phones, another):
    rung = phones(sofia="answers after 100ms", pavlo="no answer")
    with another(workers="2") as several:
        talking = call()
        talks(rung, several.status, "sofia")
        order = [talking, *(hold(bed, call) for _ in range(6))]
        for place, sender in enumerate(order, 1):
            assert until(lambda place=place: len(callers(rung["sofia"])) == place, 30)
            assert callers(rung["sofia"]) == order[:place]
            hang_up(bed, sender)
            assert record(bed, sender)["routing_asked"] == "x"
    assert callers(rung["pavlo"]) == []


def leader(engine):
    """The worker that sends waiting calls on: it holds the lock."""
    children = Path(f"/proc/{engine.process.pid}/task/{engine.process.pid}/children").read_text().split()
    workers = {pid: dict(each.split("=", 1) for each in environment(pid) if "=" in each) for pid in children}
    locks = [line.split() for line in Path("/proc/locks").read_text().splitlines() if " FLOCK " in line]
    for pid, variables in workers.items():
        if "PROMETHEUS_MULTIPROC_DIR" in variables:
            inode = str(Path(variables["PROMETHEUS_MULTIPROC_DIR"], "waiting").stat().st_ino)
            if any(lock[4] == pid and lock[5].endswith(f":{inode}") for lock in locks):
                return int(pid)
    return 0


def environment(pid):
    return Path(f"/proc/{pid}/environ").read_text().split("\0")


@pytest.mark.usefixtures("engine_again")
def test_a_worker_that_leads_and_hangs_keeps_nobody_from_who_is_free(bed, call, phones, another):
    rung = phones(sofia="answers after 100ms, talks 1s", pavlo="no answer")
    with another(workers="2") as several:
        stopped = until(lambda: leader(several))
        os.kill(stopped, signal.SIGSTOP)
        senders = [call() for _ in range(3)]
        for sender in senders:
            assert record(bed, sender)["routing_decision"] == "1:order:sofia,pavlo"
        assert several.died(stopped)
    assert sorted(callers(rung["sofia"])) == senders
    assert callers(rung["pavlo"]) == []


def test_a_person_who_goes_away_is_waited_for_no_more(bed, call, phones):
    """As long as they talk they are busy; they are away once the talk is over."""
    rung = phones(sofia="answers after 100ms", pavlo="answers after 100ms, talks 200ms")
    first = call()
    talks(rung, bed.status, "sofia")
    second = hold(bed, call)
    account = bed.company.accounts["sofia.desk"]
    bed.register(account, seconds=0)
    wait_gone(bed.status, [account])
    assert callers(rung["pavlo"]) == []
    hang_up(bed, first)
    assert record(bed, second)["routing_asked"] == "x"
    assert (callers(rung["sofia"]), callers(rung["pavlo"])) == ([first], [second])


@pytest.mark.usefixtures("engine_again")
def test_a_caller_whose_engine_dies_rings_everybody(bed, call, phones, another):
    rung = phones(sofia="answers after 100ms, talks 20s", pavlo="answers after 100ms, talks 200ms")
    with another() as doomed:
        call()
        talks(rung, doomed.status, "sofia")
        waiting = hold(bed, call)
        doomed.end()
        assert record(bed, waiting)["routing_asked"] == "xx"
    assert callers(rung["sofia"])[-1] == waiting  # whoever is busy says so: everybody is rung in order


@pytest.mark.usefixtures("engine_again")
def test_a_caller_whose_engine_is_followed_by_another_waits_on(bed, call, phones, another):
    rung = phones(sofia="answers after 100ms, talks 8s", pavlo="no answer")
    with another() as first:
        call()
        talks(rung, first.status, "sofia")
        waiting = hold(bed, call)
        first.end()
        with another():
            assert record(bed, waiting)["routing_asked"] == "xx"
    assert callers(rung["sofia"])[-1] == waiting
    assert callers(rung["pavlo"]) == []
