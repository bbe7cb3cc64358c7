"""Callers in a queue on the real switch: order, places through restarts, what operators see and do."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.queue import queue
from routing.model.queue import ARRIVED
from support.switchbed.bed import until
from support.switchbed.company import TONE_HZ
from support.switchbed.ear import Ear
from support.switchbed.engines import PASSWORD, serving
from support.switchbed.waiters import callers, record, talks

#: nina, then taras; five minutes at most, with music.
NUMBER = "+380800330305"
#: maria, who wraps up.
WRAPPED_UP = "+380800330303"
CALLERS = itertools.count()


@pytest.fixture
def call(bed):
    """Begin a call; each is another caller's, whose number is returned. All end with the test."""
    with contextlib.ExitStack() as stack:

        def begin(to=NUMBER, **words):
            sender = f"+38067166{next(CALLERS):04}"
            stack.callback(bed.call(bed.folder / f"queued{sender}", to=to, sender=sender, **words).stop)
            return sender

        yield begin
    bed.switch.esl.api("hupall")


@pytest.fixture
def another(bed, switch, engine):
    """Begin another engine; calls go to it. The bed's own is back afterwards."""

    @contextlib.contextmanager
    def begin(workers="1"):
        with serving(bed.company, "--workers", workers, watches=switch.settings.esl_port) as started:
            bed.company.publish(started.wait_watching().address)
            yield started

    yield begin
    switch.esl.api("hupall")
    assert until(lambda: switch.channels() == 0)
    bed.company.publish(engine)


def variable(bed, sender, name):
    """A channel variable of a caller's call; "" when it is not set, or the call is gone."""
    rows = json.loads(bed.switch.esl.api("show channels as json")).get("rows", [])
    uuids = [row["uuid"] for row in rows if row["cid_num"] == sender and row["direction"] == "inbound"]
    found = bed.switch.esl.api(f"uuid_getvar {uuids[0]} {name}").strip() if uuids else ""
    return "" if found == "_undef_" or found.startswith("-ERR") else found


def uuid_of(bed, sender):
    return variable(bed, sender, "uuid")


def wait_queued(bed, call, **words):
    """A caller whom the engine has given a place."""
    sender = call(**words)
    assert until(lambda: variable(bed, sender, ARRIVED), 30)
    return sender


def hang_up(bed, sender):
    bed.switch.esl.api(f"uuid_kill {uuid_of(bed, sender)}")


def run(*words, **variables):
    result = CliRunner().invoke(queue, list(words), env={"ROUTING_ESL_PASSWORD": PASSWORD} | variables)
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.output


def order(status):
    """Who waits, in order, as the engine knows it."""
    found = [json.loads(line) for line in run("show", "--json", "--http", status).splitlines()]
    return [each["caller"] for queued in found for each in queued["callers"] if each["place"]]


def kill_workers(engine):
    """All at once."""
    for child in Path(f"/proc/{engine.process.pid}/task/{engine.process.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def test_callers_are_served_in_the_order_in_which_they_came(bed, call, phones):
    rung = phones(nina="answers after 100ms")
    first = call()
    talks(rung, bed.status, "nina")
    order = [first, *(wait_queued(bed, call) for _ in range(4))]
    for place, sender in enumerate(order, 1):
        assert until(lambda place=place: len(callers(rung["nina"])) == place, 30)
        assert callers(rung["nina"]) == order[:place]
        hang_up(bed, sender)
    told = record(bed, order[1])
    assert (told.get("routing_asked", ""), told["hangup_cause"]) == ("", "NORMAL_CLEARING")  # no socket


def test_places_are_kept_when_every_worker_dies(bed, call, phones, another):
    rung = phones(nina="answers after 100ms")
    with another(workers="2") as doomed:
        talking = call()
        talks(rung, doomed.status, "nina")
        waiting = [wait_queued(bed, call) for _ in range(8)]
        kill_workers(doomed)
        waiting.append(wait_queued(bed, call))  # it comes while nobody serves
        hang_up(bed, talking)
        assert until(lambda: len(callers(rung["nina"])) == 2, 40)
        assert until(lambda: order(doomed.status) == waiting[1:], 30)
        kill_workers(doomed)
        for place, sender in enumerate(waiting, 2):
            assert until(lambda place=place: len(callers(rung["nina"])) == place, 40)
            hang_up(bed, sender)
        assert callers(rung["nina"]) == [talking, *waiting]


def people(status):
    """What each person of the only queue with callers does, as the engine knows it."""
    return [json.loads(line)["people"] for line in run("show", "--json", "--http", status).splitlines()]


def test_a_wrap_up_follows_a_talk_that_began_before_every_worker_died(bed, call, phones, another):
    rung = phones(maria="answers after 100ms")
    with another(workers="2") as doomed:
        talking = call(to=WRAPPED_UP)
        talks(rung, doomed.status, "maria")
        kill_workers(doomed)
        waiting = wait_queued(bed, call, to=WRAPPED_UP)
        assert until(lambda: order(doomed.status) == [waiting], 30)
        hang_up(bed, talking)
        assert until(lambda: people(doomed.status) == [{"maria": "wrap-up"}], 10)
        assert until(lambda: callers(rung["maria"]) == [talking, waiting], 30)


def test_an_engine_goes_on_with_the_announcements_of_the_one_before(bed, call, phones, another):
    rung = phones(nina="answers after 100ms")
    with another() as doomed:
        call()
        talks(rung, doomed.status, "nina")
        assert until(lambda: "talks with nina" in run("show", "--http", doomed.status), 10)
        waiting = wait_queued(bed, call)
        assert until(lambda: variable(bed, waiting, "routing_heard"), 30)
        heard = variable(bed, waiting, "routing_heard")
        kill_workers(doomed)
        assert until(lambda: order(doomed.status) == [waiting], 30)
        before = variable(bed, waiting, "routing_noted")  # a turn lasts up to 30 s where nothing better is to be said
        assert until(lambda: variable(bed, waiting, "routing_noted") != before, 45)
        assert (heard.split(",")[1], variable(bed, waiting, "routing_heard")) == ("1", heard)


def test_without_an_engine_nobody_rings_a_person_who_has_a_call(bed, call, phones, another):
    """A talk that the engine began, and one of their own: their phones would take a second call."""
    rung = phones(nina="answers after 100ms", taras="answers after 100ms")
    with another() as doomed:
        talking = call()
        talks(rung, doomed.status, "nina")
        other = call()
        talks(rung, doomed.status, "taras")
        waiting = wait_queued(bed, call)
        doomed.end()
        for _ in range(4):  # turns in which it looks for somebody by itself
            before = variable(bed, waiting, "routing_waits")
            assert until(lambda before=before: variable(bed, waiting, "routing_waits") != before, 30)
        assert variable(bed, waiting, "routing_next") == "x"
        assert (callers(rung["nina"]), callers(rung["taras"])) == ([talking], [other])
        hang_up(bed, other)
        assert until(lambda: callers(rung["taras"]) == [other, waiting], 30)


def test_without_an_engine_nobody_loses_the_music_or_their_wait(bed, call, phones, another):
    rung = phones(nina="answers after 100ms")
    with Ear() as ear, another() as doomed:
        talking = call()
        talks(rung, doomed.status, "nina")
        waiting = wait_queued(bed, call, media=ear.port)
        assert until(lambda: ear.packets, 10)
        doomed.end()
        began = ear.packets[-1].at
        assert until(lambda: variable(bed, waiting, "routing_next"), 20)  # they offer themselves
        assert until(lambda: ear.packets[-1].at > began + 3, 20)
        assert ear.longest_gap_s(began, began + 3) < 0.6
        assert ear.hears(TONE_HZ, began, began + 3)
        hang_up(bed, talking)
        assert until(lambda: callers(rung["nina"])[-1:] == [waiting], 30)


def test_nobody_is_rung_who_has_a_call_that_the_engine_does_not_know(bed, call, phones):
    """The engine's knowledge may be late, FreeSWITCH's own is not."""
    rung = phones(nina="answers after 100ms", taras="answers after 100ms")
    mark = bed.switch.esl.api("global_getvar routing_leg").strip()
    holds = f"originate {{{mark}=9}}null/1 'limit:hash routing calls_of_nina 1,park' inline"
    assert bed.switch.esl.api(holds).startswith("+OK")
    sender = call()
    assert until(lambda: callers(rung["taras"]) == [sender], 30)
    assert callers(rung["nina"]) == []


def test_operators_see_move_and_take_out_callers(bed, call, phones, switch):
    rung = phones(nina="answers after 100ms")
    where, esl = ("--http", bed.status), ("--esl", f"127.0.0.1:{switch.settings.esl_port}")
    talking = call()
    talks(rung, bed.status, "nina")
    first, second, third = (wait_queued(bed, call) for _ in range(3))
    (seen,) = map(json.loads, run("show", "--json", *where).splitlines())
    assert [(each["caller"], each["place"]) for each in seen["callers"]] == [
        (first, 1), (second, 2), (third, 3), (talking, 0)
    ]  # fmt: skip
    assert seen["people"]["nina"] == "busy"
    assert "queue_long: 3 callers waiting; nina busy" in run("show", *where)
    assert "place 1 of 3" in run("move", uuid_of(bed, third), "1", *where, *esl)
    assert run("take-out", uuid_of(bed, first)[:8], *where, *esl).endswith("taken out\n")
    assert record(bed, first)["hangup_cause"] == "CALL_REJECTED"

    assert until(lambda: order(bed.status) == [third, second], 20)
    hang_up(bed, talking)
    assert until(lambda: len(callers(rung["nina"])) == 2, 30)
    assert callers(rung["nina"]) == [talking, third]
