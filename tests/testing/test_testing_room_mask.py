"""Scheme tests of the key that masks the recording of a room."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group

PROJECT = """
project: {name: example, timezone: Europe/Kyiv, country: UA, record_pause: "*5"}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
"""
ROOM = """
scheme: room
numbers: ["+380577280031"]
record: SIDES
steps:
  - conference: {room: room, people: [ivan, olena], for: 20s, alone: 30s}
  - hangup
"""
TEST = """
tests:
  - name: masks
    call: {to: "+380577280031", from: "+380671234567", at: "2026-11-23 10:21"}
    phones: {ivan: "answers after 2s, talks 40s, IVAN", olena: "answers after 4s, talks 30s, presses *5 after 20s"}
    EXPECT
"""
MASKED = "expect: [{talk: ivan}, {recording: masked, at: 7s}, {recording: unmasked, at: 24s}]"


@pytest.mark.parametrize(("sides", "pressed", "expect"), [
    ("both", "presses *5 after 5s", MASKED),
    ("caller", "presses *5 after 5s", MASKED),
    ("both", "presses *4 after 5s", "expect: [{recording: masked, at: 24s}]"),
    ("no", "presses *5 after 5s", "expect: [{talk: ivan}]\n    never: [{recording: masked}]"),
])  # fmt: skip
def test_people_mask_the_recording_of_their_room(sides: str, pressed: str, expect: str, tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(PROJECT, "utf-8")
    (tmp_path / "room.yaml").write_text(ROOM.replace("SIDES", sides), "utf-8")
    (tmp_path / "a.test.yaml").write_text(TEST.replace("IVAN", pressed).replace("EXPECT", expect), "utf-8")
    result = CliRunner().invoke(group, ["test", str(tmp_path), "--schemes", str(tmp_path)])
    assert result.exit_code == 0, (result.output, result.exception)
