"""When a recording was announced and masked, from the applications that ran."""

import pytest

from routing.journal.cdr import App, Cdr
from routing.journal.masked import announced, masked, spans


def leg(*ran, **variables):
    """A calling leg: (seconds, application, argument)."""
    apps = tuple(App(name, data, str(round(at_s * 1e6))) for at_s, name, data in ran)
    return Cdr("a", variables, apps)


RECORDS = (100.0, "record_session", "/r/calls/a.wav")
ENDS = ("stop_record_session", "/r/calls/a.wav")
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
        ([RECORDS, (102.0, *ENDS), (160.0, *RECORDS[1:]), (162.5, *MASKS), (163.0, *UNMASKS)], "4.5-5.0"),
        ([RECORDS, (101.0, *MASKS), (102.0, *ENDS), (160.0, *RECORDS[1:]), (162.0, *UNMASKS)], "1.0-4.0"),
    ],
)
def test_masked(ran, found):
    assert masked(leg(*ran)) == found


def test_spans():
    assert list(spans("12.5-40.1 60.0-")) == [(12.5, 40.1), (60.0, 0.0)]
    assert list(spans("")) == []


def test_announced():
    ran = (104.0, "multiset", "^^|routing_announce=heard|bridge_pre_execute_bleg_app=")
    assert announced(leg(ran, routing_announce="heard")) == 104.0
    assert announced(leg((104.0, "set", "routing_announce=/r/sounds/a.wav"), routing_announce="/r/sounds/a.wav")) == 0
    assert announced(leg()) == 0
