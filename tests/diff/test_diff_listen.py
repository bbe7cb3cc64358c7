"""Schemes with a speech menu are compared: what is typed are keys, and a key that no option has changes nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

from routing.cli import group
from routing.compile.tones import tones

LISTEN = Path(__file__).parents[1] / "schemes" / "good" / "listen"


def test_a_changed_scheme_behind_a_speech_menu_is_told(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        shutil.copytree(LISTEN, folder, ignore=shutil.ignore_patterns("release", "*.txt"))
        for name in ("greeting.wav", "menu.wav"):
            (folder / "sounds").mkdir(exist_ok=True)
            (folder / "sounds" / name).write_bytes(tones()["routing/beep.wav"])
    changed = new / "scheme.yaml"
    changed.write_text(changed.read_text("utf-8").replace("  - hangup\n", "  - hangup: USER_BUSY\n"), "utf-8")
    done = CliRunner().invoke(group, ["diff", str(old), str(new), "--json", "--from-day", "2026-11-22"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    texts = json.dumps(json.loads(done.stdout))
    assert "types @" not in texts and done.exit_code == 0
