"""The services of an environment that no package brought: those of the Debian package, on its paths."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
TOOL = HOME / "tools/install_services.py"
pytestmark = pytest.mark.process
UNITS = ("desk", "freeswitch", "journal", "pops", "serve", "track")


def installed(root: Path, environment: Path | str = sys.prefix) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, TOOL, "--environment", environment, "--root", root]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_runs_in_the_environment_that_was_named(tmp_path: Path) -> None:
    assert installed(tmp_path).returncode == 0
    for name in ("usr/local/bin/routing", "usr/local/lib/routing/freeswitch"):
        file = tmp_path / name
        assert file.read_text().startswith(f"#!{sys.prefix}/bin/python -I\n") and file.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "etc/routing/environment").stat().st_mode & 0o777 == 0o640


def test_nothing_names_a_place_of_the_package(tmp_path: Path) -> None:
    installed(tmp_path)
    texts = {file: file.read_text() for file in tmp_path.rglob("*") if file.is_file()}
    assert len(texts) == 13
    assert [file for file, text in texts.items() if re.search(r"[=!]/usr/(lib|bin|share)/routing", text)] == []


def test_another_version_keeps_settings_and_changes_programs(tmp_path: Path) -> None:
    installed(tmp_path)
    mine = tmp_path / "etc/routing/environment"
    mine.write_text("ROUTING_ROOT=/mine\n")
    (tmp_path / "usr/local/bin/routing").write_text("the old one")
    assert installed(tmp_path).returncode == 0
    assert mine.read_text() == "ROUTING_ROOT=/mine\n"
    assert "the old one" not in (tmp_path / "usr/local/bin/routing").read_text()


def test_an_environment_without_the_program_changes_nothing(tmp_path: Path) -> None:
    said = installed(tmp_path / "root", tmp_path)
    assert said.returncode == 1 and "has no bin/python with routing" in said.stderr and not (tmp_path / "root").exists()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not found")
def test_systemd_understands_each_service(tmp_path: Path) -> None:
    installed(tmp_path / "root")
    for unit in (tmp_path / "root/etc/systemd/system").iterdir():  # their programs stand below another folder here
        text = re.sub(r"^ExecStart=/", f"ExecStart={tmp_path}/root/", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text)
    units = sorted(map(str, tmp_path.glob("routing*.*")))
    assert len(units) == len(UNITS) + 1
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert (said.returncode, said.stderr) == (0, "")
