"""`routing publish` with voices: what fails leaves the live release as it is, and says which text of which voice."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from support import voice

PROJECT = """project:
  name: spoken
  timezone: Europe/Kyiv
  country: UA
  speech:
    en: {command}
"""
SCHEME = """scheme: main
numbers: ["+380800330521"]
steps:
  - play: {{text: "{text}"}}
  - hangup
"""
VOICE = f"{shlex.quote(sys.executable)} {shlex.quote(voice.__file__)}"
pytestmark = pytest.mark.process


def publish(folder: Path, command: str, text: str) -> tuple[int, str]:
    """Exit code and output of a publication of a folder with one text."""
    schemes = folder / "schemes"
    schemes.mkdir(exist_ok=True)
    (schemes / "project.yaml").write_text(PROJECT.format(command=json.dumps(command)), encoding="utf-8")
    (schemes / "main.yaml").write_text(SCHEME.format(text=text), encoding="utf-8")
    result = CliRunner().invoke(group, ["publish", str(schemes), "--root", str(folder / "root"), "--no-reload"])
    return result.exit_code, f"{result.output}{result.exception or ''}"


def live(folder: Path) -> str:
    return (folder / "root" / "current").resolve().name


def test_a_voice_that_fails_leaves_the_live_release(tmp_path: Path) -> None:
    code, told = publish(tmp_path, VOICE, "We are closed.")
    assert code == 0, told
    before = live(tmp_path)
    code, told = publish(tmp_path, f"{VOICE} dies", "We are closed today.")
    assert code == 1
    assert 'project.speech.en: the voice does not speak "We are closed today.": it was killed by SIGKILL' in told
    code, told = publish(tmp_path, "no-such-voice --fast", "We are closed today.")
    assert code == 1
    assert "the program `no-such-voice` is not there (hint: install it, or name its full path)" in told
    assert live(tmp_path) == before
    assert publish(tmp_path, VOICE, "We are closed today.")[0] == 0
    assert live(tmp_path) != before


def test_a_text_is_spoken_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_LOG", str(tmp_path / "spoken.log"))
    for text in ("We are closed.", "We are closed.", "We are open."):
        assert publish(tmp_path, VOICE, text)[0] == 0
    assert (tmp_path / "spoken.log").read_text(encoding="utf-8").splitlines() == ["We are closed.", "We are open."]
