"""What everybody on the machine can read is named by the doctor: by its mode and those of the folders above."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from routing.doctor.diagnosis import Level
from routing.doctor.private import private
from support.doctor_bed import Patient, healthy_root


@pytest.fixture
def patient() -> Iterator[Patient]:
    """A node in a folder that everybody may pass, whose private files are closed."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        home.chmod(0o755)
        patient = Patient(healthy_root(home))
        for name in ("recordings", "storage", "conf/autoload_configs"):
            (home / name).mkdir(parents=True)
        found = patient.answers["global_getvar"].splitlines()
        folders = {"recordings_dir": "recordings", "storage_dir": "storage", "conf_dir": "conf"}
        found = [each for each in found if each.partition("=")[0] not in folders]
        patient.says("global_getvar", "\n".join([*found, *(f"{name}={home / to}" for name, to in folders.items())]))
        private_files = ("root/current/directory.xml", "root/current/gateways/main.xml", "root/journal.db", "secrets",
                         "recordings/a.wav", "storage/b.wav", "spool/c.json", "event_socket.json",
                         "conf/autoload_configs/event_socket.conf.xml")  # fmt: skip
        for name in private_files:
            (home / name).touch()
            (home / name).chmod(0o640)
        (home / "root/publish.json").write_text(json.dumps({"secrets": str(home / "secrets")}))
        yield patient


def test_a_node_that_keeps_its_secrets_is_well(patient: Patient) -> None:
    assert [each.level for each in private(patient.node())] == [Level.OK]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("root/current/directory.xml", "phones' passwords"),
        ("root/current/gateways/main.xml", "a trunk's password"),
        ("root/journal.db", "the journal"),
        ("secrets", "the secrets"),
        ("recordings/a.wav", "recordings"),
        ("storage/b.wav", "voicemails"),
        ("spool/c.json", "finished calls"),
        ("event_socket.json", "the event socket's password"),
        ("conf/autoload_configs/event_socket.conf.xml", "the event socket's password"),
    ],
)
def test_each_place_that_is_open_is_named(patient: Patient, name: str, named: str) -> None:
    file = patient.root.parent / name
    file.chmod(0o644)
    (found,) = private(patient.node())
    assert found.level is Level.WRONG and found.summary.startswith(f"everybody on this machine can read {named} (")
    assert file.name in found.summary and "chmod o-rwx" in found.mend


def test_a_closed_folder_above_closes_a_file(patient: Patient) -> None:
    (patient.root.parent / "recordings/a.wav").chmod(0o644)
    (patient.root.parent / "recordings").chmod(0o750)
    assert [each.level for each in private(patient.node())] == [Level.OK]
