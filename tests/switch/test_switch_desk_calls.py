"""Calls that the desk begins, on the real switch: who is rung, who hears whom, and what the journal makes of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import gevent
import pytest

from routing.desk.board import Board
from routing.desk.board_picture import picture_of
from routing.desk.board_rows import CallRow, Surroundings
from routing.desk.live_feed import LiveFeed
from routing.esl.protocol import EventSocket
from routing.journal.gather import Gatherer
from routing.journal.parse import ParseContext
from routing.journal.record import CallRecord
from routing.journal.spool import Spool
from routing.model.desk import ANNOUNCING_TONE
from routing.model.desk_call import LISTEN, TAKE_OVER, WHISPER, ClickedCall, JoiningCall, announcing
from support.switchbed.lab import NUMBER, Lab, until
from support.switchbed.voices import BEEP_HZ, CLIENT_HZ, HEAD_HZ, PERSON_HZ, Voice, hear, offer_to, voice

pytestmark = pytest.mark.switch
ANNOUNCEMENT = f"sounds/{ANNOUNCING_TONE}"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("desk"))
    yield running
    running.stop()


class Followed:
    """The lab's switch as a desk follows it, in a thread of its own."""

    def __init__(self, lab: Lab) -> None:
        self.board, settings = Board(), lab.switch.settings
        self.feed = LiveFeed(EventSocket("127.0.0.1", settings.esl_port, settings.esl_password), self.board)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        following = gevent.spawn(self.feed.run)
        while not self.stop.is_set():
            gevent.sleep(0.02)
        following.kill()

    def calls(self) -> tuple[CallRow, ...]:
        return picture_of(self.board, Surroundings()).calls

    def row(self, true: Callable[[CallRow], object]) -> CallRow:
        """The only call, once something is true of it."""
        assert until(lambda: len(self.calls()) == 1 and true(self.calls()[0]), 15), self.calls()
        return self.calls()[0]


@pytest.fixture(scope="module")
def followed(lab) -> Iterator[Followed]:
    found = Followed(lab)
    assert until(lambda: any(node.is_known for node in found.board.nodes.values()))
    yield found
    found.stop.set()
    found.thread.join(10)


@pytest.fixture(autouse=True)
def spool(lab):
    for left in (lab.switch.home / "spool").glob("*.json"):
        left.unlink()


def asks(lab: Lab, call: ClickedCall | JoiningCall) -> None:
    """As the desk asks for it."""
    answer = lab.switch.esl.api(call.originate(lab.switch.esl.api("global_getvar routing_leg").strip()))
    assert answer.startswith("+OK"), answer


def release(lab: Lab) -> str:
    return str((lab.root / "current").resolve())


def records(lab: Lab, count: int) -> list[CallRecord]:
    """What the journal makes of all calls, once so many are complete."""
    spool = Spool(lab.switch.home / "spool")
    gatherer = Gatherer(spool, ParseContext(), lambda *_, **__: None, time.time)

    def found() -> list[CallRecord]:
        gathered = [gatherer.call(uuid) for uuid in gatherer.listing().a_legs]
        return [each.call for each in gathered if each]

    assert until(lambda: len(found()) >= count, 20), [path.name for path in spool.root.glob("*")]
    return found()


class Talk:
    """A client talks with 2002; the head's phone is 2001."""

    def __init__(self, lab: Lab, followed: Followed, stack: ExitStack) -> None:
        self.lab, self.stack, self.followed = lab, stack, followed
        self.head_phone = stack.enter_context(lab.phone("2001"))
        self.phone = stack.enter_context(lab.phone("2002"))
        caller = stack.enter_context(lab.caller())
        self.call = caller.call(NUMBER)
        answer = caller.answered(self.call)
        assert answer.start == "200"
        assert until(lambda: self.phone.received("ACK") and lab.is_joined("2002"))
        row = followed.row(lambda row: row.talker and row.scheme)
        assert (row.direction, row.client, row.scheme) == ("in", "+380671234567", "office")
        assert row.talker and row.talker.name == "support"
        self.legs = row.client_leg, row.talker.leg
        self.client = stack.enter_context(voice(caller, answer, CLIENT_HZ))
        self.person = stack.enter_context(voice(self.phone, offer_to(self.phone, self.phone.rung()), PERSON_HZ))

    def join(self, how: str) -> Voice:
        leg = self.legs[0] if how == TAKE_OVER else self.legs[1]
        if how == TAKE_OVER:
            self.followed.feed.takeovers.add(leg)
        asks(self.lab, JoiningCall("sales", "desk", how, leg, release(self.lab)))
        assert until(lambda: self.head_phone.received("ACK"), 10)
        return self.stack.enter_context(
            voice(self.head_phone, offer_to(self.head_phone, self.head_phone.rung()), HEAD_HZ)
        )


@pytest.fixture
def talk(lab, followed) -> Iterator[Talk]:
    with ExitStack() as stack:
        yield Talk(lab, followed, stack)
    lab.switch.esl.api("hupall normal_clearing")
    assert lab.quiet()
    assert until(lambda: followed.calls() == ()), followed.calls()


def test_who_listens_hears_both_and_is_heard_by_nobody(lab, talk):
    head = talk.join(LISTEN)
    expected = {talk.client: {PERSON_HZ}, talk.person: {CLIENT_HZ}, head: {CLIENT_HZ, PERSON_HZ}}
    assert hear(expected) == ""
    assert talk.followed.row(lambda row: row.joined).joined == ("listen:sales",)
    for key in "0123":  # which would switch listening to speaking
        talk.head_phone.rung().press(key)
        assert hear(expected) == ""
    talk.head_phone.rung().hang_up()
    assert until(lambda: len(lab.uuids(2)) == 2)
    assert hear({talk.client: {PERSON_HZ}, talk.person: {CLIENT_HZ}}) == ""
    talk.call.hang_up()
    (record,) = records(lab, 1)
    assert (record.status, record.person) == ("answered", "support")


def test_a_whisper_is_heard_by_the_colleague_alone(lab, talk):
    head = talk.join(WHISPER)
    expected = {talk.client: {PERSON_HZ}, talk.person: {CLIENT_HZ, HEAD_HZ}, head: {CLIENT_HZ, PERSON_HZ}}
    assert hear(expected) == ""
    for key in "13":
        talk.head_phone.rung().press(key)
        assert hear(expected) == ""
    talk.call.hang_up()
    assert until(talk.head_phone.rung().is_over), "who listens is not kept when the call ends"
    (record,) = records(lab, 1)
    assert (record.status, record.person) == ("answered", "support")


def test_both_who_talk_hear_that_somebody_will_listen_and_the_talk_goes_on(lab, talk):
    assert not any(each.hears(BEEP_HZ, 0) for each in (talk.client, talk.person))
    answer = lab.switch.esl.api(announcing(talk.legs[1], release(lab), ANNOUNCEMENT))
    assert answer.startswith("+OK"), answer
    assert until(lambda: all(each.hears(BEEP_HZ, 0) for each in (talk.client, talk.person)), 10)
    assert hear({talk.client: {PERSON_HZ}, talk.person: {CLIENT_HZ}}) == ""
    head = talk.join(LISTEN)
    assert hear({talk.client: {PERSON_HZ}, talk.person: {CLIENT_HZ}, head: {CLIENT_HZ, PERSON_HZ}}) == ""
    talk.call.hang_up()
    (record,) = records(lab, 1)
    assert (record.status, record.person) == ("answered", "support")


def test_a_talk_that_is_over_is_announced_to_nobody(lab):
    answer = lab.switch.esl.api(announcing("0b6bfa6a-1111-4222-8333-444455556666", release(lab), ANNOUNCEMENT))
    assert not answer.startswith("+OK")


def test_who_takes_over_talks_with_the_client_and_the_colleague_is_released(lab, talk):
    head = talk.join(TAKE_OVER)
    assert hear({talk.client: {HEAD_HZ}, head: {CLIENT_HZ}}) == ""
    assert until(talk.phone.rung().is_over)
    row = talk.followed.row(lambda row: row.talker and row.talker.name == "sales")
    assert (row.client, row.joined) == ("+380671234567", ())
    talk.head_phone.rung().hang_up()
    assert until(talk.call.is_over)
    (record,) = records(lab, 1)
    assert record.status == "answered" and record.client == "+380671234567"
    assert {leg.target for leg in record.legs if leg.talk_s} == {"support.desk", "sales.desk"}


def test_without_a_desk_nobody_is_takeovers_and_the_talk_goes_on(lab, talk):
    asks(lab, JoiningCall("sales", "desk", TAKE_OVER, talk.legs[0], release(lab)))
    assert until(lambda: talk.head_phone.received("ACK"), 10)
    assert until(talk.head_phone.rung().is_over, 15)
    assert hear({talk.client: {PERSON_HZ}, talk.person: {CLIENT_HZ}}) == ""
    talk.call.hang_up()
    (record,) = records(lab, 1)
    assert (record.status, record.person) == ("answered", "support")


def test_a_click_rings_the_persons_phone_and_then_the_client(lab, followed):
    with lab.phone("2001") as phone:
        lab.carrier.calls.clear()
        lab.carrier.log.clear()
        lab.switch.esl.api("global_setvar routing_dnd_sales=error/17/")
        try:
            asks(lab, ClickedCall("sales", "desk", "+380671234567", release(lab)))
            assert until(lambda: phone.received("ACK"), 10), "the person on do-not-disturb has clicked"
        finally:
            lab.switch.esl.api("global_setvar routing_dnd_sales=")
        assert until(
            lambda: lab.carrier.received("ACK") and lab.switch.esl.api("show calls count").split()[0] == "1", 10
        )
        invite = lab.carrier.received("INVITE")[-1]
        assert "380671234567" in invite.text.split("\n")[0] and "<sip:+380800330900@" in invite.header("From")
        row = followed.row(lambda row: row.talk_since_s and row.talks)
        assert (row.direction, row.client, row.owner) == ("out", "+380671234567", "sales")
        phone.rung().hang_up()
        assert until(lab.carrier.rung().is_over)
    (record,) = records(lab, 1)
    assert (record.direction, record.status, record.person) == ("out", "answered", "sales")
    assert (record.client, record.number, record.caller) == ("+380671234567", "+380800330900", "2001")
    assert lab.quiet()


@pytest.mark.parametrize("number", ["+48221234567", "+380900312345"])
def test_a_click_calls_nobody_outside_the_destinations(lab, number):
    with lab.phone("2001") as phone:
        lab.carrier.log.clear()
        asks(lab, ClickedCall("sales", "desk", number, release(lab)))
        assert until(lambda: phone.received("ACK"), 10)
        assert until(phone.rung().is_over, 20)
        assert lab.carrier.received("INVITE") == []
    assert lab.quiet()


def test_nobody_is_called_when_the_person_does_not_pick_up(lab):
    with lab.phone("2001", status=486) as phone:
        lab.carrier.log.clear()
        asks(lab, ClickedCall("sales", "desk", "+380671234567", release(lab)))
        assert until(lambda: phone.received("INVITE"))
        assert lab.quiet()
        assert lab.carrier.received("INVITE") == []
    assert list((lab.switch.home / "spool").glob("a_*.json")) == []
