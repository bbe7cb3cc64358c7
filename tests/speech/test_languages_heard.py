"""What callers hear in each language, by a voice that really speaks: in that language, at the level of a telephone."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import numpy
import pytest
import soundfile

from routing.model.spoken import RATES, Phrase
from routing.speech.voices import say

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed"),
]
LANGUAGES = ("uk", "ru", "pl", "en")
PHRASES = Path(__file__).parents[1] / "words" / "phrases.tsv"
#: Sentences as the example company says them; names and foreign words stay out.
SENTENCES = {
    "uk": "Зачекайте, будь ласка. Ваш номер у черзі другий. Ми відкриємося завтра о десятій годині.",
    "ru": "Подождите, пожалуйста. Ваш номер в очереди второй. Мы откроемся завтра в десять часов.",
    "pl": "Proszę czekać. Jest pan drugi w kolejce. Zadzwonimy jutro o dziesiątej.",
    "en": "Please wait. You are second in the queue. We open tomorrow at ten o'clock.",
}
#: Letters a second: faster is not understood, slower is a voice that spells.
FASTEST, SLOWEST = 24, 7
#: RMS of speech, in dB below full scale: softer is not heard on a mobile in a street, louder is cut off.
SOFTEST_DB, LOUDEST_DB = -30, -9


def phrases(language: str) -> list[str]:
    """What callers hear of numbers, money, times and dates, as somebody wrote it by hand."""
    rows = (line.split("\t") for line in PHRASES.read_text("utf-8").splitlines() if not line.startswith("#"))
    return [row[-1] for row in rows if row[1] == language]


def phonemes(language: str, texts: list[str]) -> str:
    """How the voice would speak; ``(en)`` where it changes to another language."""
    command = ["espeak-ng", "-v", language, "--ipa", "-q", "--stdin"]
    return subprocess.run(command, input=".\n".join(texts), capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_spoken_in_its_own_language(language):
    spoken = phonemes(language, [*phrases(language), SENTENCES[language]])
    assert re.findall(r"\([a-z-]+\)", spoken) == []
    assert len(spoken) > sum(map(len, phrases(language))) / 2, "nothing is left out"


def test_a_foreign_word_would_be_found():
    assert "(en)" in phonemes("uk", ["Ваш FreeSWITCH"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_has_the_length_and_the_level_of_speech(language):
    text = SENTENCES[language]
    audio = say(Phrase(language, text), f"espeak-ng -v {language} --stdin --stdout")
    assert FASTEST > len(text) / audio.seconds > SLOWEST
    for rate in RATES:
        samples, found = soundfile.read(io.BytesIO(audio.files[rate]))
        loud = samples[numpy.abs(samples) > 0.01]
        level_db = 20 * numpy.log10(numpy.sqrt(numpy.mean(loud**2)))
        assert (found, len(samples) / rate) == (rate, pytest.approx(audio.seconds, abs=0.02))
        assert LOUDEST_DB > level_db > SOFTEST_DB
        assert numpy.max(numpy.abs(samples)) < 1.0
