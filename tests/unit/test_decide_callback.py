"""The callback step's decision: who gets an order, with which settings, and who goes on without one."""

from dataclasses import replace

import pytest

from routing.decide.registry import decide
from routing.model.callback import CallbackSource, First, OrdersDown
from routing.model.callback_plan import CallbackPlan
from routing.model.decision import Call, Continue, Ordered
from support.callback_orders import CLIENT, NOW, a_plan
from support.decision_ports import given

STEP = {"kind": "callback", "project": "shop", "timeout_s": 2.0, "scheme": "", "first": "", "tries": 0, "when": "free"}
CALL = Call("u1", "/r", "sales", "2", "+380800330521", CLIENT, entities={"region": "521"}, source={"utm_source": "x"})


class Desk:
    """Keeps what was ordered; `down`: why nothing can be."""

    def __init__(self, plan: CallbackPlan, down: str = "") -> None:
        self.known, self.down, self.orders = plan, down, []

    def plan(self, release):
        return self.known

    def order(self, new):
        if self.down:
            raise OrdersDown(self.down)
        self.orders.append(new)
        return replace(new, id="0123456789")


def _decided(step=STEP, call=CALL, plan=None, down=""):
    desk = Desk(plan or a_plan(), down)
    return decide(step, call, given(callbacks=desk, now=lambda: NOW)), desk.orders


def test_a_caller_gets_an_order_with_everything_that_the_call_carries():
    verdict, (order,) = _decided()
    assert (verdict.decision, verdict.outcome) == (Ordered(), "decided")
    assert verdict.reason == "person first, by scheme sales, order 01234567"
    assert (order.number, order.scheme, order.dialled, order.call_id) == (CLIENT, "sales", CALL.number, "u1")
    assert (order.entities, order.source_facts) == ({"region": "521"}, {"utm_source": "x"})
    assert (order.source, order.first, order.tries_left) == (CallbackSource.STEP, First.PERSON, 3)
    assert (order.not_before_s, order.expires_s) == (NOW, NOW + 86400)


def test_the_step_has_the_last_word():
    _, (order,) = _decided(STEP | {"scheme": "lviv", "first": "client", "tries": 1})
    assert (order.scheme, order.first, order.tries_left) == ("lviv", First.CLIENT, 1)


def test_when_the_calendar_opens_next():
    """It is Monday 10:00 in Kyiv and open since 9:00."""
    _, (order,) = _decided(STEP | {"when": "opening"})
    assert order.not_before_s == NOW + 23 * 3600 and order.expires_s == order.not_before_s + 86400


@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        ("anonymous", "the caller hides their number"),
        ("101", "the caller hides their number"),
        ("+12125551234", "+12125551234 is not in `destinations`"),
        ("+380900123456", "+380900123456 is not in `destinations`"),  # premium rate
        ("+380671110000", "+380671110000 is a number of the company"),
    ],
)
def test_who_gets_none(caller, reason):
    verdict, orders = _decided(call=replace(CALL, caller=caller))
    assert (verdict.decision, verdict.outcome, verdict.reason, orders) == (Continue(), "refused", reason, [])


def test_a_number_that_the_caller_dialled_for_themselves_is_not_believed():
    verdict, orders = _decided(call=replace(CALL, caller="anonymous", stated_number=CLIENT))
    assert verdict.outcome == "refused" and orders == []


def test_nobody_hears_of_an_order_that_was_not_written():
    verdict, _ = _decided(down="the database is away")
    assert (verdict.decision, verdict.outcome, verdict.reason) == (Continue(), "failed", "the database is away")
