"""``routing backup`` and ``restore``: a node comes back as it was, or nothing happens."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from routing.cli import group
from routing.journal.database import opened_database
from routing.journal.schema import calls
from routing.journal.store import record
from routing.model.problem import UserFailure
from routing.node import backup
from routing.release.publish import only_one, publish, rollback
from support.figures_bed import made_call
from support.release_folder import Folder

#: Name -> text of what is on a node beside its releases and its journal.
FILES = {
    "node/event_socket.json": '{"port": 8021, "password": "p"}',
    "node/spool/a.cdr.json": "{}",
    "node/spool/.journal": "",
    "node/recordings/2026/a.wav": "RIFF",
    "root/history.jsonl": "{}\n",
    "root/sources/x/a.yaml": "scheme: a\n",
    "secrets": "A=1\n",
}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A node with two releases, a journal of three calls, a call in the spool, a recording, secrets."""
    home = tmp_path / "old"
    home.mkdir()
    folder = Folder(home)
    publish(folder.root, folder.build().name, None)
    publish(folder.root, folder.changed().name, None)
    with opened_database(str(home / "root/journal.db")) as engine:
        record(engine, [made_call(float(at_s)) for at_s in range(3)])
    for name, text in FILES.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "secrets").chmod(0o600)
    return home


@dataclass(frozen=True)
class Said:
    """What a command said, its error included."""

    exit_code: int
    output: str


def ran(*arguments: str | Path) -> Said:
    done = CliRunner().invoke(group, [*map(str, arguments)])
    if done.exception and not isinstance(done.exception, (SystemExit, UserFailure)):
        raise done.exception
    return Said(done.exit_code, done.output + str(done.exception or ""))


def places(home: Path) -> list[str]:
    return ["--root", str(home / "root"), "--node", str(home / "node"), "--secrets", str(home / "secrets")]


@pytest.fixture
def file(old: Path, tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar.gz"
    said = ran("backup", "--into", file, *places(old), "--recordings")
    assert said.exit_code == 0, said.output
    return file


def test_a_node_comes_back_as_it_was(old: Path, file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    said = ran("restore", file, *places(new))
    assert said.exit_code == 0, said.output
    assert "the journal, secrets, 1 call not yet recorded, 1 sound" in said.output and "routing publish" in said.output
    for name in ("current", "previous"):
        assert os.readlink(new / "root" / name) == os.readlink(old / "root" / name)
        assert _texts(new / "root" / name) == _texts(old / "root" / name)
    with opened_database(str(new / "root/journal.db")) as engine, engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(calls)) == 3
    kept = {name: text for name, text in FILES.items() if not Path(name).name.startswith(".")}
    assert {name: (new / name).read_text() for name in kept} == kept
    assert (new / "secrets").stat().st_mode & 0o777 == 0o600 and not (new / "node/spool/.journal").exists()


def _texts(folder: Path) -> dict[str, bytes]:
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_it_holds_passwords_and_is_its_owners(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


def test_recordings_are_taken_on_request_only(old: Path, tmp_path: Path) -> None:
    said = ran("backup", "--into", tmp_path / "small.tar.gz", *places(old))
    assert "without recordings and voicemails" in said.output
    with tarfile.open(tmp_path / "small.tar.gz") as archive:
        assert not [name for name in archive.getnames() if "recordings" in name]


def test_a_journal_in_a_server_is_said_to_be_missing(old: Path, tmp_path: Path) -> None:
    database = ("--database", "postgresql://host/name")
    said = ran("backup", "--into", tmp_path / "b.tar.gz", *places(old), *database)
    assert said.exit_code == 0 and "pg_dump" in said.output and "the journal," not in said.output


def test_a_rollback_does_not_wait_for_the_journal_and_sounds(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rolled_back, copy_of = [], backup._copy_of

    def copied(journal: Path, copy: Path) -> Path:
        with only_one(old / "root"):
            rolled_back.append(rollback(old / "root", None).release)
        return copy_of(journal, copy)

    before = os.readlink(old / "root" / "current")
    monkeypatch.setattr(backup, "_copy_of", copied)
    assert ran("backup", "--into", tmp_path / "b.tar.gz", *places(old)).exit_code == 0 and rolled_back
    assert ran("restore", tmp_path / "b.tar.gz", *places(tmp_path / "new")).exit_code == 0
    assert os.readlink(tmp_path / "new/root/current") == before != os.readlink(old / "root/current")


def test_nothing_is_overwritten(old: Path, file: Path) -> None:
    before = _texts(old)
    said = ran("restore", file, *places(old))
    assert said.exit_code == 1 and "it exists already" in said.output
    assert ran("backup", "--into", file, *places(old)).exit_code == 1
    assert _texts(old) == before


@pytest.mark.parametrize("place", ["root/journal.db", "secrets", "node/event_socket.json"])
def test_one_part_that_is_there_keeps_all_others_out(file: Path, tmp_path: Path, place: str) -> None:
    new = tmp_path / "new"
    (new / place).parent.mkdir(parents=True)
    (new / place).write_text("mine")
    assert ran("restore", file, *places(new)).exit_code == 1
    assert _texts(new) == {place: b"mine"}


def _shortened(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _changed(data: bytes) -> bytes:
    half = len(data) // 2
    return data[:half] + bytes([data[half] ^ 0xFF]) + data[half + 1 :]


@pytest.mark.parametrize("damage", [_shortened, _changed, lambda data: b"", lambda data: b"no archive at all"])
def test_a_damaged_backup_puts_nothing_back(file: Path, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    file.write_bytes(damage(file.read_bytes()))
    said = ran("restore", file, *places(tmp_path / "new"))
    assert said.exit_code == 1 and str(file) in said.output
    assert not (tmp_path / "new" / "root").exists() and not list(tmp_path.rglob(".restore-*"))


@pytest.mark.parametrize(
    "member",
    [
        {"name": "../outside"},
        {"name": "/etc/outside"},
        {"name": "root/link", "type": tarfile.SYMTYPE, "linkname": "/etc"},
        {"name": "root/device", "type": tarfile.CHRTYPE},
        {"name": "root/hard", "type": tarfile.LNKTYPE, "linkname": "root/publish.json"},
    ],
)
def test_a_hostile_backup_writes_nowhere(tmp_path: Path, member: dict[str, object]) -> None:
    file = tmp_path / "hostile.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        facts = tarfile.TarInfo()
        for name, value in member.items():
            setattr(facts, name, value)
        archive.addfile(facts)
    said = ran("restore", file, *places(tmp_path / "new" / "deep"))
    assert said.exit_code == 1 and "no plain file of a backup" in said.output
    assert not list(tmp_path.rglob("outside")) and not list(tmp_path.rglob("link"))


@pytest.mark.parametrize(
    "manifest",
    ["[]", "{", '{"format": 99}', '{"current": "../..", "format": 1}', '{"current": 5, "format": 1}', '{"other": 1}'],
)
def test_a_backup_of_another_kind_is_refused(tmp_path: Path, manifest: str) -> None:
    file = tmp_path / "odd.tar.gz"
    with tarfile.open(file, "w:gz") as archive:
        facts = tarfile.TarInfo("manifest.json")
        facts.size = len(manifest)
        archive.addfile(facts, io.BytesIO(manifest.encode()))
    said = ran("restore", file, *places(tmp_path / "new"))
    assert said.exit_code == 1 and "no whole backup" in said.output


def test_a_file_that_was_exchanged_is_named(file: Path, tmp_path: Path) -> None:
    with tarfile.open(file) as archive:
        texts = {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]
    texts["secrets"] = b"A=2\n"
    with tarfile.open(file, "w:gz") as archive:
        for name, text in texts.items():
            facts = tarfile.TarInfo(name)
            facts.size = len(text)
            archive.addfile(facts, io.BytesIO(text))
    said = ran("restore", file, *places(tmp_path / "new"))
    assert said.exit_code == 1 and "damaged: secrets" in said.output


def test_without_a_release_there_is_nothing_to_keep(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    said = ran("backup", "--into", tmp_path / "b.tar.gz", "--root", tmp_path / "root")
    assert said.exit_code == 1 and "no release is live" in said.output and not (tmp_path / "b.tar.gz").exists()


def test_a_manifest_says_when_and_of_what(file: Path, old: Path) -> None:
    with tarfile.open(file) as archive:
        facts = json.loads(archive.extractfile("manifest.json").read())  # type: ignore[union-attr]
    assert facts["root"] == str(old / "root") and facts["made_s"] > 1.7e9 and len(facts["files"]) > 10
