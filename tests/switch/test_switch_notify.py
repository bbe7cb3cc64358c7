"""A caller's NOTIFY inside their call (``Event: talk``), which FreeSWITCH would obey by answering the caller's leg and
taking it out of whatever it does: it answers no call, ends no talk, and leaves no place of parking."""

import re
from contextlib import contextmanager

import pytest

from support.switchbed.dialog import URI
from support.switchbed.lab import Lab, company_with, until

UNPAID = "380800330951"
PARKING = "talk_keys: true, parking: {places: '701-703', for: 30s}"
SCHEME = """
scheme: unpaid
numbers: [{number: "+380800330951", caller_pays: false}]
steps: [{ring: {to: support, for: 20s}}, {hangup: NO_ANSWER}]
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("notify"), more={"company.yaml": company_with(PARKING), "unpaid.yaml": SCHEME})
    yield lab
    lab.stop()


def notify(call):
    """Send one; returns the final status."""
    return call.request("NOTIFY", "Event: talk", "Subscription-State: active").start


@contextmanager
def talk(lab):
    with lab.phone("2002") as phone, lab.caller() as caller:
        call = caller.call(UNPAID)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        yield phone, call
        if not call.is_over():
            call.hang_up()


def test_it_answers_no_call(lab):
    with lab.phone("2002", answers_after_s=None) as phone, lab.caller() as caller:
        call = caller.call(UNPAID)
        assert until(lambda: phone.received("INVITE"))
        early = next(m for m in reversed(caller.log) if m.received and m.start in ("180", "183"))
        call.remote, call.target = early.header("To"), URI.search(early.header("Contact"))[1]
        call.cseq += 5
        for _ in range(3):
            notify(call)
        assert not [m for m in caller.log if m.received and m.start == "200" and "INVITE" in m.header("CSeq")]
        assert len(phone.received("INVITE")) == 1 and not phone.received("CANCEL")
        lab.switch.esl.api("hupall")
    assert lab.quiet()


def test_it_rings_nobody_anew(lab):
    with talk(lab) as (phone, call):
        for _ in range(3):
            assert notify(call) == "200"
        assert lab.is_joined("2002") and len(phone.received("INVITE")) == 1 and not phone.received("BYE")
    assert lab.quiet()


@pytest.mark.parametrize(("keys", "waits"), [("*7", "park"), ("*3", "conference")])
def test_who_waits_waits_on(lab, keys, waits):
    with talk(lab) as (phone, call):
        phone.rung().press(keys)
        assert until(lambda: re.search(waits, lab.switch.esl.api("show channels")))
        assert notify(call) == "200"
        assert len(phone.received("INVITE")) == 1 and not call.is_over()
        assert re.search(waits, lab.switch.esl.api("show channels"))
        lab.switch.esl.api("hupall")
    assert lab.quiet()
