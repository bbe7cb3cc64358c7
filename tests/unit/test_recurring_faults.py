"""A fault that recurs every second is logged once a minute, and at once when it is another."""

from routing.process.log import Recurring


def test_once_then_once_a_minute_and_on_change():
    now = [1000.0]
    faults = Recurring(now=lambda: now[0])
    assert faults.is_due("connection refused")
    for now[0] in (1001.0, 1030.0, 1059.9):
        assert not faults.is_due("connection refused")
    assert faults.is_due("wrong password")
    assert faults.is_due("connection refused")
    now[0] = 1119.9
    assert faults.is_due("connection refused")
