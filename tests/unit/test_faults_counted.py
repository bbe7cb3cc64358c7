"""What the tool that kills everything counts as a fault, by what phones and callers have seen."""

from __future__ import annotations

from support.switchbed.crowd import Party
from support.switchbed.floor_count import faults

QUEUE, PHONE, CLIENT = "+380800330001", "+380501110000", "+380672000001"


def caller(number: int, came_s: float, **words) -> Party:
    return Party(f"c{number}", QUEUE, f"+3806700000{number:02}", began_s=came_s, **words)


def rung(number: int, at_s: float, phone: str = PHONE, **words) -> Party:
    return Party(f"p{at_s}", phone, f'"x" <sip:+3806700000{number:02}@host>;tag=1', began_s=at_s, **words)


def found(callers, phones):
    return [each.what for each in faults(callers, phones, [CLIENT], 100.0)]


def test_calls_that_are_served_in_their_order_have_no_fault():
    callers = [caller(1, 0), caller(2, 5, ended_by_switch="BYE", ended_s=30)]
    phones = [rung(1, 10, picked_s=11, ended_s=20), rung(2, 21, picked_s=22, ended_s=30)]
    assert found(callers, phones) == []


def test_who_rings_before_an_earlier_caller_of_the_queue_has_overtaken():
    callers = [caller(1, 0), caller(2, 5), caller(3, 6)]
    assert found(callers, [rung(3, 20, ended_s=21), rung(1, 22)]) == ["overtake"]
    assert found(callers, [rung(3, 20, ended_s=21, invite="INVITE\r\nX-Alone: yes\r\n"), rung(1, 22)]) == [
        "overtake, no engine"
    ]
    assert found(callers, [rung(2, 20, "a"), rung(1, 20.5, "b")]) == []  # both rang at once


def test_a_call_that_ends_without_a_talk_is_lost():
    assert found([caller(1, 0, ended_by_switch="486", ended_s=9)], []) == ["caller lost"]


def test_a_phone_that_rings_during_its_talk_was_offered_twice_and_a_talk_the_switch_ends_is_torn():
    callers = [caller(1, 0), caller(2, 1)]
    talk = rung(1, 10, picked_s=11, ended_s=20, ended_by_switch="BYE")
    assert found(callers, [talk, rung(2, 15)]) == ["double offer", "talk torn"]


def test_a_client_who_was_reached_is_not_rung_again_nor_anybody_before_the_next_attempt():
    first = rung(1, 10, CLIENT, ended_s=20)
    assert found([], [first, rung(1, 30, CLIENT)]) == ["client rung twice"]
    assert found([], [first, rung(1, 700, CLIENT)]) == []
    assert found([], [rung(1, 10, CLIENT, picked_s=11), rung(1, 700, CLIENT)]) == ["client rung twice"]
    hung_up_on = rung(1, 10, CLIENT, picked_s=11, ended_s=11.2)
    assert found([], [hung_up_on, rung(1, 700, CLIENT)]) == []
    assert found([], [hung_up_on, rung(1, 30, CLIENT)]) == ["client rung twice"]
