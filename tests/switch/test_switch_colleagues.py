"""Colleagues who await a busy person, on the real switch: they are connected when both are free, by one call."""

import time

import pytest

from routing.model.callback import CallbackStatus, awaiting
from routing.model.callback_causes import NOBODY
from support.switchbed.callback_journal import CallbackJournal
from support.switchbed.callbacks import SCHEMES, CallbackLab, until
from support.switchbed.engines import serving
from support.switchbed.people import wait_busy, wait_gone, wait_there
from support.switchbed.ports import free

pytestmark = pytest.mark.switch


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = CallbackLab(tmp_path_factory.mktemp("colleagues"), more=SCHEMES, engine=f"127.0.0.1:{free()}")
    yield running
    running.stop()


@pytest.fixture
def journal(lab):
    made = CallbackJournal(lab)
    yield made
    made.engine.dispose()
    (lab.place / "journal.db").unlink()


@pytest.fixture
def engine(lab, journal):
    options = ("--listen", lab.engine, "--database", journal.database)
    with serving(lab, *options, watches=lab.switch.settings.esl_port) as running:
        yield running


def dials(phone, code):
    """A phone dials a code, hears the result, and hangs up."""
    call = phone.call(code)
    assert phone.answered(call).start == "200"
    assert until(call.is_over, 15)


def talks(lab, *phones):
    """Whether phones have been answered, and two legs are joined."""
    return until(
        lambda: all(phone.received("ACK") for phone in phones) and lab.switch.channels() == 2 and lab.are_joined(), 30
    )


def test_a_busy_colleague_is_awaited(lab, journal, engine):
    with lab.phone("2001") as sales, lab.phone("2002") as support, lab.phone("2003", status=0) as store:
        wait_there(engine.status, ["2001", "2002", "2003"])
        talk = sales.call("103")
        assert sales.answered(talk).start == "200"
        wait_busy(engine.status, "store")
        dials(support, "*66103")
        (order,) = journal.store.open("lab")
        assert (order.person, order.awaits, order.status) == ("support", "store", CallbackStatus.ORDERED)
        store.calls.clear()
        store.log.clear()
        talk.hang_up()
        assert talks(lab, support, store)
        assert "<sip:103@" in support.received("INVITE")[-1].header("From")
        assert "<sip:102@" in store.received("INVITE")[-1].header("From")
        wait_busy(engine.status, "support")
        support.rung().hang_up()
        done = journal.ended(order.id)
        assert (done.status, len(done.attempts)) == (CallbackStatus.TALKED, 1)
    (call,) = journal.rows("SELECT direction, status, caller, dialled, person FROM calls WHERE direction = 'callback'")
    assert tuple(call) == ("callback", "answered", "support", "store", "store")
    assert "colleagues connected" in engine.log.read_text()


def test_who_does_not_pick_up_is_not_rung_again(lab, journal, engine):
    journal.store.order(awaiting("one", "lab", "support", "store", time.time()))
    with lab.phone("2002", status=480) as support, lab.phone("2003") as store:
        done = journal.ended("one")
        assert (done.status, done.attempts[0].cause) == (CallbackStatus.GIVEN_UP, NOBODY)
        assert (lab.invited(support), lab.invited(store)) == (1, 0)


def test_who_is_busy_again_is_awaited_on(lab, journal, engine):
    journal.store.order(awaiting("one", "lab", "support", "store", time.time()))
    with lab.phone("2002") as support, lab.phone("2003", status=486) as store:
        assert until(lambda: lab.invited(store) == 1, 20)
        assert until(lambda: journal.journal() and journal.store.find("one").attempts[0].ended_s, 20)
        store.log.clear()
        store.status = 0
        assert talks(lab, store)
        assert (lab.invited(support), lab.invited(store)) == (2, 1)
        store.rung().hang_up()
        done = journal.ended("one", CallbackStatus.TALKED)
        assert [each.cause for each in done.attempts] == ["USER_BUSY", "NORMAL_CLEARING"]


def test_an_order_is_cancelled_by_a_code(lab, journal, engine):
    with lab.phone("2002") as support:
        wait_there(engine.status, ["2002"])
        wait_gone(engine.status, ["2003"])
        dials(support, "*66103")
        dials(support, "*86")
        assert [order.status for order in journal.store.latest("lab", 9)] == [CallbackStatus.CANCELLED]
