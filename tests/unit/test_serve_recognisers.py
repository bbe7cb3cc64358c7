"""The engine says at its start which of its recognisers no speech menu of the live release asks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from routing.engine.serve import ServeOptions, _missing

UNKNOWN = "--recogniser tone: no speech menu of the live release asks it"


@pytest.mark.parametrize(
    ("steps", "given", "said"),
    [
        ({"1": {"recognisers": {"uk": "tones"}}}, ("tone",), f"{UNKNOWN}, they ask tones"),
        ({"1": {"kind": "ring"}}, ("tone",), f"{UNKNOWN}, there are none"),
        ({"1": {"recognisers": {"uk": "tones"}}}, ("tones",), ""),
        ({}, (), ""),
    ],
)  # fmt: skip
def test_a_mistyped_name_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: dict[str, object], given: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("ROUTING_ESL_PASSWORD", "a")
    (tmp_path / "current" / "schemes").mkdir(parents=True)
    (tmp_path / "current" / "schemes" / "a.json").write_text(json.dumps({"steps": steps}))
    (tmp_path / "current" / "schemes" / "b.json").write_text("no JSON")
    found = [*_missing(ServeOptions(tmp_path, recognisers=dict.fromkeys(given, "cat")))]
    assert found == ([said] if said else [])
