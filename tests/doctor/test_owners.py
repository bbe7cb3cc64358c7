"""The tables "Who runs as whom" of the documents, row by row: the doctor names what is not as they say."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.doctor import owners
from routing.doctor import private as closed
from routing.doctor.checks import examine
from routing.doctor.diagnosis import Level
from routing.doctor.owners import owned, unchanged
from support.doctor_bed import Patient, healthy_root

HOME = Path(__file__).resolve().parents[2]
#: Row of a table -> a file or folder of it on the bed's node, and a mode that lets everybody read or change it.
ROWS = {
    "/etc/routing/environment": [("environment", 0o644), ("environment", 0o622)],
    "/var/lib/routing/secrets": [("secrets", 0o644), ("secrets", 0o602)],
    "/var/lib/routing/root": [
        ("root", 0o777),
        ("root/releases", 0o757),
        ("root/current/directory.xml", 0o644),
        ("root/current/schemes/a.xml", 0o646),
        ("root/journal.db", 0o644),
        ("root/journal.db-wal", 0o644),
        ("root/redis/dump.rdb", 0o644),
    ],
    "/var/lib/routing/node": [
        ("node", 0o757),
        ("node/conf/vars.xml", 0o646),
        ("node/start", 0o755),
        ("node/start", 0o702),
        ("node/event_socket.json", 0o644),
        ("node/spool/c.json", 0o644),
        ("node/recordings/a.wav", 0o644),
        ("node/storage/b.wav", 0o644),
    ],
    "/var/lib/routing/node/log": [("node/log/freeswitch.log", 0o644)],
    "/usr/lib/routing": [("programs", 0o757), ("programs/__init__.py", 0o646)],
    "volume ``memory``": [("memory/core.db", 0o644)],
}
#: Rows that are other rows under another name, or that no process of the node sees.
ELSEWHERE = {
    "volume ``node``": "/var/lib/routing of every container",
    "volume ``sockets``": "Redis answers, which `memory` checks; the folder is in memory and nobody else's",
    ".env``, ``pgpass": "on the machine, beside compose.yaml",
}


@pytest.fixture
def home() -> Iterator[Path]:
    """A node in a folder that everybody may pass, as `node init`, a publish and the programs leave it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        healthy_root(home)
        files = {
            name for rows in ROWS.values() for name, _ in rows if "." in name.rpartition("/")[2] or "/" not in name
        }
        files |= {"node/start"}
        for name in sorted(files - {"root", "node", "programs"}):
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).touch()
            (home / name).chmod(0o640)
        (home / "root/current/gateways/main.xml").chmod(0o600)
        (home / "root/publish.json").write_text(json.dumps({"secrets": str(home / "secrets")}))
        for each in home.rglob("*"):
            if each.is_dir():
                each.chmod(0o755)
        yield home


@pytest.fixture
def patient(home: Path, monkeypatch: pytest.MonkeyPatch) -> Patient:
    monkeypatch.setattr(closed, "ENVIRONMENT", home / "environment")
    monkeypatch.setattr(owners, "ENVIRONMENT", home / "environment")
    monkeypatch.setattr("routing.__file__", str(home / "programs/__init__.py"))
    patient = Patient(home / "root")
    places = {"conf": "conf", "log": "log", "recordings": "recordings", "storage": "storage"}
    found = [each for each in patient.answers["global_getvar"].splitlines() if each.partition("_dir=")[0] not in places]
    found += [f"{name}_dir={home / 'node' / place}" for name, place in places.items()] + [f"db_dir={home / 'memory'}"]
    patient.says("global_getvar", "\n".join(found))
    located = "xml_locate configuration configuration name json_cdr.conf"
    patient.says(located, patient.answers[located].replace(str(home / "spool"), str(home / "node/spool")))
    return patient


def wrong(patient: Patient) -> dict[str, str]:
    """What is wrong, by check."""
    found = (one for one in examine(patient.node()) if one.finding.level is Level.WRONG)
    return {one.check: one.finding.summary for one in found if one.check in ("private", "unchanged", "owned")}


def test_a_node_as_the_tables_have_it_is_well(patient: Patient) -> None:
    assert wrong(patient) == {}


@pytest.mark.parametrize(("row", "name", "mode"), [(row, *each) for row, all_ in ROWS.items() for each in all_])
def test_a_place_that_is_open_is_named(patient: Patient, home: Path, row: str, name: str, mode: int) -> None:
    file = home / name
    file.chmod(mode)
    found = wrong(patient)
    check = "unchanged" if mode & 0o002 else "private"
    assert (
        check in found and f"({file.resolve() if 'current' in name and check == 'unchanged' else file})" in found[check]
    )


@pytest.mark.parametrize("page", ["install", "containers"])
def test_every_row_of_a_table_is_tried(page: str) -> None:
    text = (HOME / f"docs/howto/{page}.rst").read_text(encoding="utf-8")
    table = text.partition("Who runs as whom\n")[2].partition("=\nPlace ")[2].partition("\n=")[2].partition("\n=")[0]
    rows = [re.split(r"\s{2,}", line)[0].removeprefix("``").removesuffix("``") for line in table.splitlines()[1:]]
    rows = [row if not row.startswith("volume") else f"{row}``" for row in rows]
    assert len(rows) >= 5 and [row for row in rows if row not in ROWS and row not in ELSEWHERE] == []


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", ["root/journal.db", "root/journal.db-wal", "root/redis", "secrets"])
def test_what_a_command_of_roots_has_left_is_named(patient: Patient, home: Path, name: str) -> None:
    """The service of another user cannot write the journal any more: calls wait in the spool."""
    for each in [home / "root", *(home / "root").rglob("*"), home / "secrets"]:
        os.chown(each, 4711, 4711, follow_symlinks=False)
    assert [each.level for each in owned(patient.node())] == [Level.OK]
    os.chown(home / name, 0, 0)
    (found,) = owned(patient.node())
    assert found.level is Level.WRONG and name.rpartition("/")[2] in found.summary and "chown -Rh 4711" in found.mend


def test_a_shared_root_is_its_groups(patient: Patient, home: Path) -> None:
    (home / "root").chmod(0o2775)
    assert "shared with a group" in next(owned(patient.node())).summary


def test_a_folder_above_that_is_closed_closes_all_below_it(patient: Patient, home: Path) -> None:
    (home / "node/conf/vars.xml").chmod(0o666)
    (home / "node").chmod(0o750)
    assert [each.level for each in unchanged(patient.node())] == [Level.OK]


def test_the_process_of_another_container_is_not_taken_for_freeswitchs(patient: Patient, home: Path) -> None:
    """Its pid file names a process of its own namespace; here that number is somebody else's."""
    patient.machine.programs_by_pid = {}
    assert patient.node().pid is None
