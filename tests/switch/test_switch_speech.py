"""What voices speak, on the real switch: the file of the call's sample rate and language, to callers and to people."""

import io
import math
import struct
import wave
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.journal import cdr, parse, release
from routing.model.spoken import Phrase, PhraseAudio
from routing.words import clock
from support.switchbed.ear import is_tone, samples
from support.switchbed.lab import FOLDER, Lab, until
from support.switchbed.outcome import opening

#: What a text sounds like at 8 kHz; at 16 kHz an octave higher, so that the ear knows the file.
HZ = {"uk": 440.0, "en": 620.0, "pl": 520.0}
WHISPER_HZ = 350.0
SPEECH = """
scheme: speech
numbers: ["+380800330951"]
steps:
  - language: caller
  - play: {text: {uk: "Добрий день", en: "Good day"}}
  - hangup
"""
WHISPERED = """
scheme: whispered
numbers: ["+380800330952"]
steps:
  - language: caller
  - ring: {to: store, whisper: [{text: "Дзвінок"}, {text: {uk: "Дзвінок із сайту", en: "A call"}}]}
  - hangup
"""
#: The time of the call: by the project's zone, and by that of the scheme's calendar.
CLOCK = """
scheme: clock
numbers: ["+380800330953"]
steps:
  - language: caller
  - say: {time: now}
  - hangup
"""
TOKYO = """
calendars: {tokyo: {timezone: Asia/Tokyo, open: {mon-sun: "09:00-18:00"}}}
"""
TOKYO_CLOCK = """
scheme: tokyo_clock
numbers: ["+380800330954"]
hours: tokyo
steps:
  - play: [{text: {uk: Зараз, en: It is}}, {time: now}]
  - hangup
"""
CLOCKS = {"clock.yaml": CLOCK, "tokyo.yaml": TOKYO, "tokyo_clock.yaml": TOKYO_CLOCK}


class Tones:
    """Speak each text as a tone of a second."""

    def identity(self, command: str) -> str:
        return command

    def speak(self, texts: Sequence[Phrase], commands: Mapping[str, str]) -> Mapping[Phrase, PhraseAudio]:
        return {phrase: self._tone(phrase) for phrase in texts}

    def _tone(self, phrase: Phrase) -> PhraseAudio:
        hertz = WHISPER_HZ if "Дзвінок" in phrase.text else HZ[phrase.language]
        return PhraseAudio({8000: _wav(8000, hertz), 16000: _wav(16000, hertz * 2)}, 1.0)


def _wav(rate: int, hertz: float) -> bytes:
    file = io.BytesIO()
    tone = (round(9000 * math.sin(2 * math.pi * hertz * at / rate)) for at in range(rate))
    with wave.open(file, "wb") as made:
        made.setparams((1, 2, rate, 0, "NONE", ""))
        made.writeframes(b"".join(struct.pack("<h", sample) for sample in tone))
    return file.getvalue()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    place = tmp_path_factory.mktemp("speech")
    project = (FOLDER / "company.yaml").read_text(encoding="utf-8")
    more = {"company.yaml": project.replace("{name: lab,", "{name: lab, speech: {uk: a, en: b, pl: c},", 1)}
    running = Lab(place, more=more | {"speech.yaml": SPEECH, "whispered.yaml": WHISPERED, **CLOCKS}, voices=Tones())
    yield running
    running.stop()


def heard(agent, hertz, seconds=5):
    """Whether an agent hears a tone within a time."""
    return any(is_tone(samples(packet), hertz) for packet in agent.sounds(seconds))


@pytest.mark.parametrize(
    ("sender", "language"), [("+380671234567", "uk"), ("+442079460000", "en"), ("+48501112233", "uk")]
)
def test_a_caller_hears_the_text_of_their_language_at_the_rate_of_the_call(lab, sender, language):
    with lab.caller() as caller:
        call = caller.call("380800330951", sender=sender)
        assert caller.answered(call).start == "200"
        assert heard(caller, HZ[language])
        assert until(call.is_over)
    assert lab.quiet()
    spool = lab.switch.home / "spool"
    leg = cdr.read((spool / cdr.name_of(lab.record(call)["uuid"], is_a_leg=True)).read_bytes())
    found = parse.call(leg, {}, parse.ParseContext(text_of=release.text_of))
    said = {"uk": "Добрий день", "en": "Good day"}[language]
    assert [(step.kind, step.inputs) for step in found.steps][:2] == [("language", ""), ("play", f'"{said}"')]


def test_a_person_hears_a_whisper_of_several_texts_in_the_project_s_language(lab):
    with lab.phone("2003") as store, lab.caller() as caller:
        call = caller.call("380800330952", sender="+442079460000")
        assert heard(store, WHISPER_HZ)
        assert caller.answered(call).start == "200"
        call.hang_up()
    assert lab.quiet()


@pytest.mark.parametrize(
    ("number", "sender", "zone", "language"),
    [
        ("380800330953", "+380671234567", "Europe/Kyiv", "uk"),
        ("380800330953", "+442079460000", "Europe/Kyiv", "en"),
        ("380800330954", "+380671234567", "Asia/Tokyo", "uk"),
    ],
)
def test_a_caller_hears_what_time_it_is_in_the_scheme_s_zone(lab, number, sender, zone, language):
    began = datetime.now(ZoneInfo(zone))
    with lab.caller() as caller:
        call = caller.call(number, sender=sender)
        assert caller.answered(call).start == "200"
        assert heard(caller, HZ[language])
        assert until(call.is_over)
    assert lab.quiet()
    minutes = {began, datetime.now(ZoneInfo(zone))}
    assert opening(lab.root, lab.record(call)) in {
        f"{language}: {clock.time_of_day(each.hour, each.minute, language)}" for each in minutes
    }
