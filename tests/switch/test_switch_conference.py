"""A room on the real switch: who hears whom, who is left, PINs that nothing keeps, what the journal says of it."""

import json
import re
import time

import pytest

from routing.journal import query
from routing.journal.database import open_database
from support.journal_bed import Bed
from support.switchbed.dialog import media_port, speak
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.talks import tone
from support.switchbed.voices import BEEP_HZ, CLIENT_HZ, HEAD_HZ, PERSON_HZ, hear, offer_to, voice

VISIT = """
scheme: visit
numbers: ["+380800330941"]
record: both
steps:
  - conference: {room: visit, people: [store, guard], for: 20s, alone: 30s}
  - hangup: {cause: USER_BUSY}
"""
BOARD = """
scheme: board
numbers: ["+380800330942"]
steps:
  - conference:
      room: board
      pin: BOARD_PIN
      prompt: short.wav
      invalid: short.wav
      alone: 6s
      otherwise: [{hangup: {cause: CALL_REJECTED}}]
  - hangup: {cause: NO_USER_RESPONSE}
"""
PIN = "907715"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(
        tmp_path_factory.mktemp("rooms"),
        changes={"loglevel": "notice"},
        more={"visit.yaml": VISIT, "board.yaml": BOARD},
        secrets={"BOARD_PIN": PIN},
    )
    yield running
    running.stop()


def members(lab, room):
    """How many are in a room."""
    rows = json.loads(lab.switch.esl.api("conference json_list") or "[]")
    return next((row["member_count"] for row in rows if row["conference_name"] == room), 0)


def hears(agent, speaker, message):
    """Whether an agent gets sound while another one speaks into the room."""
    speak(speaker.rtp, media_port(message), 0.3)
    return agent.packets(0.3) > 0


def enters(lab, caller):
    """A caller of the visit with both of its people in the room."""
    call = caller.call("380800330941")
    answer = caller.answered(call)
    assert answer.start == "200"
    assert until(lambda: members(lab, "visit") == 3)
    return call, answer


def test_the_people_are_rung_and_enter_and_the_caller_goes_on_when_they_have_left(lab, tmp_path):
    with lab.phone("2003") as store, lab.phone("2004") as guard, lab.caller() as caller:
        call, answer = enters(lab, caller)
        assert hears(store, caller, answer) and hears(guard, caller, answer)
        store.rung().hang_up()
        assert until(lambda: members(lab, "visit") == 2)
        guard.rung().hang_up()
        assert until(call.is_over)
    assert lab.quiet()
    record = lab.record(call)
    assert record["hangup_cause"] == "USER_BUSY"
    found = journal(lab, tmp_path, record["uuid"])
    assert found.status == "answered" and found.recording.endswith(f"{record['uuid']}.wav")
    assert sorted((leg.target, leg.talk_s > 0) for leg in found.legs) == [("guard.desk", True), ("store.desk", True)]


def journal(lab, place, uuid):
    """The one call that the journal makes of the spool's files of a call."""
    bed = Bed(place)
    bed.spool.mkdir()
    open_database(bed.database).dispose()
    for file in (lab.switch.home / "spool").glob(f"*{uuid}*"):
        (bed.spool / file.name).write_bytes(file.read_bytes())
    assert bed.worker().work() == 1 and bed.left() == []
    (found,) = query.call(bed.engines[0], uuid)
    return found


@pytest.mark.parametrize("leaves", ["the caller", "store", "guard"])
def test_whoever_leaves_leaves_nobody_alone(lab, leaves):
    with lab.phone("2003") as store, lab.phone("2004") as guard, lab.caller() as caller:
        call, answer = enters(lab, caller)
        if leaves == "the caller":
            call.hang_up()
            assert until(lambda: store.rung().is_over() and guard.rung().is_over())
        else:
            gone, stays = (store, guard) if leaves == "store" else (guard, store)
            gone.rung().hang_up()
            assert until(lambda: members(lab, "visit") == 2)
            assert hears(stays, caller, answer) and not call.is_over()
            call.hang_up()
            assert until(stays.rung().is_over)
    assert lab.quiet()


def test_who_still_rings_when_the_caller_leaves_is_rung_no_more(lab):
    with lab.phone("2003", answers_after_s=None) as store, lab.caller() as caller:
        call = caller.call("380800330941")
        assert caller.answered(call).start == "200"
        assert until(lambda: store.received("INVITE"))
        call.hang_up()
        assert until(lambda: store.received("CANCEL"))
    assert lab.quiet()


def test_keys_do_nothing_in_a_room(lab):
    with lab.phone("2003") as store, lab.phone("2004"), lab.caller() as caller:
        call, answer = enters(lab, caller)
        for key in "0123456789*#":
            call.press(key)
            store.rung().press(key)
        assert members(lab, "visit") == 3
        assert hears(store, caller, answer)
        call.hang_up()
    assert lab.quiet()


def test_an_invited_phone_sends_nobody_anywhere(lab):
    with lab.phone("2003") as store, lab.phone("2004"), lab.phone("2002") as other, lab.caller() as caller:
        call, _ = enters(lab, caller)
        leg = store.rung()
        leg.request("REFER", "Refer-To: <sip:102@127.0.0.1>", f"Contact: {store.contact}")
        assert members(lab, "visit") == 3
        assert not other.received("INVITE")
        call.hang_up()
    assert lab.quiet()


def asked(lab, caller):
    """A caller of the board who is asked for the PIN."""
    call = caller.call("380800330942")
    assert caller.answered(call).start == "200"
    assert until(lambda: lab.runs("play_and_get_digits"))
    return call


@pytest.mark.parametrize("end", ["at once", "then right", "wrong three times"])
def test_the_pin_is_nowhere_afterwards(lab, end):
    with lab.caller() as caller:
        call = asked(lab, caller)
        for wrong in {"at once": (), "then right": ("111",), "wrong three times": ("111", "222", "333")}[end]:
            call.press(f"{wrong}#")
            assert until(lambda: lab.runs("playback"))
            assert until(lambda: not lab.runs("playback"))
        if end != "wrong three times":
            call.press(f"{PIN}#")
            assert until(lambda: members(lab, "board") == 1)
        assert until(call.is_over, 20)
    assert lab.quiet()
    expected = "CALL_REJECTED" if end == "wrong three times" else "NO_USER_RESPONSE"
    assert lab.record(call)["hangup_cause"] == expected
    assert kept(lab) == []


@pytest.mark.parametrize("typed", [PIN, f"{PIN}#", PIN[:3]])
def test_who_hangs_up_while_typing_leaves_no_pin(lab, typed):
    with lab.caller() as caller:
        call = asked(lab, caller)
        call.press(typed)
        call.hang_up()
    assert lab.quiet()
    assert set(lab.record(call)["digits_dialed"]) <= {"X"}
    assert kept(lab, typed.rstrip("#")) == []


def kept(lab, pin=PIN):
    """Files of the node with the PIN: call records, logs, databases; its release, which alone may have it, left out."""
    folders = [lab.switch.home / name for name in ("spool", "log", "db", "recordings")]
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if re.search(rf"(?<![0-9]){pin}(?![0-9])".encode(), file.read_bytes())]


def test_only_its_owner_reads_the_file_of_pins(lab):
    (file,) = (lab.root / "current").resolve().glob("pins.xml")
    assert PIN in file.read_text() and file.stat().st_mode & 0o077 == 0
    others = [each for each in (lab.root / "current").resolve().rglob("*") if each.is_file() and each != file]
    assert [each.name for each in others if PIN.encode() in each.read_bytes()] == []


#: As `visit`, in a company that announces its recordings; a phone that asks for a key hears it after the key.
RECORDED = """
scheme: recorded
numbers: ["+380800330943"]
record: both
steps:
  - conference: {room: recorded, people: [store, sales.mobile], for: 25s, alone: 40s}
  - hangup: {cause: USER_BUSY}
"""


@pytest.fixture(scope="module")
def announced(tmp_path_factory):
    running = Lab(
        tmp_path_factory.mktemp("announced"),
        more={"company.yaml": company_with("record_announcement: rec.wav"), "recorded.yaml": RECORDED},
        sounds={"rec.wav": tone(HEAD_HZ, 1.5)},
    )
    yield running
    running.stop()


def test_who_is_invited_hears_that_the_room_is_recorded_before_they_are_in_it(announced):
    with announced.phone("2003") as store, announced.caller() as caller:
        call = caller.call("380800330943")
        answer = caller.answered(call)
        assert answer.start == "200"
        began = time.monotonic()
        with voice(caller, answer, CLIENT_HZ) as client:
            rung = store.rung(20)
            with voice(store, offer_to(store, rung), PERSON_HZ) as person:
                assert until(lambda: person.hears(HEAD_HZ, began))
                assert client.hears(HEAD_HZ, began) and not person.hears(CLIENT_HZ, began)
                assert members(announced, "recorded") < 2
                assert until(lambda: members(announced, "recorded") == 2)
                assert hear({client: {PERSON_HZ}, person: {CLIENT_HZ}}) == ""
                inside = time.monotonic()
                with announced.caller() as other:
                    later = other.call("380800330943", sender="+380671230078")
                    heard = other.answered(later)
                    assert heard.start == "200"
                    with voice(other, heard, BEEP_HZ) as third:
                        assert until(lambda: third.hears(HEAD_HZ, inside))
                        assert not third.hears(CLIENT_HZ, inside)
                        assert until(lambda: members(announced, "recorded") == 3)
                    later.hang_up()
                assert not person.hears(HEAD_HZ, inside)
        call.hang_up()
    assert announced.quiet()


def test_a_phone_that_asks_for_a_key_announces_it_after_the_key(announced):
    with announced.caller() as caller:
        call = caller.call("380800330943")
        answer = caller.answered(call)
        assert answer.start == "200"
        began = time.monotonic()
        rung = announced.carrier.rung(20)
        with voice(announced.carrier, offer_to(announced.carrier, rung), PERSON_HZ) as person:
            assert until(lambda: announced.runs("play_and_get_digits"))
            assert not person.hears(HEAD_HZ, began)
            rung.press("1")
            assert until(lambda: person.hears(HEAD_HZ, began))
            assert until(lambda: members(announced, "recorded") == 2)
        call.hang_up()
    assert announced.quiet()
