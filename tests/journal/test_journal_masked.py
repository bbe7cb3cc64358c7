"""When a recording was announced and masked, from the applications that ran."""

import pytest

from routing.journal.cdr import App, Cdr
from routing.journal.masked import announced, file, masked, recorder, spans, with_client_end, with_client_labels


def leg(*ran, **variables):
    """A calling leg: (seconds, application, argument)."""
    apps = tuple(App(name, data, str(round(at_s * 1e6))) for at_s, name, data in ran)
    return Cdr("a", variables, apps)


RECORDS = (100.0, "record_session", "/r/calls/a.wav")
ENDS = ("stop_record_session", "/r/calls/a.wav")
#: What a caller says in a speech menu.
SPOKEN = (50.0, "record_session", "/r/listen/a.r16")
MASKS, UNMASKS = ("record_session_mask", "/r/calls/a.wav"), ("record_session_unmask", "/r/calls/a.wav")


@pytest.mark.parametrize(
    ("ran", "found"),
    [
        ([RECORDS], ""),
        ([RECORDS, (112.5, *MASKS), (140.1, *UNMASKS)], "12.5-40.1"),
        ([RECORDS, (112.5, *MASKS), (140.1, *UNMASKS), (160, *MASKS)], "12.5-40.1 60.0-"),
        ([RECORDS, (112.5, *MASKS), (113.0, *MASKS), (140.1, *UNMASKS), (141.0, *UNMASKS)], "12.5-40.1"),
        ([(99.0, *MASKS), RECORDS], "0.0-"),
        ([(99.0, *MASKS)], ""),
        ([SPOKEN, (55.0, "stop_record_session", SPOKEN[2]), RECORDS, (112.5, *MASKS)], "12.5-"),
        ([RECORDS, (102.0, *ENDS), (160.0, *RECORDS[1:]), (162.5, *MASKS), (163.0, *UNMASKS)], "4.5-5.0"),
        ([RECORDS, (101.0, *MASKS), (102.0, *ENDS), (160.0, *RECORDS[1:]), (162.0, *UNMASKS)], "1.0-4.0"),
    ],
)
def test_masked(ran, found):
    assert masked(leg(*ran)) == found


def test_what_is_said_in_a_speech_menu_is_no_recording_of_the_call():
    assert file(leg(SPOKEN)) == ""
    assert file(leg(SPOKEN, RECORDS)) == RECORDS[2]


def test_labels_of_the_leg_of_a_client_who_was_called_are_the_calls():
    client, other = leg(routing_client_leg="true", routing_tags="card,"), leg(routing_tags="other,")
    assert with_client_labels(leg(routing_tags="vip,"), [other, client]).get("routing_tags") == "vip,card,"
    assert with_client_labels(person := leg(), [other]) is person


def test_the_leg_of_a_client_who_was_called_records_and_ends_the_call():
    person = leg(routing_record_into=RECORDS[2], end_uepoch="120000000")
    client, other = leg(RECORDS, routing_client_leg="true", end_uepoch="190000000"), leg(end_uepoch="195000000")
    assert recorder(person, [other, client]) is client
    assert recorder(person, [other]) is person
    assert file(person) == RECORDS[2]
    assert with_client_end(person, [other, client]).time("end") == 190.0
    assert with_client_end(client, [person]) is client


def test_spans():
    assert list(spans("12.5-40.1 60.0-")) == [(12.5, 40.1), (60.0, 0.0)]
    assert list(spans("")) == []


def test_announced():
    ran = (104.0, "multiset", "^^|routing_announce=heard|bridge_pre_execute_bleg_app=")
    assert announced(leg(ran, routing_announce="heard")) == 104.0
    assert announced(leg((104.0, "set", "routing_announce=/r/sounds/a.wav"), routing_announce="/r/sounds/a.wav")) == 0
    assert announced(leg()) == 0
