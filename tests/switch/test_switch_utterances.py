"""What callers really say at a speech menu is kept where the project asks for it, whatever is killed; and no more."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from routing.journal import sealed
from support.switchbed import ports
from support.switchbed.disks import fill, small_disk
from support.switchbed.lab import Lab, company_with
from support.switchbed.recorded import read
from support.switchbed.speech_menu import (
    NOTHING,
    SALES,
    SALES_HZ,
    SUPPORT,
    TOOLS,
    UNKNOWN_HZ,
    is_ready,
    records,
    serves,
    speaking,
)
from support.switchbed.spoken import hush
from support.switchbed.tones import sine

DAY = 86_400
PUBLIC, PRIVATE = sealed.new_pair()
SECRET = "380800330959"
SECRET_SCHEME = f"""
scheme: secret
numbers: ["+{SECRET}"]
steps:
  - listen:
      prompt: short.wav
      keys: short.wav
      wait: 3s
      tries: 1
      options:
        sales: {{phrases: [new order, it is broken, sales], key: "1", steps: []}}
  - ask: {{prompt: short.wav, into: pin, length: 4, secret: true, tries: 1}}
  - hangup
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A switch whose project keeps what callers say."""
    company = {"company.yaml": company_with("keep: {utterances: 14d}"), "secret.yaml": SECRET_SCHEME}
    made = Lab(tmp_path_factory.mktemp("utterances"), engine=f"127.0.0.1:{ports.free()}", more=company)
    yield made
    made.stop()


def routing(lab, *words):
    command = [sys.executable, "-m", "routing", *words, "--root", str(lab.root)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ).stdout


def listed(lab, speaker):
    """What `routing recordings list` says of a call, once `routing journal` has recorded it."""
    call = speaker.record["uuid"]
    routing(lab, "journal", "--once", "--spool", str(lab.switch.home / "spool"))
    lines = routing(lab, "recordings", "list", "--kind", "utterance", "--limit", "0", "--json").splitlines()
    return [each for each in map(json.loads, lines) if each["call"] == call]


def files_of(lab, speaker):
    return sorted(lab.switch.home.rglob(f"utterances/*/{speaker.record['uuid']}*"))


def test_each_phrase_is_kept_with_what_was_heard_and_how_surely(lab, tones, speaker):
    began = time.time()
    speaker.says(hush(0.9) + sine(UNKNOWN_HZ, 0.8) + hush(4) + sine(SALES_HZ, 0.8) + hush(6))
    assert speaker.cause() == SALES
    assert speaker.record["routing_verdict"] == "decided sales, confidence 0.90, kept"
    first, second = listed(lab, speaker)
    assert [(each["heard"], each["option"]) for each in (first, second)] == [("something else", ""), ("sales", "sales")]
    assert second["confidence"] == 0.9 and first["recogniser"] == "english" and first["language"] == "en"
    assert (second["scheme"], second["step"]) == ("listen", "1")
    assert second["is_here"] and not second["is_encrypted"]
    assert abs(second["until"] - began - 14 * DAY) < 120
    kept = read(lab.place / second["path"])
    assert kept.spans(SALES_HZ) and kept.rate == 16_000 and kept.seconds < 9
    assert not read(lab.place / first["path"]).spans(SALES_HZ)


def test_endless_noise_is_kept_for_a_bounded_time(lab, tones, speaker):
    speaker.says(hush(0.9) + sine(UNKNOWN_HZ, 28.0))
    assert speaker.cause() == NOTHING
    kept = [read(lab.place / each["path"]).seconds for each in listed(lab, speaker)]
    assert len(kept) == 2 and max(kept) <= 8.0, "six seconds of speech, and two around it"


def test_a_key_keeps_nothing(lab, tones, speaker):
    speaker.says(hush(0.9) + sine(UNKNOWN_HZ, 0.3))
    speaker.presses("1")
    speaker.says(hush(3))
    assert speaker.cause() == SALES
    assert listed(lab, speaker) == []


def test_what_a_secret_question_hears_is_not_in_it(lab, tones):
    with speaking(lab, SECRET) as speaker:
        speaker.says(hush(0.9) + sine(SALES_HZ, 0.8) + hush(1.5) + sine(UNKNOWN_HZ, 1.0))
        for key in "1234":
            speaker.presses(key)
            speaker.says(hush(0.2))
        speaker.says(hush(4))
        speaker.cause()
        (kept,) = listed(lab, speaker)
        sound = read(lab.place / kept["path"])
        assert sound.spans(SALES_HZ) and not sound.spans(UNKNOWN_HZ)


def test_a_recogniser_that_hangs_keeps_nothing(lab, speaker):
    with serves(lab, f"{SUPPORT / 'recogniser.py'} hangs") as engine:
        assert is_ready(engine)
        speaker.says(hush(0.9) + sine(SALES_HZ, 0.6) + hush(10))
        assert speaker.cause() == NOTHING
        assert files_of(lab, speaker) == [] and listed(lab, speaker) == []


def test_an_engine_that_is_killed_in_a_phrase_keeps_nothing(lab, tones, speaker):
    speaker.says(hush(0.9) + sine(SALES_HZ, 0.6))
    assert records(lab)
    tones.send(signal.SIGKILL)
    speaker.says(hush(12))
    assert speaker.cause() == NOTHING
    assert files_of(lab, speaker) == [] and listed(lab, speaker) == []


def test_on_a_full_disk_the_call_goes_on_and_nothing_is_left(lab, tones, speaker):
    folder = lab.switch.home / "recordings" / "utterances"
    folder.mkdir(parents=True, exist_ok=True)  # when no test of this file has kept anything yet
    folder.rename(aside := folder.with_name("aside"))
    try:
        with small_disk(folder, 1) as disk:
            fill(disk)
            speaker.says(hush(0.9) + sine(SALES_HZ, 0.8) + hush(6))
            assert speaker.cause() == SALES
            assert speaker.record["routing_verdict"].endswith("not kept: No space left on device")
            assert not list(disk.rglob("*.wav"))
    finally:
        folder.rmdir()
        aside.rename(folder)
    assert listed(lab, speaker) == []


def test_they_are_encrypted_and_deleted_as_recordings_are(tmp_path):
    company = {"company.yaml": company_with("keep: {utterances: 14d}, encrypt_recordings: y2026")}
    secrets = {"RECORDING_KEY_Y2026": PUBLIC}
    lab = Lab(tmp_path / "sealed", engine=f"127.0.0.1:{ports.free()}", more=company, secrets=secrets)
    try:
        with serves(lab, TOOLS / "recogniser_tones.py") as engine, speaking(lab) as speaker:
            assert is_ready(engine)
            speaker.says(hush(0.9) + sine(SALES_HZ, 0.8) + hush(6))
            assert speaker.cause() == SALES
            (clear,) = listed(lab, speaker)
            for file in files_of(lab, speaker):  # one that has just changed is left alone
                os.utime(file, (time.time() - 3600,) * 2)
            (kept,) = listed(lab, speaker)
            assert not clear["is_encrypted"] and not kept["is_encrypted"], "without its key it stays in the clear"
            keys = lab.place / "secrets.env"
            keys.write_text(f"RECORDING_KEY_Y2026={PUBLIC}\nRECORDING_IDENTITY_Y2026={PRIVATE}\n")
            keys.chmod(0o600)
            routing(lab, "journal", "--once", "--spool", str(lab.switch.home / "spool"), "--secrets", str(keys))
            (kept,) = listed(lab, speaker)
            assert kept["is_encrypted"] and kept["path"].endswith(".wav.age") and kept["heard"] == "sales"
            assert [file.suffix for file in files_of(lab, speaker)] == [".age"]
            into = lab.place / "exported"
            options = ("--into", str(into), "--reason", "phrases", "--secrets", str(keys))
            routing(lab, "recordings", "export", kept["call"], *options)
            assert read(into / "utterance-1.wav").spans(SALES_HZ)
            assert '"sales", confidence 0.90' in (into / "trace.txt").read_text()
            routing(lab, "recordings", "delete", kept["call"], "--reason", "enough", "--yes")
            assert files_of(lab, speaker) == [] and listed(lab, speaker) == []
    finally:
        lab.stop()
