"""Small scheme folders of the tests: each is laid over one company, so that a file shows its own point only."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

from routing.compile.build import Release, build
from routing.compile.tones import tones

HERE = Path(__file__).parents[1] / "schemes"
SOUNDS = ("greeting.wav", "menu.wav", "waiting.wav")


def mp3(seconds: float) -> bytes:
    """Silence: frames of MPEG 2.5 layer III, 8 kbit/s, 8 kHz, 72 ms each."""
    return round(seconds / 0.072) * (bytes([0xFF, 0xE3, 0x18, 0xC4]) + bytes(68))


class AnyPassword(defaultdict[str, str]):
    """Secrets of which each has a value."""

    def __init__(self) -> None:
        super().__init__(str)

    def __contains__(self, name: object) -> bool:
        return not str(name).endswith(("1009", "OTHER"))

    def __missing__(self, name: str) -> str:
        return f"password-of-{name}"


def laid_out(folder: Path, into: Path) -> Path:
    """The folder's files over the company's; the company's own file only where no file has a project."""
    into.mkdir(parents=True)
    texts = [path.read_bytes() for path in folder.rglob("*.yaml")]
    if not any(b"project:" in text for text in texts) and not (folder / "alone").exists():
        shutil.copy(HERE / "company.yaml", into)
    (into / "sounds").mkdir()
    for name in SOUNDS:
        (into / "sounds" / name).write_bytes(tones()["routing/beep.wav"])
    shutil.copytree(
        folder, into, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected*", "alone", "golden", "release")
    )
    return into


def compiled(schemes: Path, root: Path) -> Release:
    """The release of a folder."""
    return build(schemes, root, lambda _: AnyPassword())
