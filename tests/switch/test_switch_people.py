"""Stickiness from end to end: the switch's CDRs, taken by the journal, tell the engine who has talked with whom."""

import contextlib
import os
import subprocess
import sys
import time

import pytest
from switchbed.bed import until
from switchbed.cases import parse_phone
from test_switch_access import colleague, place

from routing.store.address import parse
from routing.store.client import Store
from routing.store.embedded import url
from routing.store.memory import RedisMemory

#: The engine hears of a registration by an event, a moment after the phone is there.
SETTLE_S = 0.5
TAKES = "answers after 100ms, talks 1500ms"


@pytest.fixture
def memory(bed):
    """What the engine remembers."""
    store = Store(parse(url(bed.company.root)), budget_s=2.0)
    yield RedisMemory(store)
    store.close()


@pytest.fixture
def journal(bed, tmp_path):
    """Take the finished calls into the engine's memory, with the product's own command."""
    command = [sys.executable, "-m", "routing", "journal", "--once", "--spool", str(bed.switch.home / "spool")]
    command += ["--database", str(tmp_path / "journal.db"), "--redis", url(bed.company.root), "--project", "bed"]
    return lambda: subprocess.run(command, check=True, capture_output=True, timeout=60, env=os.environ)


@contextlib.contextmanager
def ringing(bed, **phones):
    """Phones by person; each tells who it was rung by."""
    with contextlib.ExitStack() as stack:
        there = {
            who: stack.enter_context(bed.ringing(f"{who}.desk", parse_phone(words))) for who, words in phones.items()
        }
        time.sleep(SETTLE_S)
        yield there


def dial(bed, number, sender, **words):
    """A call under way; its folder is the sender's."""
    return bed.call(bed.folder / f"people{sender}", to=number, sender=sender, **words)


def carry(bed, number, sender):
    """A call to its end; its exit status."""
    call = dial(bed, number, sender)
    try:
        return call.wait(40)
    finally:
        call.stop()


def rung(phones):
    """Who was rung, in the order of ringing."""
    invites = [
        (message.at, who)
        for who, phone in phones.items()
        for message in phone.messages()
        if message.received and message.start == "INVITE"
    ]
    return [who for _, who in sorted(invites)]


def decided(bed, caller):
    """What the engine has decided for a caller, as his calls' records tell it."""
    return [each["routing_decision"] for each in bed.records() if each.get("routing_caller") == caller]


def test_the_caller_reaches_whom_he_has_talked_with(bed, switch, memory, journal):
    caller = "+380671120040"
    with ringing(bed, danylo=TAKES, olena=TAKES) as phones:
        assert carry(bed, "380800330022", caller) == 0
        assert rung(phones) == ["danylo"]
        assert until(lambda: journal() and list(memory.talks("bed", caller)))
        assert next(iter(memory.talks("bed", caller))).person == "danylo"
    # danylo's phone is off now: the next step at once, and he is there again afterwards
    with ringing(bed, olena=TAKES):
        assert carry(bed, "380800330022", caller) == 0
    record = next(
        each
        for each in bed.records()
        if each.get("routing_caller") == caller and each.get("hangup_cause") == "USER_BUSY"
    )
    assert record["routing_step"] == "3"
    with ringing(bed, danylo=TAKES):
        assert until(lambda: carry(bed, "380800330022", caller) == 0 and "1:ring:person:danylo" in decided(bed, caller))
    assert until(lambda: switch.channels() == 0)


def test_the_client_whom_a_colleague_called_reaches_that_colleague(bed, switch, memory, journal):
    client = "+380501110003"
    with bed.ringing("petro.mobile", parse_phone("answers after 200ms, talks 1500ms")):
        assert place(bed, "maria calls out", colleague(bed, client), switch.settings.sip_port)[-1] == "200"
    assert until(lambda: journal() and list(memory.talks("bed", client)))
    talk = next(iter(memory.talks("bed", client)))
    assert (talk.person, talk.direction) == ("maria", "out")
    with ringing(bed, maria=TAKES, danylo=TAKES) as phones:
        # the engine hears of a registration a moment after the phone: until then the next step rings danylo
        assert until(lambda: carry(bed, "380800330022", client) == 0 and rung(phones)[-1] == "maria")
    assert until(lambda: switch.channels() == 0)
