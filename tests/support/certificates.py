"""Certificates that sign themselves, made by openssl, for tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

#: For tests that make one.
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="not found: openssl")
#: A key, as `openssl req` is told to make it.
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def openssl(place: Path, *arguments: str) -> None:
    """Run openssl in a folder."""
    subprocess.run(["openssl", *arguments], cwd=place, check=True, capture_output=True)


def made(
    place: Path, name: str, *more: str, public: str = "fullchain.pem", private: str = "privkey.pem", names: str = ""
) -> Path:
    """A folder with a certificate of a host and its key, as certbot leaves them.

    ``names`` are those it is valid for (``subjectAltName``), the host's own where nothing is said; ``more`` is added to
    what openssl is told.
    """
    place.mkdir(parents=True, exist_ok=True)
    usual = ["-nodes"] if "-passout" not in more else []
    files = ["-keyout", private, "-out", public, "-subj", f"/CN={name}"]
    files += ["-addext", f"subjectAltName={names or f'DNS:{name}'}"]
    openssl(place, "req", "-x509", *KEY, *usual, "-days", "30", *files, *more)
    return place
