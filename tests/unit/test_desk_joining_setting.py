"""`project: {desk: {joining: ...}}`: what of it stands in a release, and that editors accept how it is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from routing.compile.tones import tones
from routing.desk.plan import plan_of
from routing.load.schema import json_schema
from support.release_folder import COMPANY, Folder

TONE, OWN = "sounds/routing/beep.wav", "sounds/listened.wav"


def _released(path: Path, joining: str) -> tuple[Any, str]:
    folder = Folder(path)
    desk = f"desk: {{users: {{ivan: manager}}, joining: {joining}}}" if joining else "desk: {}"
    folder.write("company.yaml", COMPANY.replace("country: UA}", f"country: UA, {desk}}}"))
    (folder.schemes / "sounds").mkdir()
    (folder.schemes / "sounds/listened.wav").write_bytes(tones()["routing/beep.wav"])
    release = folder.root / "releases" / folder.build().name
    if joining:
        document = yaml.safe_load((folder.schemes / "company.yaml").read_text("utf-8"))
        jsonschema.validate(document, json_schema())
    return plan_of(json.loads((release / "desk.json").read_text("utf-8"))), (release / "desk.xml").read_text("utf-8")


@pytest.mark.parametrize(
    ("written", "may_join", "announcement"),
    [("", True, ""), ("yes", True, ""), ("no", False, ""), ("announced", True, TONE),
     ("{allowed: no}", False, ""), ("{announce: listened.wav}", True, OWN)],
)  # fmt: skip
def test_a_release_has_dialplan_for_joining_only_where_it_is_allowed(
    tmp_path: Path, written: str, may_join: bool, announcement: str
) -> None:
    plan, dialplan = _released(tmp_path, written)
    assert (plan.may_join, plan.announcement) == (may_join, announcement)
    assert all((word in dialplan) == may_join for word in ("join@", "joins@", "eavesdrop", "park"))
    assert "dials@" in dialplan, "who may not join calls may still call by a click"
