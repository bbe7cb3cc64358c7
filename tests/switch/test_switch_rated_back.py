"""Step `rate` after a callback that has rung the person first, on the real switch: the client's leg, which was called,
is asked once the person has hung up, and all of it is one call in the journal."""

import contextlib

import pytest

from routing.journal import query
from routing.model.callback import CallbackSource, CallbackStatus
from support.redis_needed import needs_redis
from support.switchbed import ports
from support.switchbed.callback_journal import CallbackJournal
from support.switchbed.callbacks import CLIENT, SCHEMES, CallbackLab, until
from support.switchbed.dialog import media_port, speak
from support.switchbed.engines import serving
from support.switchbed.moved import journal_of, last_answer, press_events, recordings
from support.switchbed.redises import alone, store_at

pytestmark = [pytest.mark.switch, needs_redis]

RATE = "rate: {prompt: short.wav, talked: 2s, wait: 3s, tries: 3, notify: quality@example.com}"
RATED = {
    "rated.yaml": f'scheme: rated\nnumbers: ["+380800330991"]\nsteps: [{{{RATE}}}, {{scheme: elsewhere}}]',
    "elsewhere.yaml": "scheme: elsewhere\nsteps: [{ring: support}, {hangup: NO_ANSWER}]",
    "kept.yaml": f'scheme: kept\nnumbers: ["+380800330992"]\nrecord: both\nsteps: [{{{RATE}}}, {{scheme: elsewhere}}]',
}
TALK_S = 2.5


class RatedLab(CallbackLab):
    """`CallbackLab` with a Redis; `engine_runs` begins an engine."""

    redis = ""

    def engine_runs(self):
        esl = self.switch.settings.esl_port
        return serving(self, "--listen", self.engine, watches=esl, ROUTING_REDIS=self.redis)


@contextlib.contextmanager
def running(place, more):
    """A lab and an engine."""
    begun = RatedLab(place, more=more, engine=f"127.0.0.1:{ports.free()}")
    with alone(place / "redis") as server:
        begun.redis = f"redis://127.0.0.1:{server.port}"
        with begun.engine_runs() as engine:
            engine.wait_watching()
            yield begun, engine
    begun.stop()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    with running(tmp_path_factory.mktemp("rated_back"), SCHEMES | RATED) as (begun, _):
        yield begun


@contextlib.contextmanager
def talk(lab, scheme="rated", seconds=TALK_S, *, forgets=True):
    """Support has taken a callback and has talked with the client for so long: the person's side, the client's."""
    if forgets:
        store_at(lab.redis).ask("", ("FLUSHDB",))
    with lab.phone("2002") as phone, lab.client() as client:
        lab.call(scheme=scheme)
        assert until(lambda: phone.received("ACK") and client.received("ACK") and lab.are_joined())
        speak(client.rtp, media_port(last_answer(client)), seconds)
        yield phone.rung(), client.rung()
    assert lab.quiet()


def is_asked(lab):
    return until(lambda: lab.runs("play_and_get_digits"), 5)


def rates(lab, client, keys):
    """The client is asked, alone, and presses keys; the call ends."""
    assert is_asked(lab), lab._channels()
    assert lab.switch.channels() == 1
    press_events(client.agent, keys)
    assert until(client.is_over, 15)


def journal(lab, tmp_path):
    """The one call that the journal has."""
    bed = journal_of(lab, tmp_path)
    (row,) = bed.journal()["calls"]
    (found,) = query.call(bed.engines[0], row[0])
    assert not bed.left()
    bed.close()
    return found


def outcomes(call):
    return [step.outcome for step in call.steps if step.kind == "rate"]


def test_the_client_rates_the_talk_and_it_is_one_call(lab, tmp_path):
    with talk(lab) as (person, client):
        person.hang_up()
        assert is_asked(lab)
        assert not until(client.is_over, 1)
        rates(lab, client, "4")
    call = journal(lab, tmp_path)
    assert (call.direction, call.status, call.client, call.ended_by) == ("callback", "answered", CLIENT, "person")
    assert (call.rating, call.rated_person, call.person) == (4, "support", "support")
    assert outcomes(call) == ["for after the talk", "rated 4"]
    assert TALK_S <= call.talk_s < call.ended - call.bridged - 0.9
    assert call.rating_requested - call.bridged == pytest.approx(call.talk_s, abs=0.5)
    assert [(leg.target, leg.talk_s > 0) for leg in call.legs] == [("support.desk", True), (CLIENT, True)]


def test_silence_is_no_score(lab, tmp_path):
    with talk(lab) as (person, client):
        person.hang_up()
        assert is_asked(lab)
        assert until(client.is_over, 15)
    call = journal(lab, tmp_path)
    assert (call.rating, call.rating_requested > 0, outcomes(call)[-1]) == (0, True, "nothing pressed")


def test_after_a_wrong_key_the_client_is_asked_again_and_somebody_hears_of_a_low_score(lab, tmp_path):
    with talk(lab) as (person, client):
        person.hang_up()
        assert is_asked(lab)
        press_events(client.agent, "7")
        assert not until(client.is_over, 1)
        rates(lab, client, "1")
    call = journal(lab, tmp_path)
    assert (call.rating, call.notify) == (1, ("quality@example.com",))


def test_a_client_who_hangs_up_first_is_not_asked(lab, tmp_path):
    with talk(lab) as (person, client):
        client.hang_up()
        assert until(person.is_over)
    call = journal(lab, tmp_path)
    assert (call.status, call.ended_by, call.rating_requested) == ("answered", "caller", 0)
    assert outcomes(call) == ["not asked: the caller hung up first"]


def test_a_short_talk_is_not_rated(lab, tmp_path):
    with talk(lab, seconds=0.5) as (person, client):
        person.hang_up()
        assert until(client.is_over)
    call = journal(lab, tmp_path)
    assert (call.rating_requested, call.ended_by) == (0, "person")
    assert outcomes(call) == ["for after the talk", "not asked: talked less than 2 s"]


def test_a_client_is_asked_once(lab, tmp_path):
    with talk(lab) as (person, client):
        person.hang_up()
        rates(lab, client, "5")
    with talk(lab, forgets=False) as (person, client):
        person.hang_up()
        assert until(client.is_over)
    call = journal(lab, tmp_path)
    assert call.rating_requested == 0 and outcomes(call)[-1].startswith("not asked: asked ")


def test_the_person_talks_with_another_client_while_the_first_is_asked(lab):
    with talk(lab) as (person, client):
        person.hang_up()
        assert is_asked(lab)
        assert lab.switch.esl.api("limit_usage hash routing calls_of_support").strip() == "0"
        person.agent.calls.clear()
        with lab.caller() as other:
            second = other.call("+380800330902", sender="+380671234568")
            assert other.answered(second).start == "200"
            assert lab.runs("play_and_get_digits")
            second.hang_up()
        assert until(client.is_over, 15)


def test_the_recording_ends_with_the_talk(lab, tmp_path):
    with talk(lab, "kept") as (person, client):
        person.hang_up()
        assert is_asked(lab)
        (file,) = recordings(lab)
        size = file.stat().st_size
        assert not until(client.is_over, 1)
        rates(lab, client, "3")
    assert file.stat().st_size == size > TALK_S * 0.8 * 32_000  # both sides, 8 kHz, 16 bits
    call = journal(lab, tmp_path)
    assert (call.recording, call.rating) == (str(file), 3)


def test_a_client_who_was_sent_on_rates_the_last_talk(lab, tmp_path):
    with lab.phone("2003") as other, talk(lab, seconds=1) as (person, client):
        refer = [f"Refer-To: <sip:103@{lab.host}>", f"Contact: {person.agent.contact}"]
        assert person.request("REFER", *refer).start == "202"
        assert until(lambda: other.received("ACK") and lab.is_joined("2003"))
        speak(client.agent.rtp, media_port(last_answer(client.agent)), TALK_S)
        other.rung().hang_up()
        rates(lab, client, "4")
    call = journal(lab, tmp_path)
    assert (call.rating, call.rated_person, call.person) == (4, "store", "support")
    assert [leg.target for leg in call.legs] == ["support.desk", CLIENT, "store.desk"]
    assert call.talk_s > TALK_S + 0.5


def test_a_client_who_was_sent_on_and_hangs_up_first_is_one_call(lab, tmp_path):
    with lab.phone("2003") as other, talk(lab, seconds=0.5) as (person, client):
        refer = [f"Refer-To: <sip:103@{lab.host}>", f"Contact: {person.agent.contact}"]
        assert person.request("REFER", *refer).start == "202"
        assert until(lambda: other.received("ACK") and lab.is_joined("2003"))
        client.hang_up()
        assert until(other.rung().is_over)
    call = journal(lab, tmp_path)
    assert (call.rating_requested, call.person) == (0, "support")
    assert [leg.target for leg in call.legs] == ["support.desk", CLIENT, "store.desk"]
    assert outcomes(call) == ["not asked: the caller hung up first"]


@pytest.mark.parametrize("source", [CallbackSource.WIDGET, CallbackSource.MISSED])
def test_whatever_has_ordered_the_call(lab, source):
    store_at(lab.redis).ask("", ("FLUSHDB",))
    assert lab.quiet()
    orders = CallbackJournal(lab)
    orders.order(source, source=source, scheme="rated")
    with lab.phone("2002") as phone, lab.client() as agent, orders.serving():
        assert until(lambda: phone.received("ACK") and agent.received("ACK") and lab.are_joined(), 30)
        speak(agent.rtp, media_port(last_answer(agent)), TALK_S)
        phone.rung().hang_up()
        rates(lab, agent.rung(), "5")
        attempt = orders.ended(source, CallbackStatus.TALKED).attempts[-1]
    (call,) = query.call(orders.engine, attempt.uuid)
    orders.engine.dispose()
    assert (call.rating, call.rated_person, call.scheme) == (5, "support", "rated")


def test_the_call_ends_when_the_engine_was_killed_during_the_talk(tmp_path_factory, tmp_path):
    with running(tmp_path_factory.mktemp("killed_back"), SCHEMES | RATED) as (lab, engine):
        with talk(lab) as (person, client):
            engine.end()
            person.hang_up()
            assert until(client.is_over)
        call = journal(lab, tmp_path)
    assert (call.status, call.rating_requested, call.ended_by) == ("answered", 0, "person")
