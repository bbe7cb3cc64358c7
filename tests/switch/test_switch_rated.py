"""Step `rate` on the real switch: who is asked, by which keys they answer, and that the person is free meanwhile."""

import contextlib

import pytest

from routing.journal import query
from routing.journal.database import open_database
from support.journal_bed import LATER_S, Bed
from support.redis_needed import needs_redis
from support.switchbed import ports
from support.switchbed.attending import replaces
from support.switchbed.dialog import media_port, speak
from support.switchbed.engines import serving
from support.switchbed.lab import Lab, company_with, until
from support.switchbed.moved import hears, last_answer, members, press_events, reached, types
from support.switchbed.redises import alone, store_at

pytestmark = needs_redis

PROJECT = company_with("talk_keys: true")
RATE = "rate: {prompt: short.wav, talked: 2s, wait: 3s, tries: 3}"
QUEUE = "{to: support, music: short.wav, for: 8s, at_most: 1m, wrap_up: 1s}"
NUMBER, RECORDED, QUEUED = "+380800330991", "+380800330992", "+380800330993"
SCHEMES = {
    "rated.yaml": f'scheme: rated\nnumbers: ["{NUMBER}"]\n'
    f"steps: [{{{RATE}}}, {{ring: support}}, {{hangup: NO_ANSWER}}]",
    "kept.yaml": f'scheme: kept\nnumbers: ["{RECORDED}"]\nrecord: both\nsteps: [{{{RATE}}}, {{scheme: elsewhere}}]',
    "elsewhere.yaml": "scheme: elsewhere\nsteps: [{ring: support}, {hangup: NO_ANSWER}]",
    "waits.yaml": f'scheme: waits\nnumbers: ["{QUEUED}"]\nrecord: both\n'
    f"steps: [{{{RATE.replace('wait: 3s', 'wait: 15s')}}}, {{queue: {QUEUE}}}, {{hangup: NO_ANSWER}}]",
}
TALK_S = 2.5


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    place, esl = tmp_path_factory.mktemp("rated"), ports.free()
    more = {"company.yaml": PROJECT, **SCHEMES}
    running = Lab(place, {"esl_port": esl}, more, engine=f"127.0.0.1:{ports.free()}")
    with alone(place / "redis") as server:
        running.redis = f"redis://127.0.0.1:{server.port}"
        with serving(running, "--listen", running.engine, watches=esl, ROUTING_REDIS=running.redis) as engine:
            engine.wait_watching()
            yield running
    running.stop()


@pytest.fixture(autouse=True)
def nobody_was_asked(lab):
    store_at(lab.redis).ask("", ("FLUSHDB",))


@contextlib.contextmanager
def talk(lab, number=NUMBER, seconds=TALK_S, **words):
    """A caller and 2002 have talked for so long."""
    with lab.phone("2002") as phone, lab.caller(**words) as caller:
        call = caller.call(number)
        assert caller.answered(call).start == "200"
        assert until(lambda: phone.received("ACK") and lab.is_joined("2002"))
        speak(caller.rtp, media_port(last_answer(caller)), seconds)
        yield call, phone.rung(), phone
    assert lab.quiet()


def press(call, key, way="info"):
    agent = call.agent
    if way == "info":
        body = f"Signal={key}\r\nDuration=160\r\n"
        assert call.request("INFO", body=body, kind="application/dtmf-relay").start == "200"
    else:
        press_events(agent, key)


def is_asked(lab):
    return until(lambda: lab.runs("play_and_get_digits"), 5)


@pytest.mark.parametrize("way", ["info", "events"])
def test_the_caller_rates_by_a_key(lab, way):
    with talk(lab) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab), lab._channels()
        press(call, "4", way)
        assert until(call.is_over)
    record = lab.record(call)
    assert (record["routing_rating"], record["routing_rate_asked"]) == ("4", "true")


def test_silence_is_no_score(lab):
    with talk(lab) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab)
        assert until(call.is_over, 15)
    record = lab.record(call)
    assert record["routing_rate_asked"] == "true" and not record.get("routing_rating")


def test_after_a_wrong_key_the_caller_is_asked_again(lab):
    with talk(lab) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab)
        for key in "7*":
            press(call, key)
            assert not until(call.is_over, 2)
        press(call, "1")
        assert until(call.is_over)
    record = lab.record(call)
    assert (record["routing_rating"], record["routing_rating_low"]) == ("1", "true")


def test_wrong_keys_end_after_the_last_try(lab):
    with talk(lab) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab)
        for key in "089":
            press(call, key)
        assert until(call.is_over, 15)
    assert not lab.record(call).get("routing_rating")


def test_who_hangs_up_first_is_not_asked(lab):
    with talk(lab) as (call, leg, _):
        call.hang_up()
        assert until(leg.is_over)
    record = lab.record(call)
    assert not record.get("routing_rate_asked") and record["routing_rate"] == "1@rated"


def test_a_short_talk_is_not_rated(lab):
    with talk(lab, seconds=0.5) as (call, leg, _):
        leg.hang_up()
        assert until(call.is_over)
    record = lab.record(call)
    assert record["routing_rate_short"] == "true" and not record.get("routing_rate_asked")


def test_a_caller_is_asked_once(lab):
    for is_first in (True, False):
        with talk(lab) as (call, leg, _):
            leg.hang_up()
            if is_first:
                assert is_asked(lab)
                press(call, "5")
            assert until(call.is_over)
        record = lab.record(call)
        assert record.get("routing_rate_asked") == ("true" if is_first else None)
        assert record["routing_verdict"].startswith("decided not asked within" if is_first else "continued asked")


def test_who_hangs_up_while_asked_has_given_no_score(lab):
    with talk(lab) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab)
        call.hang_up()
        assert until(lambda: not lab._channels())
    record = lab.record(call)
    assert record["routing_rate_asked"] == "true" and not record.get("routing_rating")


def test_the_person_talks_with_the_next_caller_while_the_first_is_asked(lab):
    with talk(lab) as (call, leg, phone):
        leg.hang_up()
        assert is_asked(lab)
        phone.calls.clear()
        with lab.caller() as other:
            second = other.call(NUMBER, sender="+380671234568")
            assert other.answered(second).start == "200"
            assert until(lambda: lab.is_joined("2002"))
            assert lab.runs("play_and_get_digits") and not call.is_over()
            second.hang_up()
        press(call, "3")
        assert until(call.is_over)
    assert lab.record(call)["routing_rating"] == "3"


def test_the_recording_ends_with_the_talk_and_the_question_is_of_the_step_in_another_scheme(lab):
    with talk(lab, RECORDED) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab)
        (file,) = (lab.switch.home / "recordings").rglob(f"{lab.uuids(1)[0]}.wav")
        size = file.stat().st_size
        assert not until(call.is_over, 1)
        press(call, "2")
        assert until(call.is_over)
    record = lab.record(call)
    assert file.stat().st_size == size > TALK_S * 0.8 * 32_000  # both sides, 8 kHz, 16 bits
    assert (record["routing_rating"], record["routing_scheme"]) == ("2", "kept")


def test_a_talk_from_a_queue(lab):
    with talk(lab, QUEUED) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab), lab._channels()
        press(call, "5")
        assert until(call.is_over)
    assert lab.record(call)["routing_rating"] == "5"


def test_the_last_person_of_a_room_by_keys_ends_the_talk(lab):
    with lab.phone("2003") as other, talk(lab) as (call, leg, _):
        types(lab, leg, "*2")
        reached(lab, other)
        assert hears(other, leg.agent)
        leg.hang_up()
        assert until(lambda: members(lab) == 2)
        speak(call.agent.rtp, media_port(last_answer(call.agent)), 0.5)
        other.rung().hang_up()
        assert is_asked(lab), lab._channels()
        press(call, "4")
        assert until(call.is_over)
    assert lab.record(call)["routing_rating"] == "4"


def test_who_was_sent_on_by_a_key_rates_the_talk_with_the_other(lab):
    with lab.phone("2003") as other, talk(lab, seconds=0.5) as (call, leg, _):
        types(lab, leg, "##")
        reached(lab, other)
        speak(call.agent.rtp, media_port(last_answer(call.agent)), TALK_S)
        other.rung().hang_up()
        assert is_asked(lab), lab._channels()
        press(call, "4")
        assert until(call.is_over)
    assert lab.record(call)["routing_rating"] == "4"


def test_who_was_sent_on_by_a_phone_is_asked_after_the_last_talk_alone(lab):
    with lab.phone("2003") as other, talk(lab) as (call, leg, phone):
        refer = [f"Refer-To: <sip:103@{lab.inside[0]}:{lab.inside[1]}>", f"Contact: {phone.contact}"]
        assert leg.request("REFER", *refer).start == "202"
        assert until(lambda: other.received("ACK") and lab.is_joined("2003"))
        assert not call.is_over()
        speak(call.agent.rtp, media_port(last_answer(call.agent)), 0.5)
        other.rung().hang_up()
        assert until(call.is_over)
    assert lab.record(call)["routing_rate_short"] == "true"


def test_who_was_handed_over_after_a_consultation_is_asked(lab):
    """A call that FreeSWITCH has bridged anew (`uuid_bridge`) goes on after its talk as any other."""
    with lab.phone("2003") as other, talk(lab, seconds=0.5) as (call, leg, phone):
        assert leg.request("INVITE", body=phone.offer("a=sendonly")).start == "200"
        consulted = phone.call("103")
        assert phone.answered(consulted).start == "200"
        assert leg.request("REFER", replaces("103", consulted), f"Contact: {phone.contact}").start == "202"
        assert until(lambda: leg.is_over() and consulted.is_over() and lab.switch.channels() == 2)
        assert until(lambda: lab.runs("uuid_bridge"))
        speak(call.agent.rtp, media_port(last_answer(call.agent)), TALK_S)
        other.rung().hang_up()
        assert is_asked(lab), lab._channels()
        press(call, "2")
        assert until(call.is_over)
    assert lab.record(call)["routing_rating"] == "2"


def test_the_next_of_a_queue_talks_while_the_first_is_asked(lab):
    """The talk is over for the queue when the person has hung up, not when the question is."""
    with talk(lab, QUEUED) as (call, leg, phone), lab.caller() as other:
        second = other.call(QUEUED, sender="+380671234569")
        assert until(lambda: len(lab._channels()) == 3)
        phone.calls.clear()
        leg.hang_up()
        assert is_asked(lab), lab._channels()
        assert until(lambda: phone.calls, 8)
        assert other.answered(second).start == "200"
        assert lab.runs("play_and_get_digits") and not call.is_over()
        press(call, "5")
        assert until(call.is_over)
        second.hang_up()
    assert lab.record(call)["routing_rating"] == "5"


@pytest.mark.parametrize("has_person", [True, False])
def test_the_journal_of_the_real_records(lab, tmp_path, has_person):
    """With the person's record and without it, the talk is as long as it was and the score is theirs."""
    with talk(lab) as (call, leg, _):
        leg.hang_up()
        assert is_asked(lab)
        assert not until(call.is_over, 1)
        press(call, "4")
        assert until(call.is_over)
    uuid = lab.record(call)["uuid"]
    bed = Bed(tmp_path)
    bed.spool.mkdir()
    open_database(bed.database).dispose()
    for file in (lab.switch.home / "spool").glob("*.json"):
        if uuid in file.name or (has_person and f'"originator":"{uuid}"' in file.read_text().replace(" ", "")):
            bed.spool.joinpath(file.name).write_bytes(file.read_bytes())
    bed.clock_s = LATER_S
    bed.worker().work()
    (found,) = query.call(bed.engines[0], uuid)
    assert (found.rating, found.rated_person, found.ended_by, found.person) == (4, "support", "person", "support")
    assert TALK_S <= found.talk_s < found.ended - found.bridged - 0.9
    assert found.rating_requested - found.bridged == pytest.approx(found.talk_s, abs=0.5)
    assert [step.outcome for step in found.steps if step.kind == "rate"] == ["for after the talk", "rated 4"]
    bed.close()
