"""One recording of several calls, a room's: each of them finds, exports and deletes it, encrypted too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.desk.forgetting import FORGOTTEN, forget_client
from routing.journal import sealed, store
from routing.journal.database import open_database
from routing.journal.query import whole_call
from support.desk_calls import call

FIRST, SECOND = "39347633-0069-4d2c-add6-d2902a99afff", "120b7426-3b04-4636-aa5a-27d471fe5aa7"
SOUND = b"RIFF" + bytes(range(256)) * 50
PUBLIC, PRIVATE = sealed.new_pair()


class SharedRoom:
    """Two calls, and the room in which they were."""

    def __init__(self, place: Path) -> None:
        self.place, self.root = place, place / "root"
        release = self.root / "releases" / "a"
        release.mkdir(parents=True)
        (release / "table.json").write_text('{"project": "shop", "timezone": "Europe/Kyiv", "country": "UA"}')
        (self.root / "current").symlink_to("releases/a")
        self.file = place / "recordings" / "calls" / f"{FIRST}.wav"
        self.file.parent.mkdir(parents=True)
        self.file.write_bytes(SOUND)
        self.database = open_database(str(self.root / "journal.db"))
        known = {"recording": str(self.file), "node": "lavka1"}
        store.record(self.database, [call(FIRST, **known), call(SECOND, client="+380501112233", **known)])

    def seal(self) -> Path:
        """Encrypt it; the file with the private key."""
        assert sealed.seal(str(self.file), sealed.recipients(["a"], {"RECORDING_KEY_A": PUBLIC}))
        secrets = self.place / "secrets"
        secrets.write_text(f"RECORDING_IDENTITY_A={PRIVATE}\n")
        secrets.chmod(0o600)
        return secrets

    def run(self, *words: str) -> str:
        """What a command prints."""
        result = CliRunner().invoke(group, [*words, "--root", str(self.root)])
        assert result.exit_code == 0, f"{result.output}{result.exception}"
        return str(result.output)

    def why_gone(self) -> list[str]:
        """Why the recording is gone, of both calls."""
        found = [whole_call(self.database, id_) for id_ in (FIRST, SECOND)]
        return [each.gone_why if each and each.recording_gone else "" for each in found]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[SharedRoom]:
    room = SharedRoom(tmp_path)
    yield room
    room.database.dispose()


def test_who_came_second_exports_it(room: SharedRoom) -> None:
    secrets, into = room.seal(), room.place / "out"
    room.run("recordings", "export", "120b", "--into", str(into), "--reason", "a", "--secrets", str(secrets))
    assert (into / "recording.wav").read_bytes() == SOUND


def test_who_came_second_has_it_deleted_for_all(room: SharedRoom) -> None:
    room.seal()
    room.run("recordings", "delete", "120b", "--reason", "the client asked", "--yes")
    assert [*room.file.parent.iterdir()] == []
    assert room.why_gone() == ["the client asked"] * 2


def test_the_question_names_the_other_call(room: SharedRoom) -> None:
    words = ["recordings", "delete", "120b", "--reason", "a", "--root", str(room.root)]
    assert FIRST in CliRunner().invoke(group, words, input="n\n").output
    assert room.file.exists()


def test_whoever_is_forgotten_takes_it_with_them(room: SharedRoom) -> None:
    room.seal()
    assert forget_client(room.database, "shop", "+380501112233", None).calls == 1
    assert [*room.file.parent.iterdir()] == []
    assert room.why_gone() == [FORGOTTEN, ""]


def test_the_path_is_that_of_the_file_which_is_there(room: SharedRoom) -> None:
    assert f"recording: {room.file}\n" in room.run("calls", "120b")
    room.seal()
    assert f"recording: {room.file}.age\n" in room.run("calls", "120b")
    assert json.loads(room.run("calls", "120b", "--json"))["recording"] == f"{room.file}.age"
    found = [json.loads(line) for line in room.run("recordings", "list", "--json").splitlines()]
    assert [(each["path"], each["is_encrypted"]) for each in found] == [(f"{room.file}.age", True)] * 2


def test_a_file_that_nobody_finds_is_not_said_to_be_elsewhere_for_sure(room: SharedRoom) -> None:
    room.file.unlink()
    words = ["recordings", "delete", "120b", "--reason", "a", "--yes", "--root", str(room.root)]
    result = CliRunner().invoke(group, words)
    assert "somebody has moved or removed it; that was lavka1" in f"{result.output}{result.exception}"


def test_an_outgoing_call_is_listed_by_its_client(room: SharedRoom) -> None:
    store.record(room.database, [
        call("d" * 8, direction="out", caller="2002", client="+380501234567", person="petro", recording=str(room.file)),
    ])  # fmt: skip
    assert "+380501234567 petro" in room.run("recordings", "list", "--person", "petro")
