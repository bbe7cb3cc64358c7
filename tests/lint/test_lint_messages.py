"""Exact messages of lints, with their places: each folder's files, the sounds that it lists, what `routing check` says.

``ROUTING_GOLDEN=1`` writes them anew for reading.
"""

from __future__ import annotations

import io
import os
import shutil
import wave
from pathlib import Path

import pytest

from routing.lint.registry import LINTS
from support.folders import mp3
from support.lint_bed import said

HERE = Path(__file__).parent
FOLDERS = sorted(path for path in (HERE / "found").iterdir() if path.is_dir())


def silence(seconds: int, channels: int = 1) -> bytes:
    """A WAV file of a length."""
    written = io.BytesIO()
    with wave.open(written, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(1)
        sound.setframerate(100)
        sound.writeframes(b"\x80" * 100 * seconds * channels)
    return written.getvalue()


def laid_out(folder: Path, into: Path) -> Path:
    """The folder's files beside the company's, unless it is a company of its own."""
    shutil.copytree(folder, into, ignore=shutil.ignore_patterns("expected.txt", "sounds.txt"))
    if not (into / "company.yaml").exists():
        shutil.copy(HERE / "company.yaml", into)
    if not (into / "project.yaml").exists():
        (into / "project.yaml").write_text("project: {name: p, timezone: Europe/Kyiv, country: UA}\n")
    (into / "sounds").mkdir()
    listed = folder / "sounds.txt"
    for line in listed.read_text().splitlines() if listed.exists() else ():
        name, *numbers = line.split()
        (into / "sounds" / name).write_bytes((mp3 if name.endswith("mp3") else silence)(*map(int, numbers)))
    return into


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_finding_is_told_where_it_is_and_how_to_mend_it(folder: Path, tmp_path: Path) -> None:
    text = said(laid_out(folder, tmp_path / "schemes"))
    if os.environ.get("ROUTING_GOLDEN"):
        (folder / "expected.txt").write_text(text, encoding="utf-8")
    assert text == (folder / "expected.txt").read_text(encoding="utf-8")


def test_every_lint_has_its_message() -> None:
    texts = "".join((folder / "expected.txt").read_text(encoding="utf-8") for folder in FOLDERS)
    assert [lint for lint in LINTS if f"[{lint}]" not in texts] == []
