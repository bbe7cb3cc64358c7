"""Orders on the real switch: the engine dials them, the journal has their results; engines are killed and stopped."""

import contextlib
import random
import signal
import time

import pytest

from routing.model.callback import CallbackStatus, First
from routing.model.callback_causes import UNKNOWN
from support.switchbed.agent import Agent
from support.switchbed.callback_journal import CallbackJournal
from support.switchbed.callbacks import CLIENT, NUMBER, SCHEMES, CallbackLab, from_number, until
from support.switchbed.people import wait_busy

PROJECT = "lab"
#: Engines that are killed in one run; orders that are due in the course of it, so many at a time.
KILLS, ORDERS, BURST = 7, 56, 8


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = CallbackLab(tmp_path_factory.mktemp("orders"), more=SCHEMES)
    yield running
    running.stop()


@pytest.fixture
def orders(lab):
    made = CallbackJournal(lab)
    for table in ("callback_attempts", "callback_events", "callbacks", "callback_leases"):
        with contextlib.suppress(Exception):
            made.rows(f"DELETE FROM {table}")
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("first", First)
def test_an_order_becomes_a_call_and_its_record_closes_it(lab, orders, first):
    orders.order(first=first, entities={"region": "521"})
    with lab.phone("2002") as phone, lab.client() as client, orders.serving() as engine:
        if first is First.CLIENT:
            assert until(lambda: client.received("ACK"), 30)
            client.rung().press("1")
        assert until(lambda: phone.received("ACK") and client.received("ACK") and lab.are_joined(), 30)
        assert (from_number(phone), from_number(client)) == (CLIENT, NUMBER)
        wait_busy(engine.status, "support")
        client.rung().hang_up()
        order = orders.ended(status=CallbackStatus.TALKED)
        assert lab.invited(client) == 1
    (call,) = orders.rows("SELECT id, direction, status, person, entities FROM calls ORDER BY started DESC LIMIT 1")
    assert tuple(call) == (order.attempts[0].uuid, "callback", "answered", "support", '{"region": "521"}')


def test_a_busy_client_is_called_again_after_three_minutes(lab, orders):
    orders.order()
    with lab.phone("2002"), lab.client(status=486) as client, orders.serving():
        order = orders.ended()
        assert (order.status, order.attempts[0].cause) == (CallbackStatus.ORDERED, "USER_BUSY")
        assert 170 < order.not_before_s - time.time() < 190
        orders.rows("UPDATE callbacks SET not_before_s = 0")
        assert until(lambda: lab.invited(client) == 2, 20)
        assert orders.ended().attempts[1].cause == "USER_BUSY"


def test_an_engine_that_was_stopped_dials_nothing_that_another_one_dials(lab, orders):
    with lab.phone("2002"), lab.client(status=486) as client, orders.serving() as stopped:
        orders.order("before", "+380671240099")
        orders.ended("before")
        assert orders.rows("SELECT owner FROM callback_leases").first()
        stopped.send(signal.SIGSTOP)
        orders.order()
        orders.rows("UPDATE callback_leases SET until_s = 0")
        with orders.serving():
            assert until(lambda: lab.invited(client) == 2, 20)
            stopped.send(signal.SIGCONT)
            orders.ended()
            assert lab.quiet() and lab.invited(client) == 2


def test_nobody_is_called_back_while_everybody_of_the_scheme_talks(lab, orders):
    with lab.phone("2002") as support, lab.phone("2003"), lab.client() as client, orders.serving() as engine:
        talk = support.call("103")
        assert support.answered(talk).start == "200"
        wait_busy(engine.status, "support")
        wait_busy(engine.status, "store")
        orders.order()
        assert until(lambda: orders.store.find("one").held == "nobody of its scheme is free", 20)
        assert not lab.invited(client)
        support.log.clear()
        support.calls.clear()
        talk.hang_up()
        assert until(lambda: client.received("ACK") and lab.switch.channels() == 2 and lab.are_joined(), 30)
        assert lab.invited(client) == 1
        client.rung().hang_up()
        orders.ended(status=CallbackStatus.TALKED)


def test_engines_are_killed_at_any_moment(lab, orders):
    """No order is lost, and a client is rung once for an attempt at most."""
    chance = random.Random(11)
    numbers = {f"o{at}": f"+3806712400{at:02}" for at in range(ORDERS)}
    for at, (name, number) in enumerate(numbers.items()):
        orders.order(name, number, First.CLIENT, in_s=at // BURST * 2.0)
    with lab.client(status=486) as client:
        for _ in range(KILLS):
            with orders.serving() as engine:
                until(lambda: list(engine.lines("callback")), 4)
                time.sleep(chance.random() * 0.1)  # while it dials the others of the burst
        with orders.serving():
            _end_all(orders, numbers)
        invites = [each.text.split()[1] for each in client.received("INVITE")]
    causes = []
    for name, number in numbers.items():
        order = orders.store.find(name)
        rung = sum(f"sip:{number}@" in each for each in invites)
        known = [attempt for attempt in order.attempts if attempt.cause != UNKNOWN]
        assert order.attempts and len(known) <= rung <= len(order.attempts), order
        causes += [attempt.cause for attempt in order.attempts]
    print(f"{KILLS} kills, {ORDERS} orders, {len(causes)} attempts, {causes.count(UNKNOWN)} never begun")


def _end_all(orders, numbers):
    """Wait until every order has had an attempt with a result; attempts that never began grow old at once."""

    def are_done():
        orders.journal()
        orders.rows("UPDATE callback_attempts SET began_s = began_s - 100 WHERE ended_s = 0")
        found = [orders.store.find(name) for name in numbers]
        orders.rows("UPDATE callbacks SET not_before_s = 0 WHERE id IN (SELECT callback FROM callback_attempts "
                    "GROUP BY callback HAVING count(*) = sum(cause = 'UNKNOWN'))")  # fmt: skip
        return all(any(each.ended_s and each.cause != UNKNOWN for each in order.attempts) for order in found)

    assert until(are_done, 90)


@pytest.mark.parametrize("moment", ["the person rings", "the client rings", "they talk"])
def test_the_switch_is_killed(tmp_path_factory, moment):
    """The attempt has no record and the new switch does not know it: the next attempt is a new call."""
    lab = CallbackLab(tmp_path_factory.mktemp("killed"), more=SCHEMES)
    orders = CallbackJournal(lab)
    try:
        with orders.serving(), lab.client(answers_after_s=None if moment == "the client rings" else 0.2) as client:
            phone = Agent(lab.inside, "2002", lab.password("2002"))
            phone.answers_after_s = None if moment == "the person rings" else 0.2
            assert phone.register().start == "200"
            orders.order()
            assert until(lambda: lab.invited(phone if moment == "the person rings" else client), 30)
            assert moment != "they talk" or until(lab.are_joined)
            first = orders.store.find("one").attempts[0].uuid
            lab.restart()
            client.calls.clear()
            client.log.clear()
            orders.rows("UPDATE callback_attempts SET began_s = began_s - 100")
            assert until(lambda: orders.store.find("one").attempts[0].cause == UNKNOWN, 60)
            orders.rows("UPDATE callbacks SET not_before_s = 0")
            phone.answers_after_s = client.answers_after_s = 0.2
            assert phone.register().start == "200"
            assert until(lambda: client.received("ACK") and lab.switch.channels() == 2 and lab.are_joined(), 30)
            client.rung().hang_up()
            order = orders.ended(status=CallbackStatus.TALKED)
            assert [attempt.cause for attempt in order.attempts] == [UNKNOWN, "NORMAL_CLEARING"]
            assert order.attempts[1].uuid != first
            phone.vanish()
    finally:
        orders.engine.dispose()
        lab.stop()
