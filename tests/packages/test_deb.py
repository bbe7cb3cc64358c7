"""The Debian package, built without its libraries: places, scripts, and services as systemd sees them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
PYTHON = Path("/usr/bin/python3")
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="dpkg-deb is not found"),
    pytest.mark.skipif(not PYTHON.exists(), reason="the machine has no Python of its own"),
]
SERVICES = ("desk", "freeswitch", "journal", "pops", "serve", "track")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("deb")
    command = [sys.executable, str(HOME / "tools/make_deb.py"), "--without-libraries", "--out", str(out)]
    made = subprocess.run([*command, "--python", str(PYTHON)], capture_output=True, text=True, check=True)
    return Path(made.stdout.strip())


@pytest.fixture(scope="module")
def root(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    subprocess.run(["dpkg-deb", "--extract", package, folder], check=True)
    subprocess.run(["dpkg-deb", "--control", package, folder / "DEBIAN"], check=True)
    return folder


def test_files_belong_to_root_and_nobody_else_writes_them(package: Path) -> None:
    listed = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(listed)) as archive:
        members = archive.getmembers()
    assert {(each.uname, each.gname) for each in members} == {("root", "root")}
    assert [each.name for each in members if not each.issym() and each.mode & 0o022] == []
    modes = {each.name.removeprefix("./"): each.mode & 0o777 for each in members}
    assert modes["etc/routing/environment"] == 0o640 and modes["usr/bin/routing"] == 0o755
    assert not [each.name for each in members if "/.git" in each.name or each.name.endswith((".test", ".orig"))]


def test_its_settings_survive_an_upgrade(root: Path) -> None:
    assert (root / "DEBIAN/conffiles").read_text().split() == ["/etc/logrotate.d/routing", "/etc/routing/environment"]


def test_what_it_is_and_needs_is_said(root: Path) -> None:
    fields = dict(re.findall(r"^(\S+): (.*)$", (root / "DEBIAN/control").read_text(), re.MULTILINE))
    assert fields["Package"] == "routing" and re.fullmatch(r"\d+\.\d+\.\d+(\+git\d+\.[0-9a-f]+)?", fields["Version"])
    assert "python3 (>= 3.11), python3 (<< 3.12)" in fields["Depends"] and int(fields["Installed-Size"]) > 1000


@pytest.mark.parametrize("name", ["postinst", "prerm", "postrm"])
def test_scripts_are_read_by_the_shell(root: Path, name: str) -> None:
    script = root / "DEBIAN" / name
    subprocess.run(["sh", "-n", script], check=True)
    assert script.stat().st_mode & 0o777 == 0o755 and "set -e" in script.read_text()


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not found")
def test_systemd_understands_each_service(root: Path, tmp_path: Path) -> None:
    for name in SERVICES:  # their programs stand below another folder here
        unit = tmp_path / f"routing-{name}.service"
        text = (root / f"lib/systemd/system/{unit.name}").read_text()
        unit.write_text(re.sub(r"^ExecStart=/", f"ExecStart={root}/", text, flags=re.MULTILINE))
    shutil.copy(root / "lib/systemd/system/routing.target", tmp_path)
    command = ["systemd-analyze", "verify", "--man=no", *sorted(map(str, tmp_path.iterdir()))]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not found")
@pytest.mark.parametrize(
    ("name", "most"), [*((each, 35) for each in SERVICES if each != "freeswitch"), ("freeswitch", 70)]
)
def test_services_may_do_little(root: Path, name: str, most: int) -> None:
    unit = root / f"lib/systemd/system/routing-{name}.service"
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={most}", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_command_runs_in_its_own_environment(root: Path) -> None:
    """With this environment's libraries in place of the package's."""
    site = next((root / "usr/lib/routing/lib").glob("python3.*/site-packages"))
    assert (root / "usr/lib/routing/bin/python3").is_symlink() and (site / "routing/desk/templates/base.html").exists()
    assert (site / "routing/freeswitch/dialplan/routing.xml.j2").exists()
    (site / "libraries.pth").write_text("".join(f"{each}\n" for each in sys.path if each.endswith("site-packages")))
    command = [root / "usr/lib/routing/bin/python3", "-I", "-m", "routing", "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.stdout.startswith("routing, version "), said.stderr
