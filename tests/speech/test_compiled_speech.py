"""Texts in schemes become sounds of the release: each is spoken once, and again only when it or its voice changes."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from routing.compile.build import Release, build
from routing.model.problem import Problems
from routing.model.spoken import Phrase, PhraseAudio, VoiceFault
from support.folders import AnyPassword, laid_out

SCHEMES = Path(__file__).parents[1] / "schemes" / "good" / "spoken"


class FakeVoices:
    """Remember what they speak. ``fault``: that of every text with this word."""

    def __init__(self, name: str = "one", fault: str = "") -> None:
        self.name, self.fault = name, fault
        self.spoken: list[Phrase] = []

    def identity(self, command: str) -> str:
        return f"{self.name} {command}"

    def speak(self, texts: Sequence[Phrase], commands: Mapping[str, str]) -> Mapping[Phrase, PhraseAudio]:
        for words in texts:
            if self.fault and self.fault in words.text:
                raise VoiceFault(words, "it ended with status 1", "look at it")
        self.spoken += texts
        return {words: self.speech(words) for words in texts}

    def speech(self, words: Phrase) -> PhraseAudio:
        return PhraseAudio({rate: _wav(f"{self.name} {words}", rate) for rate in (8000, 16000)}, 1.0)


def _wav(content: str, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setparams((1, 1, rate, 0, "NONE", ""))
        made.writeframes(content.encode().ljust(rate, b"\x80"))
    return file.getvalue()


@pytest.fixture
def schemes(tmp_path: Path) -> Path:
    return laid_out(SCHEMES, tmp_path / "schemes")


def compiled(schemes: Path, voices: FakeVoices) -> Release:
    return build(schemes, schemes.parent / "root", lambda _: AnyPassword(), voices=voices)


def said(release: Release, sound: str) -> str:
    """What the fake voices put into a file of the release."""
    content = (release.folder / "sounds" / sound).read_bytes()[44:]
    return content.rstrip(b"\x80").decode()


def names(release: Release) -> dict[str, str]:
    """Text or file -> the name of its sound."""
    says = json.loads((release.folder / "spoken.json").read_text(encoding="utf-8"))["says"]
    return {text: name for name, texts in says.items() for text in texts.values()}


def test_every_text_has_a_file_at_both_rates_and_for_each_language(schemes: Path) -> None:
    release = compiled(schemes, FakeVoices())
    name = names(release)["Зачекайте."].removeprefix("spoken/")
    uk, en = (
        f"one Phrase(language='{language}', text='{text}')"
        for language, text in [("uk", "Зачекайте."), ("en", "Please wait.")]
    )
    assert said(release, f"spoken/{name}") == said(release, f"spoken/uk/8000/{name}") == uk
    assert said(release, f"spoken/en/{name}") == said(release, f"spoken/en/16000/{name}") == en
    assert said(release, f"spoken/pl/{name}") == uk  # nobody wrote it in Polish: the project's language, never silence
    assert (release.folder / f"sounds/spoken/8000/{name}").stat().st_size == 8044


def test_recordings_by_language_are_the_recordings(schemes: Path) -> None:
    release = compiled(schemes, FakeVoices())
    name = names(release)["greeting.wav"].removeprefix("spoken/")
    sounds = release.folder / "sounds"
    assert (sounds / "spoken/en" / name).read_bytes() == (sounds / "menu.wav").read_bytes()
    assert (sounds / "spoken/pl" / name).read_bytes() == (sounds / "greeting.wav").read_bytes()


def test_a_text_of_which_only_the_number_of_uses_changes_is_spoken_once(schemes: Path) -> None:
    voices = FakeVoices()
    compiled(schemes, voices)
    assert len(voices.spoken) == len(set(voices.spoken)) == 9


def test_only_what_changes_is_spoken_anew(schemes: Path) -> None:
    first = compiled(schemes, FakeVoices())
    again = FakeVoices()
    assert compiled(schemes, again).name == first.name
    assert again.spoken == []
    scheme = schemes / "scheme.yaml"
    scheme.write_text(scheme.read_text(encoding="utf-8").replace("Please wait.", "Hold the line."), encoding="utf-8")
    changed = FakeVoices()
    assert compiled(schemes, changed).name != first.name
    assert changed.spoken == [Phrase("en", "Hold the line.")]


def test_a_new_voice_speaks_everything(schemes: Path) -> None:
    first = compiled(schemes, FakeVoices())
    other = FakeVoices("two")
    second = compiled(schemes, other)
    assert len(other.spoken) == 9
    assert second.name != first.name
    assert said(second, names(second)["Усі зайняті."]).startswith("two ")


def test_a_lost_file_of_the_cache_is_spoken_again(schemes: Path) -> None:
    release = compiled(schemes, FakeVoices())
    for file in (schemes.parent / "root" / "store").rglob("*.16044"):
        file.unlink()
    again = FakeVoices()
    assert compiled(schemes, again).name == release.name
    assert len(again.spoken) == 9


def test_a_voice_that_fails_is_a_problem_at_its_command_and_makes_no_release(schemes: Path) -> None:
    live = compiled(schemes, FakeVoices())
    scheme = schemes / "scheme.yaml"
    scheme.write_text(scheme.read_text(encoding="utf-8").replace("Please wait.", "Hold the line."), encoding="utf-8")
    with pytest.raises(Problems) as told:
        compiled(schemes, FakeVoices(fault="Hold"))
    assert [str(problem) for problem in told.value.problems] == [
        'project.yaml:5:35: project.speech.en: the voice does not speak "Hold the line.": it ended with status 1 '
        "(hint: look at it)"
    ]
    assert [each.name for each in (schemes.parent / "root" / "releases").iterdir()] == [live.name]


def test_the_longest_time_of_a_scheme_is_that_of_the_slowest_voice(schemes: Path) -> None:
    scheme = (
        'scheme: main\nnumbers: ["+380800330521"]\nsteps: [{play: {text: {uk: "' + "а" * 70 + '", en: b}}}, hangup]\n'
    )
    (schemes / "scheme.yaml").write_text(scheme, encoding="utf-8")
    assert compiled(schemes, FakeVoices()).longest["main"] == 11.0


def test_a_text_without_a_language_is_spoken_in_the_projects_first_that_has_a_voice(schemes: Path) -> None:
    project = schemes / "project.yaml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("  speech:", "  languages: [pl, uk, en]\n  speech:"), encoding="utf-8")
    voices = FakeVoices()
    release = compiled(schemes, voices)
    assert Phrase("pl", "Усі зайняті.") in voices.spoken
    says = json.loads((release.folder / "spoken.json").read_text(encoding="utf-8"))["says"]
    assert says[names(release)["Усі зайняті."]] == {"pl": "Усі зайняті."}


def test_a_language_without_a_voice_leaves_texts_to_the_next_one(schemes: Path) -> None:
    project = schemes / "project.yaml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("  speech:", "  languages: [de, pl]\n  speech:"), encoding="utf-8")
    voices = FakeVoices()
    compiled(schemes, voices)
    assert Phrase("pl", "Усі зайняті.") in voices.spoken
