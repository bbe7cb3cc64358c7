"""Callers of a queue without an engine, from YAML on the offline switch: for as long as they may wait."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from routing.model.decision import QUESTION
from routing.model.queue import COUNTED, failed_offer
from routing.offline.decider import refused
from routing.offline.events import ended
from routing.offline.phones import ScriptedPhones
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from support.folders import compiled

COMPANY = """
project: {name: shop, timezone: Europe/Kyiv, country: UA}
people:
  ivan: {name: I, phones: {desk: {sip: "1001"}}}
  olena: {name: O, phones: {desk: {sip: "1002"}}}
---
scheme: s
numbers: "+380800111222"
steps: [{queue: {to: [ivan, olena], order: in_order, for: 5s, at_most: 40m}}, {hangup: USER_BUSY}]
"""
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Kyiv"))


@pytest.fixture
def events(tmp_path: Path):
    """What happens to one caller without an engine; ``phones`` as in scheme tests."""

    def carry(**phones: str):
        schemes = tmp_path / "schemes"
        schemes.mkdir()
        project, scheme = COMPANY.split("---\n")
        (schemes / "p.yaml").write_text(project)
        (schemes / "s.yaml").write_text(scheme)
        (tmp_path / "root").mkdir()
        (tmp_path / "root/current").symlink_to(compiled(schemes, tmp_path / "root").folder)
        scripted = ScriptedPhones.of({f"{person}.desk": does for person, does in phones.items()})
        call = OfflineCall("+380800111222", "+380671234567", MONDAY)
        return PublishedRelease(tmp_path / "root").run(call, scripted, decider=refused)

    return carry


def values(found, name):
    """The values that a variable has had."""
    return [each.subject.partition("=")[2] for each in found if each.subject.startswith(f"{name}=")]


def test_turns_are_counted_so_that_an_engine_can_read_them_however_long_it_is_away(events):
    found = events(ivan="unreachable", olena="unreachable")
    turns = values(found, "routing_waits")
    assert len(turns) > 500
    assert max(map(len, turns)) < 40
    assert all(QUESTION.fullmatch(turn) for turn in turns if turn)
    assert (ended(found).at_ms, ended(found).subject) == (40 * 60_000, "USER_BUSY")


def test_a_caller_hopes_for_ten_seconds_that_an_engine_is_back_before_they_ring_people_in_turn(events):
    found = events(ivan="no answer", olena="answers after 2s, talks 5s")
    rung = [(each.subject, round(each.at_ms / 1000)) for each in found if each.kind == "ring"]
    assert rung == [("ivan.desk", 12), ("olena.desk", 18)]


def test_somebody_whose_last_talk_is_still_counted_is_rung_a_moment_later(tmp_path: Path) -> None:
    """FreeSWITCH gives a count back some milliseconds after the talk whose end the engine has heard of."""
    schemes = tmp_path / "schemes"
    schemes.mkdir()
    for name, text in zip(("p.yaml", "s.yaml"), COMPANY.split("---\n"), strict=True):
        (schemes / name).write_text(text)
    release = compiled(schemes, tmp_path / "root").folder
    text = (release / "schemes/s.xml").read_text()
    assert text.count(f"originate_disposition={COUNTED}") == 2
    assert text.count('expression="^HAS_A_CALL:x{0,3}$"') == 2
    assert failed_offer(COUNTED).delay_ms <= 2_000
    assert not failed_offer(COUNTED).is_missed
