"""Builds the Debian package: the programs with the libraries that they were tested with, and their services.

    make deb                      # or: python tools/make_deb.py [--out var/deb] [--python /usr/bin/python3]

The package holds an environment of its own in /usr/lib/routing, for the machine's Python; nothing of it meets the
machine's Python packages. It is built on the release of Debian where it will run (12 has Python 3.11), from hashes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
HOME, FILES = HERE.parent, HERE / "packages" / "debian"
#: Where the environment is, and its packages for a version of Python.
LIBRARY, SITE = "usr/lib/routing", "lib/python{version}/site-packages"
#: File -> its place in the package and its mode.
PLACES = {
    "routing": ("usr/bin/routing", 0o755),
    "freeswitch": (f"{LIBRARY}/freeswitch", 0o755),
    "routing.sysusers": ("usr/lib/sysusers.d/routing.conf", 0o644),
    "routing.tmpfiles": ("usr/lib/tmpfiles.d/routing.conf", 0o644),
    "routing.logrotate": ("etc/logrotate.d/routing", 0o644),
    "environment": ("etc/routing/environment", 0o640),
    "routing.target": ("lib/systemd/system/routing.target", 0o644),
    "routing-freeswitch.service": ("lib/systemd/system/routing-freeswitch.service", 0o644),
}


class Service(NamedTuple):
    """What a service of ours is, and its lines besides those that all have (`service.in`)."""

    what: str
    service: str = "TimeoutStopSec=20\nMemoryMax=1G"
    unit: str = ""


#: Command -> its service. The engine is killed last when memory is short, and has time for the calls that it decides.
SERVICES = {
    "serve": Service(
        "the engine, which decides the dynamic steps of calls",
        "ExecReload=/bin/kill -HUP $MAINPID\nTimeoutStopSec=20\nOOMScoreAdjust=-500",
    ),
    "journal": Service(
        "the journal, which records finished calls",
        "TimeoutStopSec=60",
        "\nConditionPathExists=/var/lib/routing/node/spool",
    ),
    "desk": Service("the desk, the web page of calls"),
    "track": Service("numbers for a site's visitors, orders to call back"),
    "pops": Service("screen pops in browsers"),
}
SCRIPTS = ("postinst", "prerm", "postrm")
DOCUMENTS = {"README.rst": "README.rst", "CHANGELOG.rst": "changelog", "LICENSE": "copyright"}


def stage(root: Path, python: Path, with_libraries: bool) -> None:
    """Put everything of the package below a folder. ``with_libraries``: or only what is the project's own."""
    version = _version_of(python)
    site = root / LIBRARY / SITE.format(version=version)
    site.mkdir(parents=True)
    if with_libraries:
        _pip(python, site, "--require-hashes", "--requirement", str(HOME / "requirements.txt"))
    _pip(python, site, "--no-deps", "--no-build-isolation", str(HOME))
    shutil.rmtree(site / "bin", ignore_errors=True)
    compiled = [python, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "-s", root, "-p", "/", site]
    subprocess.run(compiled, check=False)  # a library's files of another version of Python do not compile
    _environment(root / LIBRARY, version)
    for name, (place, mode) in PLACES.items():
        _copy(FILES / name, root / place, mode)
    for name in SERVICES:
        unit = root / f"lib/systemd/system/routing-{name}.service"
        unit.write_text(unit_of(name), encoding="utf-8")
        unit.chmod(0o644)
    for name, place in DOCUMENTS.items():
        _copy(HOME / name, root / "usr/share/doc/routing" / place, 0o644)
    shutil.copytree(HOME / "schemes", root / "usr/share/doc/routing/examples")


def unit_of(name: str) -> str:
    """The text of a service's unit."""
    return (FILES / "service.in").read_text(encoding="utf-8").format(name=name, **SERVICES[name]._asdict())


def describe(root: Path) -> str:
    """Write what the package manager reads; the name of the package's file."""
    folder = root / "DEBIAN"
    folder.mkdir()
    files = sorted(each for each in root.rglob("*") if each.is_file() and not each.is_symlink())
    kilobytes = sum(-(-each.stat().st_size // 1024) for each in files)
    values = {"version": package_version(), "architecture": _architecture(), "kilobytes": kilobytes}
    (folder / "control").write_text((FILES / "control.in").read_text(encoding="utf-8").format(**values))
    settings = [f"/{place}" for place, _ in PLACES.values() if place.startswith("etc/")]
    (folder / "conffiles").write_text("".join(f"{each}\n" for each in settings))
    (folder / "md5sums").write_text("".join(_sums(root, files)))
    for name in SCRIPTS:
        _copy(FILES / name, folder / name, 0o755)
    return f"routing_{values['version']}_{values['architecture']}.deb"


def build(root: Path, out: Path, name: str) -> Path:
    """The package's file."""
    out.mkdir(parents=True, exist_ok=True)
    for folder in [root, *(each for each in root.rglob("*") if each.is_dir() and not each.is_symlink())]:
        folder.chmod(0o755)
    environment = os.environ | {"SOURCE_DATE_EPOCH": _git("log", "-1", "--format=%ct") or "0"}
    command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z6", "--build", str(root), str(out / name)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return out / name


def package_version() -> str:
    """The project's version; between releases with the number of commits and the last one."""
    text = (HOME / "routing" / "__init__.py").read_text(encoding="utf-8")
    version = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    assert version is not None
    count, commit = _git("rev-list", "--count", "HEAD"), _git("rev-parse", "--short=8", "HEAD")
    is_release = bool(_git("tag", "--points-at", "HEAD"))
    return version[1] if is_release or not commit else f"{version[1]}+git{count}.{commit}"


def _environment(folder: Path, version: str) -> None:
    """An environment that any machine with this Python has, without running it there."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python3").symlink_to(f"/usr/bin/python{version}")
    text = f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {version}\n"
    (folder / "pyvenv.cfg").write_text(text)


def _pip(python: Path, site: Path, *arguments: str) -> None:
    """Install below a folder, by this environment's pip under the package's Python."""
    environment = os.environ | {"PYTHONPATH": sysconfig.get_paths()["purelib"]}
    command = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "install", "--no-compile"]
    subprocess.run(
        [*command, "--target", str(site), "--root-user-action", "ignore", *arguments], check=True, env=environment
    )


def _version_of(python: Path) -> str:
    command = [str(python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _architecture() -> str:
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


def _sums(root: Path, files: Iterable[Path]) -> Iterable[str]:
    for each in files:
        digest = hashlib.md5(each.read_bytes(), usedforsecurity=False).hexdigest()
        yield f"{digest}  {each.relative_to(root)}\n"


def _copy(source: Path, target: Path, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)


def _git(*arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=HOME, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HOME / "var" / "deb")
    parser.add_argument("--python", type=Path, default=Path("/usr/bin/python3"), help="The machine's own.")
    parser.add_argument("--without-libraries", action="store_true", help="Only the project's own files, for tests.")
    given = parser.parse_args()
    for program in ("dpkg-deb", str(given.python)):
        if not shutil.which(program):
            sys.exit(f"make_deb: {program} is not found: a Debian package is built on Debian")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        root.mkdir()
        stage(root, given.python, not given.without_libraries)
        print(build(root, given.out, describe(root)))


if __name__ == "__main__":
    main()
