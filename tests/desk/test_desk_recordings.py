"""Recordings: who hears them, in parts, only the call's own files; each listening is one line of the audit log."""

from __future__ import annotations

import math
import os
import struct
import wave
from pathlib import Path

import pytest

from routing.desk.peaks import SLICES
from routing.desk.sounds import RECORDING, UTTERANCE, VOICEMAIL, open_sound
from routing.journal.record import UtteranceRecord
from support.desk_bed import DeskBed, lines_of_audit
from support.desk_calls import call, record, talk


def sound(file: Path, seconds: float = 1.0, channels: int = 2) -> bytes:
    """A WAV file: the first side falls silent in the middle, the second one begins there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    count = int(8000 * seconds)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(8000)
        for n in range(count):
            loud = int(16000 * math.sin(n / 3))
            sides = (loud if n < count / 2 else 0, 0 if n < count / 2 else loud // 2)
            out.writeframesraw(struct.pack(f"<{channels}h", *sides[:channels]))
    return file.read_bytes()


@pytest.fixture
def recorded(bed: DeskBed, tmp_path: Path) -> bytes:
    """A call of ivan with a recording."""
    file = tmp_path / "node" / "recordings" / "calls" / "c1.wav"
    whole = sound(file)
    record(bed, talk("c1", "ivan", recording=str(file)), talk("c2", "maria"))
    return whole


def lines(bed: DeskBed) -> list[tuple[str, str, str]]:
    """Who listened to what, oldest first."""
    found = bed.services.audit.lines()
    return [(line.name, line.subject, line.detail) for line in found[::-1] if line.action == "listen_recording"]


@pytest.mark.parametrize(
    ("name", "status"), [("ivan", 200), ("olena", 200), ("nataliia", 200), ("ops", 200), ("maria", 404), ("audit", 403)]
)
def test_a_recording_is_heard_by_who_sees_its_call_and_may_listen(
    bed: DeskBed, recorded: bytes, name: str, status: int
) -> None:
    visitor = bed.signed_in(name)
    assert [visitor.get(f"/{path}/c1").status_code for path in ("recordings", "waveforms")] == [status, status]
    assert lines(bed) == ([(name, "c1", "recording")] if status == 200 else [])
    page = visitor.get("/calls/c1")
    assert page.status_code == (404 if status == 404 else 200)
    assert ("<audio" in page.text) == (status == 200)
    assert bed.visitor().get("/recordings/c1").status_code == 302


def test_a_recording_comes_in_parts_and_is_noted_once_in_a_session(bed: DeskBed, recorded: bytes) -> None:
    visitor = bed.signed_in("ivan")
    whole = visitor.get("/recordings/c1")
    assert (whole.status_code, whole.data, whole.content_type) == (200, recorded, "audio/wav")
    assert whole.headers["Accept-Ranges"] == "bytes"
    for asked, part in (("0-99", recorded[:100]), ("100-", recorded[100:]), ("-44", recorded[-44:])):
        answer = visitor.get("/recordings/c1", headers={"Range": f"bytes={asked}"})
        assert (answer.status_code, answer.data) == (206, part), asked
        assert answer.headers["Content-Range"].endswith(f"/{len(recorded)}")
    late = {"Range": "bytes=0-9", "If-Range": whole.headers["ETag"]}
    assert visitor.get("/recordings/c1", headers=late).status_code == 206
    assert visitor.get("/recordings/c1", headers=late | {"If-Range": '"old"'}).status_code == 200
    assert visitor.get("/recordings/c1", headers={"Range": "bytes=9999999-"}).status_code == 416
    assert lines(bed) == [("ivan", "c1", "recording")]
    bed.signed_in("ivan").get("/recordings/c1")
    assert lines(bed) == [("ivan", "c1", "recording")] * 2
    assert "listened to a recording" in lines_of_audit(bed.signed_in("ops").get("/audit").text)


def test_a_recording_is_saved_under_a_harmless_name(bed: DeskBed, recorded: bytes) -> None:
    answer = bed.signed_in("ivan").get("/recordings/c1?save=1")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="c1.wav"'


def test_a_file_of_another_node_is_not_here_and_the_page_says_where_it_is(bed: DeskBed) -> None:
    record(bed, talk("far", "ivan", recording="/srv/other/recordings/calls/far.wav", node="kyiv-2"))
    visitor = bed.signed_in("ivan")
    page = visitor.get("/calls/far").text
    assert "Node “kyiv-2” carried the call: the file is there." in page and "<audio" not in page
    assert visitor.get("/recordings/far").status_code == 404
    assert lines(bed) == []


def test_a_voicemail_is_heard_by_whom_it_rang(bed: DeskBed, tmp_path: Path) -> None:
    file = tmp_path / "recordings" / "voicemail" / "office" / "v1.wav"
    whole = sound(file, channels=1)
    record(bed, call("v1", rang=("ivan",), status="voicemail", voicemail=str(file), box="office"))
    visitor = bed.signed_in("ivan")
    assert visitor.get("/recordings/v1?kind=voicemail").data == whole
    assert visitor.get("/recordings/v1").status_code == 404
    assert lines(bed) == [("ivan", "v1", "voicemail")]


def test_a_waveform_has_both_sides_and_listens_to_nobody(bed: DeskBed, recorded: bytes) -> None:
    found = bed.signed_in("ivan").get("/waveforms/c1").get_json()
    assert found["duration_s"] == 1.0
    caller, other = found["sides"]
    assert len(caller) == len(other) == SLICES
    assert min(caller[:190]) > 60 and max(caller[210:]) == 0 and max(other[:190]) == 0 and 30 < max(other) < 60
    assert lines(bed) == []


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\0\0\0\0WAVEfmt ", b"\xff" * 5000])
def test_a_file_without_sound_has_no_waveform(bed: DeskBed, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "recordings" / "calls" / "odd.wav"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    record(bed, talk("odd", "ivan", recording=str(file)))
    visitor = bed.signed_in("ivan")
    assert visitor.get("/waveforms/odd").status_code == 404
    assert visitor.get("/recordings/odd").data == content
    assert bed.faults == []


def _tricks(folder: Path) -> list[str]:
    """Paths that lead to a file with the call's id which is not a recording, or to somewhere else."""
    calls, secret = folder / "recordings" / "calls", folder / "secret" / "id.wav"
    for path in (
        calls / "id.wav",
        secret,
        folder / "voicemail" / "id.wav",
        folder / "other" / "calls" / "deep" / "id.wav",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"secret")
    for name, target in (("linked", secret), ("to-folder", secret.parent)):
        (folder / name).mkdir()
        (folder / name / "calls").mkdir() if name == "linked" else (folder / name / "calls").symlink_to(target)
        if name == "linked":
            (folder / name / "calls" / "id.wav").symlink_to(target)
    (folder / "folder" / "calls" / "id.wav").mkdir(parents=True)
    (folder / "pipe" / "calls").mkdir(parents=True)
    os.mkfifo(folder / "pipe" / "calls" / "id.wav")
    return [
        str(secret), str(folder / "voicemail" / "id.wav"), str(folder / "other" / "calls" / "deep" / "id.wav"),
        str(folder / "linked" / "calls" / "id.wav"), str(folder / "to-folder" / "calls" / "id.wav"),
        str(folder / "folder" / "calls" / "id.wav"), str(folder / "pipe" / "calls" / "id.wav"),
        str(calls / ".." / "calls" / "id.wav"), str(calls / "id.wav") + "\0", "id.wav",
        "calls/id.wav", "recordings/calls/id.wav", "/calls/id.wav", "/etc/passwd", "/dev/zero",
        "/proc/self/environ", "//",
        "", ".", "..", "/", str(calls / "id.WAV"), str(calls / "id"), str(calls / "id.txt"), str(calls / "id.wav.wav"),
        str(calls / "xid.wav"), str(calls / "%69d.wav"), f"file://{calls / 'id.wav'}", str(calls / "*.wav"),
        str(calls / ("a" * 5000 + ".wav")), "\udcff/calls/id.wav", str(calls / "id.wav;id.wav"),
    ]  # fmt: skip


def test_no_path_leads_to_another_file(tmp_path: Path) -> None:
    for path in _tricks(tmp_path):
        for kind in (RECORDING, VOICEMAIL):
            assert open_sound("id", kind, path) is None, path
    for id_ in ("", ".", "..", "../calls/id", "id/../id", "ID", "other", "/", "\0", "id\n"):
        assert open_sound(id_, RECORDING, str(tmp_path / "recordings" / "calls" / "id.wav")) is None, id_
        assert open_sound(id_, RECORDING, f"{tmp_path}/recordings/calls/{id_}.wav") is None, id_
    found = open_sound("id", RECORDING, str(tmp_path / "recordings" / "calls" / "id.wav"))
    assert found is not None and found.file.read() == b"secret"
    found.file.close()


@pytest.fixture
def listened(bed: DeskBed, tmp_path: Path) -> tuple[bytes, bytes]:
    """A call whose caller has said two things at a speech menu."""
    day = tmp_path / "node" / "recordings" / "utterances" / "2030-01-02"
    paths = [day / f"dddd4444-{place}.wav" for place in (1, 2)]
    first, second = (sound(file, 0.5 + place, 1) for place, file in enumerate(paths))
    heard = (
        UtteranceRecord(str(paths[0]), bed.now, 2e9, "<b>pizza +380671234567", 0.42, scheme="main", step="2"),
        UtteranceRecord(str(paths[1]), bed.now + 1, 2e9, "new order", 0.9, "sales", scheme="main", step="2"),
    )
    record(bed, talk("dddd4444", "ivan", utterances=heard))
    return first, second


def test_what_callers_said_is_heard_by_who_may_hear_recordings(bed: DeskBed, listened: tuple[bytes, bytes]) -> None:
    visitor = bed.signed_in("ivan")
    page = visitor.get("/calls/dddd4444").text
    assert "&lt;b&gt;pizza" in page and "new order" in page and page.count("<audio") == 2
    for place, whole in enumerate(listened, 1):
        assert visitor.get(f"/recordings/dddd4444?kind=utterance-{place}").data == whole
        assert visitor.get(f"/waveforms/dddd4444?kind=utterance-{place}").status_code == 200
    assert lines(bed) == [("ivan", "dddd4444", "utterance")] * 2
    for wrong in ("utterance-3", "utterance-0", "utterance", "recording"):
        assert visitor.get(f"/recordings/dddd4444?kind={wrong}").status_code == 404
    auditor = bed.signed_in("audit")
    assert "new order" not in auditor.get("/calls/dddd4444").text
    assert auditor.get("/recordings/dddd4444?kind=utterance-1").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "utterances/2030-01-02/dddd4444-1.wav", "/rec/utterances/today/dddd4444-1.wav",
        "/rec/utterances/2030-01-02/../../../etc/dddd4444-1.wav", "/rec/calls/dddd4444-1.wav",
        "/rec/utterances/2030-01-02/dddd4444.wav",
    ],
)  # fmt: skip
def test_no_other_file_is_an_utterance(path: str) -> None:
    assert open_sound("dddd4444", UTTERANCE, path) is None
