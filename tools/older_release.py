"""Compiles a release by an older revision of this repository, for the tests of releases that outlive their version.

    python tools/older_release.py REVISION NAME        writes tests/releases/NAME.tar.gz from tests/releases/schemes

The files are committed, so nobody needs this to run the tests; it is how they were made. The older code runs with the
libraries of today.
"""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
RELEASES = HOME / "tests/releases"
#: Stands for the release's own folder in its files.
HERE = b"@THIS-RELEASE-FOLDER@"
PASSWORDS = {f"SIP_PASSWORD_{account}": f"password-{account}" for account in ("2001", "2002", "2003")}


def compiled(revision: str, place: Path) -> Path:
    """The folder of the release that a revision makes of the schemes."""
    code = place / "code"
    code.mkdir()
    archive = subprocess.run(["git", "archive", revision], cwd=HOME, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(code, filter="data")
    schemes = place / "schemes"
    schemes.mkdir()
    for file in RELEASES.glob("schemes/*.yaml"):
        if ".test." not in file.name:
            (schemes / file.name).write_bytes(file.read_bytes())
    command = [sys.executable, "-m", "routing", "compile", "--schemes", str(schemes), "--root", str(place / "root")]
    environment = os.environ | PASSWORDS | {"PYTHONPATH": str(code)}
    subprocess.run(command, cwd=code, env=environment, check=True)
    (release,) = (place / "root/releases").iterdir()
    return release


def packed(release: Path) -> bytes:
    """A tar of a release, the same whenever it is made. Sounds are cut to a header: nobody hears them."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for file in sorted(path for path in release.rglob("*") if path.is_file()):
            content = file.read_bytes().replace(os.fsencode(release), HERE)
            if file.suffix == ".wav":
                content = content[:1644]  # a tenth of a second
            entry = tarfile.TarInfo(f"{release.name}/{file.relative_to(release)}")
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def main(revision: str, name: str) -> None:
    """Write the file."""
    with tempfile.TemporaryDirectory() as place:
        target = RELEASES / f"{name}.tar.gz"
        target.write_bytes(packed(compiled(revision, Path(place).resolve())))
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
