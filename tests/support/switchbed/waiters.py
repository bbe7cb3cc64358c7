"""Callers who wait, and whom they ring, on the real switch."""

from __future__ import annotations

from .people import wait_busy
from .waiting import until


def record(bed, sender):
    """What the switch has written down of a caller's call."""
    return until(lambda: next((each for each in bed.records() if each.get("routing_caller") == sender), None), 40)


def callers(phone):
    """Who has rung a phone, in order."""
    invites = [each for each in phone.messages() if each.received and each.start == "INVITE"]
    return [each.header("From").partition("sip:")[2].partition("@")[0] for each in invites]


def talks(rung, status, person):
    """A phone talks, and the engine knows it."""
    assert until(lambda: any(each.received and each.start == "ACK" for each in rung[person].messages()), 30)
    wait_busy(status, person)
