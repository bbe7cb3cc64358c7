"""What two runs tell of the same calls is the same, wherever their release was compiled to."""

from __future__ import annotations

import tempfile
from pathlib import Path

from click.testing import CliRunner

from routing.cli import group
from routing.cli.opened import opened
from routing.offline.switch import OfflineCall
from routing.testing.form import moment

SCHEMES = Path(__file__).parent / "schemes"
CALL = ("--to", "0800330521", "--from", "0671234567", "--at", "2026-11-23 20:00")


def told(*words: str) -> str:
    return (
        CliRunner().invoke(group, ["trace", "--schemes", str(SCHEMES), "--json", *words], catch_exceptions=False).output
    )


def test_two_traces_are_the_same(tmp_path: Path) -> None:
    file = tmp_path / "calls"
    file.write_text('calls: [{to: "0800330521", from: "0671234567", at: "2026-11-23 20:00"}]', "utf-8")
    for words in (CALL, ("--calls", str(file))):
        first = told(*words)
        assert first == told(*words)
        assert tempfile.gettempdir() not in first and "/dev/shm" not in first and "release/sounds/" in first


def test_a_file_that_is_missing_is_named_from_the_release_on() -> None:
    at = moment("2026-11-23 10:00", "Europe/Kyiv")
    with opened(SCHEMES) as published:
        (published.root / "current" / "schemes" / "kharkiv.xml").unlink()
        events = published.run(OfflineCall("+380800330521", "+380671234567", at))
    missing = [event.subject for event in events if event.kind == "missing"]
    assert missing and all(subject.startswith("release/") for subject in missing)
    assert all(str(published.root) not in f"{event.subject} {event.detail}" for event in events)
