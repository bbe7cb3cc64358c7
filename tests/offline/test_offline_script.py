"""The words for phones, files and sounds, and the ladder a person reads."""

import wave

import pytest

from routing.offline.decider import EngineAnswer
from routing.offline.files import DirectoryFiles
from routing.offline.ladder import ladder, plain, summary
from routing.offline.phones import BadBehaviour, PhoneTransfer, ScriptedPhone, ScriptedPhones, milliseconds, parse
from routing.offline.sounds import ReleaseSounds
from support.offline_release import DESK, FRAME, MOBILE, Telephone, extension


@pytest.mark.parametrize(
    ("words", "phone"),
    [
        ("busy", ScriptedPhone("busy")),
        ("No answer", ScriptedPhone("no answer")),
        ("off", ScriptedPhone("unreachable")),
        ("unreachable", ScriptedPhone("unreachable")),
        ("rejects", ScriptedPhone("rejects")),
        ("rejects after 5s", ScriptedPhone("rejects", 5_000)),
        ("answers", ScriptedPhone("answers")),
        ("answers after 8s", ScriptedPhone("answers", 8_000)),
        ("answer:8", ScriptedPhone("answers", 8_000)),
        ("answers after 1.5s, talks 2m", ScriptedPhone("answers", 1_500, 120_000)),
        ("answers, never hangs up", ScriptedPhone("answers", 0, None)),
        ("voicemail after 20s", ScriptedPhone("voicemail", 20_000, confirms_ms=None)),
        ("answers, confirms after 5s", ScriptedPhone("answers", 0, confirms_ms=5_000)),
        ("answers, never confirms", ScriptedPhone("answers", 0, confirms_ms=None)),
        ("answers, refuses after 2s", ScriptedPhone("answers", 0, confirms_ms=None, refuses_ms=2000)),
        ("answers, transfers to 103", ScriptedPhone("answers", sends=PhoneTransfer("103"))),
        ("answers, transfers to Desk-2 after 1.5s", ScriptedPhone("answers", sends=PhoneTransfer("Desk-2", 1_500))),
        ("answers, transfers to *78, talks 1m", ScriptedPhone("answers", 0, 60_000, sends=PhoneTransfer("*78"))),
    ],
)
def test_behaviours(words, phone):
    assert parse(words) == phone


@pytest.mark.parametrize(
    "words",
    [
        "",
        "asleep",
        "answers after lunch",
        "answers, sings",
        "answers after 5h",
        "answers, transfers",
        "answers, transfers to a b",
    ],
)
def test_other_words_are_refused_with_those_that_are_known(words):
    with pytest.raises(BadBehaviour):
        parse(words)


def test_durations():
    assert [milliseconds(text) for text in ("8", "8s", "500ms", "2m")] == [8_000, 8_000, 500, 120_000]


def test_a_phone_goes_before_its_person_and_that_before_the_default():
    phones = ScriptedPhones.of({"ivan": "busy", "ivan.mobile": "answers", "+380": "rejects"}, default="unreachable")
    found = [
        phones.find(*asked).does for asked in (("ivan.mobile", "1"), ("ivan.desk", "1"), ("x", "+380"), ("x", "y"))
    ]
    assert found == ["answers", "busy", "rejects", "unreachable"]


def test_files_outside_the_root_are_not_read(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.xml").write_text("a")
    (tmp_path / "secret").write_text("s")
    files = DirectoryFiles(tmp_path / "root")
    assert files.read(str(tmp_path / "root" / "a.xml")) == "a"
    assert files.read(str(tmp_path / "root" / ".." / "secret")) is None
    assert files.read(str(tmp_path / "root" / "none.xml")) is None


def test_sounds_last_as_long_as_their_files(tmp_path):
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    sounds = ReleaseSounds(tmp_path)
    assert [sounds(str(tmp_path / "a.wav")), sounds(str(tmp_path / "b.wav")), sounds("tone_stream://x")] == [
        500,
        None,
        3000,
    ]


def test_the_ladder_tells_the_call():
    decided = extension("3.decided", f"bridge {{ignore_early_media=true}}{DESK},{MOBILE}", "hangup")
    answer = EngineAnswer.of({"routing_decision": "3:ring:person:ivan"}, 30, "ring ivan")
    phones = {"ivan.desk": "busy", "ivan.mobile": "answers after 8s, talks 5s"}
    events = Telephone(*FRAME, extensions=decided).call(phones, decider=lambda *_: answer)
    assert [" ".join(line.split()) for line in plain(ladder(events))] == [
        "0.0 call 380800330521 from +380671234567",
        "0.0 kharkiv scheme kharkiv",
        "0.0 kharkiv/3 caller hears ringing",
        "0.0 kharkiv/3 engine ring ivan (30 ms)",
        "0.0 kharkiv/3 ring ivan.desk, ivan.mobile",
        "0.0 kharkiv/3 ended ivan.desk: busy",
        "8.0 kharkiv/3 confirm ivan.mobile picks up, must press 1",
        "10.0 kharkiv/3 ended ivan.mobile: answers after 10.0 s",
        "10.0 kharkiv/3 caller is answered",
        "10.0 kharkiv/3 talk ivan.mobile",
        "15.0 kharkiv/3 ended talk with ivan.mobile, 5.0 s, person hangs up",
        "15.0 kharkiv/3 end NORMAL_CLEARING (ivan.mobile)",
    ]
    assert summary(events) == "15.0 s in all; the caller heard nothing for at most 0.0 s"
    assert len(ladder(events, everything=True)) > len(ladder(events))
