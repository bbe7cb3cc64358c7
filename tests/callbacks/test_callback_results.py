"""The result of an attempt is its recorded call: the order closes, or waits for its next attempt."""

from dataclasses import replace

import pytest

from routing.callbacks import leases
from routing.journal.record import CallRecord, LegRecord
from routing.model.callback import CallbackStatus
from routing.model.callback_causes import NOBODY, NOBODY_S
from routing.recorder.callbacks import CallbackKeeper
from support.callback_orders import CLIENT, NOW, PROJECT, an_order

CALL = CallRecord(
    id="u1", project=PROJECT, direction="callback", number="+380800330521", dialled=CLIENT, caller=CLIENT,
    client=CLIENT, schemes=("sales",), release="/r", started=NOW, answered=0.0, bridged=0.0, ended=NOW + 30,
    status="no answer from a customer", cause="NORMAL_CLEARING", ended_by="person", person="ivan", target="ivan.desk",
    wait_s=30.0, talk_s=0.0, recording="", voicemail="", box="", decision="", verdict="", asked_ms=-1.0, source={},
    entities={},
)  # fmt: skip


def client_leg(cause, talk_s=0.0):
    return LegRecord("u3", "", CLIENT, "", NOW, 9.0, bool(talk_s), talk_s, cause, "")


@pytest.fixture
def finished(store):
    """The order after the record of its attempt; every record is given twice."""
    keeper = CallbackKeeper(store.engine, PROJECT, lambda *_, **__: None, lambda: NOW + 60, lambda release: None)
    store.order(an_order())
    assert store.start("one", "u1", leases.take(store.engine, PROJECT, "engine-1", NOW, 1e6), NOW)

    def finish(**facts):
        keeper.finish([replace(CALL, id="another"), replace(CALL, direction="in"), replace(CALL, **facts)])
        keeper.finish([replace(CALL, legs=(), **{name: value for name, value in facts.items() if name != "legs"})])
        return store.find("one")

    return finish


def test_a_talk_closes_the_order(finished):
    order = finished(talk_s=12.0, legs=(client_leg("NORMAL_CLEARING", 12.0),))
    assert (order.status, order.attempts[0].talked_s) == (CallbackStatus.TALKED, 12.0)


@pytest.mark.parametrize(
    ("cause", "known_as", "next_s"),
    [("USER_BUSY", "USER_BUSY", 180), ("ALLOTTED_TIMEOUT", "NO_ANSWER", 600), ("CALL_REJECTED", "NO_ANSWER", 600)],
)
def test_without_a_talk_the_next_attempt_comes_later(finished, cause, known_as, next_s):
    order = finished(legs=(client_leg(cause),))
    assert (order.status, order.attempts[0].cause) == (CallbackStatus.ORDERED, known_as)
    assert (order.not_before_s, order.tries_left) == (NOW + 60 + next_s, 2)


def test_an_unknown_number_is_given_up(finished):
    assert finished(legs=(client_leg("UNALLOCATED_NUMBER"),)).status is CallbackStatus.GIVEN_UP


def test_nobody_of_the_company_costs_no_try(finished):
    order = finished(status="no answer", person="", target="")
    assert (order.attempts[0].cause, order.tries_left, order.not_before_s) == (NOBODY, 3, NOW + 60 + NOBODY_S)
