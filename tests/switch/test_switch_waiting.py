"""Callers who wait for a busy person: sent on as soon as the person is free, in order, whatever becomes of engines."""

from __future__ import annotations

import contextlib
import itertools
import json

import pytest

from routing.model.decision import NOTED, WAITS
from support.switchbed.bed import until
from support.switchbed.cases import parse_phone
from support.switchbed.engines import serving

#: sofia, then pavlo; the caller is held for 10 s at most while sofia is busy.
NUMBER = "+380800330237"
CALLERS = itertools.count()


@pytest.fixture
def another(bed, switch):
    """Begin another engine, which knows who is there; calls go to it."""

    @contextlib.contextmanager
    def begin():
        with serving(bed.company, watches=switch.settings.esl_port) as started:
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
def phones(bed):
    """Phones by person, from now on."""
    with contextlib.ExitStack() as stack:

        def ring(**words):
            return {
                who: stack.enter_context(bed.ringing(f"{who}.desk", parse_phone(how))) for who, how in words.items()
            }

        yield ring


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


def record(bed, sender):
    """What the switch has written down of a caller's call."""
    return until(lambda: next((each for each in bed.records() if each.get("routing_caller") == sender), None), 40)


def callers(phone):
    """Who has rung a phone, in order."""
    invites = [each for each in phone.messages() if each.received and each.start == "INVITE"]
    return [each.header("From").partition("sip:")[2].partition("@")[0] for each in invites]


def is_noted(bed, sender):
    """Whether the engine has noted that a caller waits."""
    rows = json.loads(bed.switch.esl.api("show channels as json")).get("rows", [])
    uuids = [row["uuid"] for row in rows if row["cid_num"] == sender and row["direction"] == "inbound"]
    return any("x" in bed.switch.esl.api(f"uuid_getvar {uuid} {NOTED}") for uuid in uuids)


def hold(bed, call):
    """A caller who waits."""
    sender = call()
    assert until(lambda: is_noted(bed, sender), 30)
    return sender


def talks(phone):
    """A phone talks."""
    return until(lambda: any(each.received and each.start == "ACK" for each in phone.messages()), 30)


def test_callers_are_sent_on_in_order_without_asking_again(bed, call, phones):
    rung = phones(sofia="answers after 100ms, talks 3s", pavlo="no answer")
    first = call()
    assert talks(rung["sofia"])
    second, third = hold(bed, call), hold(bed, call)
    told = {sender: record(bed, sender) for sender in (first, second, third)}
    assert callers(rung["sofia"]) == [first, second, third]
    assert callers(rung["pavlo"]) == []
    assert [told[sender]["routing_asked"] for sender in told] == ["x", "x", "x"]
    assert [told[sender].get(WAITS) for sender in (first, second)] == [None, "x"]


def test_a_person_who_goes_away_is_waited_for_no_more(bed, call, phones):
    rung = phones(sofia="answers after 100ms, talks 20s", pavlo="answers after 100ms, talks 200ms")
    call()
    assert talks(rung["sofia"])
    waiting = hold(bed, call)
    sofia = bed.company.accounts["sofia.desk"]
    assert bed.switch.esl.api(f"sofia profile internal flush_inbound_reg {sofia}@127.0.0.1").startswith("+OK")
    assert record(bed, waiting)["routing_asked"] == "x"


@pytest.mark.usefixtures("engine_again")
def test_a_caller_whose_engine_dies_rings_everybody(bed, call, phones, another):
    rung = phones(sofia="answers after 100ms, talks 20s", pavlo="answers after 100ms, talks 200ms")
    with another() as doomed:
        call()
        assert talks(rung["sofia"])
        waiting = hold(bed, call)
        doomed.end()
        assert record(bed, waiting)["routing_asked"] == "xx"
    assert callers(rung["sofia"])[-1] == waiting  # whoever is busy says so: everybody is rung in order


@pytest.mark.usefixtures("engine_again")
def test_a_caller_whose_engine_is_followed_by_another_waits_on(bed, call, phones, another):
    rung = phones(sofia="answers after 100ms, talks 8s", pavlo="no answer")
    with another() as first:
        call()
        assert talks(rung["sofia"])
        waiting = hold(bed, call)
        first.end()
        with another():
            assert record(bed, waiting)["routing_asked"] == "xx"
    assert callers(rung["sofia"])[-1] == waiting
    assert callers(rung["pavlo"]) == []
