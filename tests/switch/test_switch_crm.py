"""The person responsible for a caller on the real switch: the CRM answers over HTTP, stalls, errs, stops."""

import contextlib
import itertools
from dataclasses import replace

import pytest

from routing.model.web import Reply
from support.switchbed.bed import until
from support.switchbed.cases import Case, parse_phone
from support.switchbed.engines import serving
from support.switchbed.vendor import Vendor

NUMBER = "+380800330100"
#: Owner 17 is maria; nobody of the company stands for owner 18.
MARIA, STRANGER = 17, 18
#: The step's second, the engine's grace and what two busy cores add: far below the watchdog's and the ring time's sum.
BUDGET_S = 3.0
LEFT_ALONE = Reply(429, {"retry-after": "1"}, b"{}")


@pytest.fixture(scope="module")
def vendor():
    """The vendor's server; its users 17 and 18 are active."""
    running = Vendor()
    running.fake.world.user(MARIA)
    running.fake.world.user(STRANGER)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def decided(bed, vendor, engine):
    """An engine that may ask this vendor; the bed's own is back afterwards."""
    with serving(bed.company, VENDOR_HOOK=vendor.url) as asking:
        bed.company.publish(asking.address)
        try:
            yield asking
        finally:
            bed.company.publish(engine)


@pytest.fixture(scope="module")
def phones(bed):
    """The responsible person's phone and the next step's."""
    takes, talks = parse_phone("answers after 100ms, talks 300ms"), parse_phone("answers after 100ms, talks 1s")
    with bed.ringing("maria.desk", talks) as maria, bed.ringing("danylo.desk", takes) as danylo:
        yield {"maria.desk": maria, "danylo.desk": danylo}


@pytest.fixture
def call(bed, decided, phones, switch):
    """Carry the call of a caller; afterwards no channel is left."""

    def carry(caller):
        outcome = bed.run(Case(f"crm {caller}", NUMBER, caller))
        invites = [each for each in invited(phones[outcome.talked]) if caller in each.header("From")]
        return replace(outcome, seen={outcome.talked: invites[0]}, rung=[(invites[0].at, outcome.talked)])

    yield carry
    assert until(lambda: switch.channels() == 0)


def invited(phone):
    return [each for each in phone.messages() if each.received and each.start == "INVITE"]


def known(vendor, caller, owner=MARIA, name="Олена Клієнт"):
    """The vendor's users have written down this caller's contact."""
    return vendor.fake.world.contact(caller, owner=owner, name=name)


def test_the_open_deals_owner_rings(vendor, call):
    caller = "+380671260001"
    vendor.fake.world.deal(known(vendor, caller, owner=STRANGER), owner=MARIA)
    assert call(caller).talked == "maria.desk"


@pytest.mark.parametrize(
    ("caller", "name", "shown"),
    [
        ("+380671260002", "Олена Клієнт", "Олена Клієнт"),
        ("+380671260005", 'ТОВ "Ромашка" <sip:x@y>; ${uuid}', "ТОВ Ромашка sip x y uuid"),
    ],
)
def test_the_phone_shows_the_callers_name(caller, name, shown, vendor, call):
    known(vendor, caller, name=name)
    assert f'"{shown}" <sip:{caller}@' in call(caller).seen["maria.desk"].header("From")


def test_nobody_responsible_is_the_next_step(vendor, call):
    known(vendor, "+380671260003", owner=STRANGER)
    assert call("+380671260003").talked == "danylo.desk"
    assert call("+380671260004").talked == "danylo.desk"


def decisions(engine, caller):
    return [each for each in engine.lines("decision") if each["caller"] == caller]


@contextlib.contextmanager
def stalled(vendor):
    vendor.stall()
    try:
        yield
    finally:
        vendor.go_on()


@contextlib.contextmanager
def stopped(vendor):
    vendor.stop()
    try:
        yield
    finally:
        vendor.start()


def always(reply):
    @contextlib.contextmanager
    def answering(vendor):
        vendor.fake.always = reply
        try:
            yield
        finally:
            vendor.fake.always = None

    return answering


#: Each call is a caller's own: of whom the engine has no last answer.
CALLERS = itertools.count()
FAULTS = {"slow": stalled, "500": always(Reply(500, {}, b"oops")), "429": always(LEFT_ALONE), "stopped": stopped}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_last_answer_of_a_crm_that_does_not_answer_stands_in_within_the_steps_second(fault, vendor, call, decided):
    known_before, new = (f"+38067128{next(CALLERS):04}" for _ in range(2))
    known(vendor, known_before)
    known(vendor, new)
    assert call(known_before).talked == "maria.desk"
    with FAULTS[fault](vendor):
        assert call(known_before).talked == "maria.desk"
        *_, stale = decisions(decided, known_before)
        assert (stale["verdict"], "cached answer" in stale["reason"]) == ("decided", True)
        missed = call(new)
        assert missed.talked == "danylo.desk"
        (line,) = decisions(decided, new)
        assert line["verdict"] == "failed"
        assert all(each["ms"] < BUDGET_S * 1000 for each in (stale, line))
    # and once it answers again its word counts again
    assert until(lambda: call(new).talked == "maria.desk", 20)
