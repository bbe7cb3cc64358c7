"""A secret that is typed while a recording runs, on the real switch: what the caller sounds like is in no file."""

import pytest

from support.switchbed.lab import Lab, until
from support.switchbed.recorded import read
from support.switchbed.voices import CLIENT_HZ, voice

ROOM = """
scheme: room
numbers: ["+380800330986"]
record: caller
steps:
  - conference: {room: secrets, alone: 5s}
  - ask: {into: pin, prompt: short.wav, length: 4, wait: 5s, tries: 1, secret: true}
  - play: [short.wav, short.wav, short.wav, short.wav]
  - hangup
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    running = Lab(tmp_path_factory.mktemp("secret"), more={"room.yaml": ROOM})
    yield running
    running.stop()


def recording_of(lab, call):
    """The one file of a call that has ended."""
    assert lab.quiet()
    (file,) = (lab.switch.home / "recordings").rglob(f"{lab.record(call)['uuid']}.wav")
    return read(file)


def test_what_a_caller_sounds_like_while_they_type_a_secret_is_in_no_recording(lab):
    with lab.caller() as caller:
        call = caller.call("380800330986")
        with voice(caller, caller.answered(call), CLIENT_HZ):
            assert until(call.is_over, 30)
    recorded = recording_of(lab, call)
    assert any(until_s - since_s > 4 for since_s, until_s in recorded.silence()), recorded.silence()
    first, *_, last = recorded.spans(CLIENT_HZ)
    assert first[0] < 1.5 and last[1] > recorded.seconds - 1  # what comes before the question, and after it


def test_what_a_person_has_masked_before_stays_so(lab):
    with lab.caller() as caller:
        call = caller.call("380800330986")
        with voice(caller, caller.answered(call), CLIENT_HZ):
            (uuid,) = lab.uuids(1)
            file = lab.switch.home / "recordings" / "calls" / f"{uuid}.wav"
            assert until(file.exists)
            lab.switch.esl.api(f"uuid_setvar {uuid} routing_masked true")  # as the key does
            lab.switch.esl.api(f"uuid_record {uuid} mask {file}")
            assert until(call.is_over, 30)
    recorded = recording_of(lab, call)
    assert recorded.silence()[-1][1] > recorded.seconds - 0.2
