"""``routing recordings``: list, export with the trace, delete with a reason, keys; nothing half-written, all noted."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.desk.audit import AuditLog
from routing.journal import sealed, store, utterance_files
from routing.journal.database import open_database
from routing.journal.query import whole_call
from routing.model.utterance import day_of, wave
from routing.model.utterance_facts import UtteranceFacts
from support.desk_calls import call, talk

SOUND = b"RIFF" + bytes(range(256)) * 50
PUBLIC, PRIVATE = sealed.new_pair()


class Recorded:
    """A journal with two recorded calls, one with a voicemail."""

    def __init__(self, place: Path) -> None:
        self.place, self.root = place, place / "root"
        release = self.root / "releases" / "a"
        release.mkdir(parents=True)
        (release / "table.json").write_text('{"project": "shop", "timezone": "Europe/Kyiv", "country": "UA"}')
        (self.root / "current").symlink_to("releases/a")
        self.database = open_database(str(self.root / "journal.db"))
        paths = {name: place / "recordings" / "calls" / f"{name}.wav" for name in ("aaaa1111", "bbbb2222")}
        box = place / "recordings" / "voicemail" / "sales" / "bbbb2222.wav"
        for path in (*paths.values(), box):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(SOUND)
        self.paths, self.box = paths, box
        store.record(
            self.database,
            [
                talk("aaaa1111", "ivan", recording=str(paths["aaaa1111"])),
                call("bbbb2222", recording=str(paths["bbbb2222"]), voicemail=str(box), box="sales"),
                call("cccc3333"),
            ],
        )

    def run(self, *arguments: str, **words: object):
        command, *rest = arguments
        return CliRunner().invoke(group, ["recordings", command, *rest, "--root", str(self.root)], **words)

    def audit(self):
        lines = AuditLog(self.database, "shop").lines()
        return [(line.action, line.subject, line.detail, line.outcome) for line in lines]


def said(result) -> str:
    """What it printed, and its complaint."""
    return f"{result.output}{result.exception or ''}"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Recorded]:
    recorded = Recorded(tmp_path)
    yield recorded
    recorded.database.dispose()


def test_list(shop: Recorded) -> None:
    found = [json.loads(line) for line in shop.run("list", "--json").output.splitlines()]
    assert {(each["call"], each["kind"]) for each in found} == {
        ("aaaa1111", "recording"), ("bbbb2222", "recording"), ("bbbb2222", "voicemail"),
    }  # fmt: skip
    assert all(each["is_here"] and not each["is_encrypted"] for each in found)
    assert "aaaa1111" in shop.run("list", "--person", "ivan").output
    assert "bbbb2222" not in shop.run("list", "--person", "ivan").output
    assert shop.run("list", "--person", "nobody").output == "no recordings or voicemails\n"
    assert len(shop.run("list", "--limit", "1").output.splitlines()) == 1


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_export(shop: Recorded, name: str) -> None:
    into = shop.place / name
    result = shop.run("export", "bbbb", "--into", str(into), "--reason", "asked by the police, 12/7")
    assert result.exit_code == 0, result.output
    if name.endswith(".zip"):
        with zipfile.ZipFile(into) as packed:
            packed.extractall(shop.place / "unpacked")
        into = shop.place / "unpacked"
    assert {path.name for path in into.iterdir()} == {
        "recording.wav", "voicemail.wav", "call.json", "trace.json", "trace.txt", "exported.json",
    }  # fmt: skip
    assert (into / "recording.wav").read_bytes() == SOUND
    assert json.loads((into / "exported.json").read_text())["reason"] == "asked by the police, 12/7"
    assert json.loads((into / "call.json").read_text())["id"] == "bbbb2222"
    assert "call bbbb2222" in (into / "trace.txt").read_text()
    assert shop.audit() == [("export_recording", "bbbb2222", "asked by the police, 12/7", "")]
    assert [path.name for path in shop.place.iterdir() if path.name.endswith(".part")] == []


def test_what_is_there_is_not_replaced(shop: Recorded) -> None:
    there = shop.place / "there"
    there.mkdir()
    result = shop.run("export", "aaaa", "--into", str(there), "--reason", "a")
    assert result.exit_code == 1
    assert "is there already" in said(result)
    assert list(there.iterdir()) == []
    assert shop.audit()[0][3] == "failed"


@pytest.mark.parametrize(
    ("start", "complaint"),
    [("zzzz", "no call begins with"), ("cccc", "has no recording and no voicemail"), ("", "several calls begin with")],
)
def test_what_is_not_there_is_refused(shop: Recorded, start: str, complaint: str) -> None:
    for command in (("export", start, "--into", str(shop.place / "out")), ("delete", start, "--yes")):
        result = shop.run(*command, "--reason", "a")
        assert result.exit_code == 1
        assert complaint in said(result)
    assert shop.audit() == []
    assert not (shop.place / "out").exists()


def test_a_file_of_another_node_is_neither_exported_nor_deleted(shop: Recorded) -> None:
    shop.paths["aaaa1111"].unlink()
    for command in (("export", "aaaa", "--into", str(shop.place / "out")), ("delete", "aaaa", "--yes")):
        result = shop.run(*command, "--reason", "a")
        assert "is not on this machine" in said(result)
    assert whole_call(shop.database, "aaaa1111").recording_gone == 0


def test_nothing_is_left_on_a_full_disk(shop: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    result = shop.run("export", "aaaa", "--into", str(shop.place / "out"), "--reason", "a")
    assert result.exit_code == 1
    assert "No space left on device" in said(result)
    assert {path.name for path in shop.place.iterdir()} == {"root", "recordings"}


def test_delete(shop: Recorded) -> None:
    result = shop.run("delete", "bbbb", "--reason", "the client asked", input="y\n")
    assert result.exit_code == 0, result.output
    assert not shop.paths["bbbb2222"].exists()
    assert not shop.box.exists()
    assert shop.paths["aaaa1111"].exists()
    found = whole_call(shop.database, "bbbb2222")
    assert found.recording_gone and found.voicemail_gone
    assert found.gone_why == "the client asked"
    assert shop.audit() == [("delete_recording", "bbbb2222", "the client asked", "")]
    assert "any more" in said(shop.run("delete", "bbbb", "--reason", "again", "--yes"))
    assert "bbbb2222" not in shop.run("list").output
    assert "deleted: the client asked" in shop.run("list", "--deleted").output


def test_who_says_no_deletes_nothing(shop: Recorded) -> None:
    shop.run("delete", "bbbb", "--reason", "a", input="n\n")
    assert shop.paths["bbbb2222"].exists()
    assert shop.audit() == []


def test_deleting_that_was_cut_off_goes_on(shop: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    from routing.journal import kept_sounds

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(kept_sounds, "note_gone", killed)
        shop.run("delete", "aaaa", "--reason", "a", "--yes")
    assert shop.audit()[0][3] == "begun"
    assert not shop.paths["aaaa1111"].exists()
    assert shop.run("delete", "aaaa", "--reason", "a", "--yes").exit_code == 0
    assert whole_call(shop.database, "aaaa1111").gone_why == "a"


def test_an_encrypted_one_is_exported_in_the_clear_with_its_key_alone(shop: Recorded) -> None:
    assert sealed.seal(str(shop.paths["aaaa1111"]), sealed.recipients(["a"], {"RECORDING_KEY_A": PUBLIC}))
    into = shop.place / "out"
    result = shop.run("export", "aaaa", "--into", str(into), "--reason", "a")
    assert result.exit_code == 1
    assert "its sounds are encrypted" in said(result)
    assert not into.exists()
    secrets = shop.place / "secrets"
    secrets.write_text(f"RECORDING_IDENTITY_A={PRIVATE}\n")
    secrets.chmod(0o600)
    result = shop.run("export", "aaaa", "--into", str(into), "--reason", "a", "--secrets", str(secrets))
    assert result.exit_code == 0, result.output
    assert (into / "recording.wav").read_bytes() == SOUND
    assert "encrypted" in shop.run("list", "--person", "ivan").output


def test_a_pair_of_keys() -> None:
    lines = CliRunner().invoke(group, ["recordings", "key", "y2026"]).output.split()
    assert lines[0].startswith("RECORDING_KEY_Y2026=age1")
    assert lines[1].startswith("RECORDING_IDENTITY_Y2026=AGE-SECRET-KEY-1")
    assert CliRunner().invoke(group, ["recordings", "key", "two words"]).exit_code == 1


def says(shop: Recorded, name: str, *texts: str) -> list[Path]:
    """A call of whose caller the engine has kept phrases, and their files."""
    audio = shop.place / "recordings" / "listen" / f"{name}.r16"
    day = shop.place / "recordings" / "utterances" / day_of(2e9)
    day.mkdir(parents=True, exist_ok=True)
    files = [day / f"{name}-{place}.wav" for place in range(1, len(texts) + 1)]
    for place, (file, text) in enumerate(zip(files, texts, strict=True)):
        option = "sales" if text == "new order" else ""
        facts = UtteranceFacts(1e9 + place, 2e9, text, 0.5, option, "english", "en", "main", "2")
        file.write_bytes(wave(SOUND, facts))
    recording = shop.paths["aaaa1111"].with_name(f"{name}.wav")
    recording.write_bytes(SOUND)
    store.record(shop.database, [call(name, recording=str(recording), utterances=utterance_files.found(str(audio)))])
    return files


def test_utterances_are_listed_with_what_was_heard(shop: Recorded) -> None:
    says(shop, "dddd4444", "pizza, \x1b[31mplease", "new order", "")
    found = [json.loads(line) for line in shop.run("list", "--kind", "utterance", "--json").output.splitlines()]
    assert [(each["heard"], each["confidence"], each["option"]) for each in found] == [
        ("pizza, \x1b[31mplease", 0.5, ""), ("new order", 0.5, "sales"), ("", 0.5, ""),
    ]  # fmt: skip
    assert {(each["kind"], each["is_here"], each["scheme"], each["step"]) for each in found} == {
        ("utterance", True, "main", "2")
    }
    lines = shop.run("list", "--kind", "utterance").output
    assert '"new order" 0.50, sales, main 2' in lines and "no words, no option" in lines and "\x1b" not in lines
    assert "utterance" not in shop.run("list", "--kind", "recording").output
    assert len(shop.run("list", "--limit", "2").output.splitlines()) == 2
    assert shop.run("list", "--kind", "utterance", "--person", "nobody").output == "no utterances\n"


def test_utterances_are_exported_with_the_other_sounds(shop: Recorded) -> None:
    files, into = says(shop, "dddd4444", "pizza", "new order"), shop.place / "out"
    assert shop.run("export", "dddd", "--into", str(into), "--reason", "phrases").exit_code == 0
    names = {path.name for path in into.iterdir()}
    assert {"recording.wav", "utterance-1.wav", "utterance-2.wav"} <= names
    assert (into / "utterance-2.wav").read_bytes() == files[1].read_bytes()
    assert '"pizza", confidence 0.50' in (into / "trace.txt").read_text()
    kept = json.loads((into / "call.json").read_text())["utterances"]
    assert [each["heard"] for each in kept] == ["pizza", "new order"]


def test_utterances_alone_are_deleted_with_the_words(shop: Recorded) -> None:
    files = says(shop, "dddd4444", "pizza", "new order")
    result = shop.run("delete", "dddd", "--kind", "utterance", "--reason", "learned", "--yes")
    assert result.exit_code == 0, result.output
    assert not any(file.exists() for file in files)
    assert shop.paths["aaaa1111"].with_name("dddd4444.wav").exists()
    left = whole_call(shop.database, "dddd4444").utterances
    assert [(each.heard, each.gone_why) for each in left] == [("", "learned")] * 2
    assert shop.run("list", "--kind", "utterance").output == "no utterances\n"
    assert "deleted: learned" in shop.run("list", "--kind", "utterance", "--deleted").output
    assert shop.audit() == [("delete_recording", "dddd4444", "learned", "")]
    result = shop.run("delete", "dddd", "--kind", "utterance", "--reason", "again", "--yes")
    assert "call dddd4444 has no utterance any more" in said(result)


def test_utterances_go_with_the_other_sounds(shop: Recorded) -> None:
    files = says(shop, "dddd4444", "pizza")
    assert shop.run("delete", "dddd", "--reason", "asked", "--yes").exit_code == 0
    assert not files[0].exists() and not shop.paths["aaaa1111"].with_name("dddd4444.wav").exists()
