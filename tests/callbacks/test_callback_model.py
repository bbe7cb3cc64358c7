"""The life of an order, by its pure rules: from any sequence of events it stays within what is promised."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.model import callback
from routing.model.callback import MOST_ATTEMPTS, OPEN, CallbackStatus, Consent, First
from routing.model.callback_causes import FAULTS, HOPELESS, NOBODY, UNKNOWN, UNWANTED
from routing.model.causes import CAUSES
from support.callback_orders import NOW, an_order


@pytest.mark.parametrize(
    ("cause", "minutes"),
    [("USER_BUSY", 3), ("NO_ANSWER", 10), ("CALL_REJECTED", 10), (UNKNOWN, 10), (NOBODY, 5), ("GATEWAY_DOWN", 3),
     ("NORMAL_CLEARING", 10)],
)  # fmt: skip
def test_the_next_attempt_by_the_cause_of_the_last_one(cause, minutes):
    dialled = callback.started(an_order(), "u1", NOW)
    again = callback.finished(dialled, "u1", cause, 0, NOW + 30)
    assert (again.status, again.not_before_s) == ("ordered", NOW + 30 + 60 * minutes)


@pytest.mark.parametrize("cause", sorted(HOPELESS - {UNWANTED}))
def test_never_again_where_no_attempt_will_do_better(cause):
    given_up = callback.finished(callback.started(an_order(), "u1", NOW), "u1", cause, 0, NOW + 5)
    assert (given_up.status, given_up.closed_s, given_up.tries_left) == ("given_up", NOW + 5, 2)


def test_causes_of_the_rules_are_causes_of_the_switch():
    assert set(CAUSES) >= HOPELESS | FAULTS


def test_given_up_after_all_tries():
    order = an_order(tries_left=2)
    for n in (1, 2):
        order = callback.started(order, f"u{n}", order.not_before_s)
        order = callback.finished(order, f"u{n}", "NO_ANSWER", 0, order.not_before_s + 20)
    assert order.status == "given_up" and [each.cause for each in order.attempts] == ["NO_ANSWER"] * 2


def test_an_attempt_that_did_not_ring_the_client_is_not_one_of_the_tries():
    order = callback.finished(callback.started(an_order(tries_left=1), "u1", NOW), "u1", NOBODY, 0, NOW + 9)
    assert (order.status, order.tries_left) == ("ordered", 1)


@pytest.mark.parametrize("cause", sorted(FAULTS))
def test_while_the_carrier_is_out_of_order_no_try_is_spent_and_attempts_come_less_and_less_often(cause):
    order = an_order(tries_left=1, expires_s=NOW + 1e7)
    pauses = []
    for n in range(MOST_ATTEMPTS - 1):
        began_s = order.not_before_s
        order = callback.finished(callback.started(order, f"u{n}", began_s), f"u{n}", cause, 0, began_s)
        pauses.append((order.not_before_s - began_s) / 60)
    assert (order.status, order.tries_left) == ("ordered", 1)
    assert pauses[:6] == [3, 6, 12, 24, 48, 60] and set(pauses[6:]) == {60}
    back = callback.finished(callback.started(order, "rung", order.not_before_s), "rung", "NO_ANSWER", 0, NOW + 1e7)
    assert back.status == "given_up"  # the one try


def test_the_pause_after_a_fault_begins_anew_when_a_call_came_through():
    order, now = an_order(), NOW
    for n, cause in enumerate(["GATEWAY_DOWN", "GATEWAY_DOWN", "USER_BUSY", "GATEWAY_DOWN"]):
        now = order.not_before_s
        order = callback.finished(callback.started(order, f"u{n}", now), f"u{n}", cause, 0, now)
    assert (order.not_before_s - now, order.tries_left) == (180, 2)


def test_a_talk_during_an_attempt_closes_the_order_and_the_attempt_still_gets_its_end():
    dialled = callback.started(an_order(), "u1", NOW)
    talked = callback.closed(dialled, CallbackStatus.TALKED, NOW + 4)
    ended = callback.finished(talked, "u1", "USER_BUSY", 0, NOW + 6)
    assert (ended.status, ended.closed_s, ended.attempts[0].cause) == ("talked", NOW + 4, "USER_BUSY")


def test_what_is_being_dialled_does_not_expire():
    assert callback.closed(callback.started(an_order(), "u1", NOW), CallbackStatus.EXPIRED, NOW + 1e6) is None


def test_ordered_again_the_client_keeps_id_place_and_attempts_and_gets_the_new_wishes():
    old = callback.started(an_order(place_s=NOW - 60, entities={"region": "521"}, tries_left=1), "u1", NOW)
    consent = Consent("call me", "https://shop.example/", NOW + 9)
    new = an_order(
        id="two", scheme="lviv", first=First.CLIENT, created_s=NOW + 9, not_before_s=NOW + 99, consent=consent
    )
    both = callback.renewed(old, new)
    assert both == replace(
        old, scheme="lviv", first=First.CLIENT, not_before_s=NOW + 99, consent=consent, tries_left=new.tries_left
    )


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["start", "finish", "again", "close", "cancel", "expire"]),
        st.sampled_from(
            ["USER_BUSY", "NO_ANSWER", "UNALLOCATED_NUMBER", NOBODY, UNKNOWN, "GATEWAY_DOWN", "NORMAL_CLEARING"]
        ),
        st.sampled_from([0.0, 0.0, 0.0, 12.0]),
        st.integers(0, 4000),
    ),
    max_size=80,
)


@given(steps=STEPS, tries=st.integers(1, 5))
def test_any_sequence_of_events_keeps_the_promises(steps, tries):
    order, now = an_order(tries_left=tries), NOW
    for n, (event, cause, talked_s, later_s) in enumerate(steps):
        now += later_s
        after = _after(order, event, f"u{n}", cause, talked_s, now)
        assert order.is_open or (after.status, after.closed_s) == (order.status, order.closed_s)
        assert len([each for each in after.attempts if not each.ended_s]) <= 1
        assert (after.status == "dialling") <= any(not each.ended_s for each in after.attempts)
        assert bool(after.closed_s) == (after.status not in OPEN)
        assert sum(each.cause not in {NOBODY, "GATEWAY_DOWN"} for each in after.attempts) <= tries
        assert len(after.attempts) <= MOST_ATTEMPTS
        assert [each.number for each in after.attempts] == list(range(1, len(after.attempts) + 1))
        ended = [each for each in order.attempts if each.ended_s]
        assert [each for each in after.attempts if each.uuid in {old.uuid for old in ended}] == ended
        order = after


def _after(order, event, uuid, cause, talked_s, now):
    last = order.attempts[-1].uuid if order.attempts else "none"
    match event:
        case "start":
            return callback.started(order, uuid, now) or order
        case "finish":
            return callback.finished(order, last, cause, talked_s, now)
        case "again":
            once = callback.finished(order, last, cause, talked_s, now)
            assert callback.finished(once, last, "NO_ANSWER", 0, now + 5) == once
            return once
    status = {"close": CallbackStatus.TALKED, "cancel": CallbackStatus.CANCELLED, "expire": CallbackStatus.EXPIRED}
    return callback.closed(order, status[event], now) or order
