"""Releases that older versions of this project have compiled (`tools/older_release.py`), put into a root."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "releases"
#: What stands for the release's folder, the engine and the handler in the files.
_HERE, _ENGINE, _HANDLER = b"@THIS-RELEASE-FOLDER@", b"127.0.0.1:8084", b"http://127.0.0.1:9/"
#: Of the schemes: the numbers that ask a web server, and that take a voicemail.
ASKS, RECORDS = "380800330902", "380800330903"
#: Those that run today: the last one before releases had a number, and the first one that has it.
OLDER = ("2026-11-30-night", "2026-11-30-numbered")
#: One that does not: its phones could not register.
UNUSABLE = "2026-11-22"


def unpack(name: str, root: Path, engine: str = "127.0.0.1:9", handler: int = 9) -> str:
    """Write a release below a root as if it had been compiled there, for an engine's address and a web server's port
    on this machine; its name."""
    with tarfile.open(FOLDER / f"{name}.tar.gz") as tar:
        for entry in tar.getmembers():
            release, _, path = entry.name.partition("/")
            folder = root.resolve() / "releases" / release
            file = tar.extractfile(entry)
            assert isinstance(file, io.BufferedReader)
            content = file.read().replace(_HERE, os.fsencode(folder))
            content = content.replace(_ENGINE, engine.encode()).replace(_HANDLER, b"http://127.0.0.1:%d/" % handler)
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    return release
