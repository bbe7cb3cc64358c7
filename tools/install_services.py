"""Installs the services of a node for an environment that no package brought: one of pipx, or of a git checkout.

    sudo python3 tools/install_services.py --environment /opt/routing/venvs/routing-0.1.0

They are the Debian package's: the user routing, the folders, `routing` in /usr/local/bin, units in /etc/systemd/system.
Run it again with another environment to move to that version, or back; what you have changed in /etc/routing stays.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from make_deb import FILES, LIBRARY, PLACES, SERVICES, unit_of

#: Places of the package -> those of whatever is installed by hand; the longest first.
OURS = {
    f"{LIBRARY}/freeswitch": "usr/local/lib/routing/freeswitch",
    "usr/lib/sysusers.d/": "etc/sysusers.d/",
    "usr/lib/tmpfiles.d/": "etc/tmpfiles.d/",
    "lib/systemd/system/": "etc/systemd/system/",
    "usr/bin/routing": "usr/local/bin/routing",
}
#: What its owner may have changed.
SETTINGS = ("etc/routing/", "etc/logrotate.d/")


def install(root: Path, environment: Path) -> list[Path]:
    """Write everything below a folder, which is / on the machine itself; what was written."""
    texts = {place: ((FILES / name).read_text(encoding="utf-8"), mode) for name, (place, mode) in PLACES.items()}
    texts |= {f"lib/systemd/system/routing-{name}.service": (unit_of(name), 0o644) for name in SERVICES}
    written = []
    for place, (text, mode) in texts.items():
        target = root / _ours(place)
        if place.startswith(SETTINGS) and target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_adapted(text, environment), encoding="utf-8")
        target.chmod(mode)
        written.append(target)
    return written


def _ours(place: str) -> str:
    return next((place.replace(theirs, ours, 1) for theirs, ours in OURS.items() if place.startswith(theirs)), place)


def _adapted(text: str, environment: Path) -> str:
    text = text.replace(f"#!/{LIBRARY}/bin/python3", f"#!{environment}/bin/python")
    for theirs, ours in OURS.items():
        text = text.replace(f"=/{theirs}", f"=/{ours}")
    return text.replace("Documentation=file:/usr/share/doc/routing/README.rst\n", "")


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--environment", type=Path, required=True, help="Its bin/python runs the programs.")
    parser.add_argument("--root", type=Path, default=Path("/"), help="Write below this folder, and do nothing else.")
    given = parser.parse_args()
    environment = given.environment.absolute()
    command = [str(environment / "bin" / "python"), "-I", "-c", "import routing; print(routing.__version__)"]
    try:
        version = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        sys.exit(f"install_services: {environment} has no bin/python with routing: install it there first")
    for each in install(given.root, environment):
        print(each)
    if given.root == Path("/"):
        subprocess.run(["systemd-sysusers", "/etc/sysusers.d/routing.conf"], check=True)
        subprocess.run(["systemd-tmpfiles", "--create", "/etc/tmpfiles.d/routing.conf"], check=True)
        if Path("/run/systemd/system").is_dir() and shutil.which("systemctl"):
            subprocess.run(["systemctl", "daemon-reload"], check=True)
    print(
        f"routing {version}: start or restart what you use, `systemctl enable --now routing-journal routing-serve ...`"
    )


if __name__ == "__main__":
    main()
