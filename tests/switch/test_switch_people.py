"""Stickiness from end to end: the switch's CDRs, taken by the journal, tell the engine who has talked with whom."""

import contextlib
import os
import subprocess
import sys

import pytest

from routing.store.address import parse
from routing.store.client import RedisStore
from routing.store.embedded import url
from routing.store.memory import RedisMemory
from support.redis_needed import needs_redis
from support.switchbed.bed import until
from support.switchbed.cases import parse_phone
from support.switchbed.dialling import colleague, place

TAKES = "answers after 100ms, talks 1500ms"


@pytest.fixture
def memory(bed):
    """What the engine remembers."""
    store = RedisStore(parse(url(bed.company.root)), budget_s=2.0)
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
        yield {
            who: stack.enter_context(bed.ringing(f"{who}.desk", parse_phone(words))) for who, words in phones.items()
        }


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


def records(bed, caller):
    """Of a caller's calls, as far as the switch has written them."""
    return [each for each in bed.records() if each.get("routing_caller") == caller]


def decided(bed, caller):
    """What the engine has decided for a caller, as his calls' records tell it."""
    return [each["routing_decision"] for each in records(bed, caller)]


@needs_redis
def test_the_caller_reaches_whom_he_has_talked_with(bed, switch, memory, journal):
    caller = "+380671120040"
    with ringing(bed, danylo=TAKES, olena=TAKES) as phones:
        assert carry(bed, "380800330022", caller) == 0
        assert rung(phones) == ["danylo"]
        assert until(lambda: journal() and list(memory.talks("bed", caller)))
        assert next(iter(memory.talks("bed", caller))).person == "danylo"
    # danylo's phone is off now: the next step at once, and he is called again afterwards
    with ringing(bed, olena=TAKES):
        assert carry(bed, "380800330022", caller) == 0
    (record,) = until(lambda: [each for each in records(bed, caller) if each["hangup_cause"] == "USER_BUSY"])
    assert record["routing_step"] == "3"
    with ringing(bed, danylo=TAKES):
        assert carry(bed, "380800330022", caller) == 0
        assert until(lambda: "1:ring:person:danylo" in decided(bed, caller))
    assert until(lambda: switch.channels() == 0)


@needs_redis
def test_the_client_whom_a_colleague_called_reaches_that_colleague(bed, switch, memory, journal):
    client = "+380501110003"
    with bed.ringing("petro.mobile", parse_phone("answers after 200ms, talks 1500ms")):
        assert place(bed, "maria calls out", colleague(bed, client), switch.settings.sip_port)[-1] == "200"
    assert until(lambda: journal() and list(memory.talks("bed", client)))
    talk = next(iter(memory.talks("bed", client)))
    assert (talk.person, talk.direction) == ("maria", "out")
    with ringing(bed, maria=TAKES, danylo=TAKES) as phones:
        assert carry(bed, "380800330022", client) == 0
        assert rung(phones) == ["maria"]
    assert until(lambda: switch.channels() == 0)
