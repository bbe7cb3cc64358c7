"""Callers who are known: by talks that are remembered, by a CRM that was asked before; unknown when nobody can say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.compile.tones import tones
from routing.decide import registry
from routing.decide.known import decide
from routing.model.decision import Call, Continue
from routing.model.known import within
from routing.model.memory import Talk
from routing.offline.answering import InProcess, canned
from routing.offline.crm_answers import answers
from routing.offline.decider import EngineSilent, refused
from routing.offline.events import Event, ended, rung
from routing.offline.published import PublishedRelease
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall as Dialled
from routing.process.memory import NoMemory
from support.decision_ports import given as given_ports
from support.folders import compiled

PROJECT = """
project: {name: shop, timezone: Europe/Kyiv, country: UA}
people:
  ivan: {name: I, phones: {desk: {sip: "1001"}}}
  olena: {name: O, phones: {desk: {sip: "1002"}}}
crm: {bitrix24: {webhook: HOOK}}
"""
CALLER = "+380671234567"
KNOWN = """
  - match:
      - {when: {known: true}, steps: [{ring: ivan}, {hangup: USER_BUSY}]}
      - {when: {known: false, caller: "+380"}, steps: [{ring: olena}, {hangup: CALL_REJECTED}]}
  - hangup: NO_ANSWER
"""
TALKED = Remembered(talks={CALLER: ("olena", "")})
Ring = Callable[..., list[Event]]


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    """Compile steps, then carry one call."""

    def carry(
        steps: str, remembered: Remembered | None = None, caller: str = CALLER, decider=None, crm: str = "nobody"
    ) -> list[Event]:
        schemes = tmp_path / "schemes"
        schemes.mkdir()
        (schemes / "sounds").mkdir()
        (schemes / "sounds/hello.wav").write_bytes(tones()["routing/beep.wav"])
        (schemes / "p.yaml").write_text(PROJECT)
        (schemes / "s.yaml").write_text(f'scheme: s\nnumbers: "+380800111222"\nsteps:{steps}')
        release = compiled(schemes, tmp_path / "root")
        (tmp_path / "root/current").symlink_to(release.folder)
        published = PublishedRelease(tmp_path / "root")
        decides = decider or InProcess(published.files, canned("refused"), None, remembered, answers(crm))
        at = datetime(2026, 11, 23, tzinfo=UTC)
        events = published.run(Dialled("+380800111222", caller, at), decider=decides)
        assert [event for event in events if event.kind == "error"] == []
        return events

    return carry


@given(st.integers(0, 40_000_000), st.integers(0, 40_000_000))
def test_whole_numbers_are_compared_as_text(limit: int, number: int) -> None:
    for each in (number, limit, limit + 1, max(limit - 1, 0), 0):
        assert bool(re.search(within(limit), str(each))) == (each <= limit)
    assert not re.search(within(limit), "no")
    assert not re.search(within(limit), "")


def test_the_last_talk_of_any_length_and_direction_counts():
    talks = [Talk("olena", 950.0, 1, "out"), Talk("ivan", 900.0, 30, "in")]
    verdict = decide(talks, 1000.4)
    assert (verdict.decision, verdict.variables) == (Continue(), {"routing_known": "50"})
    assert decide([], 1000.0).variables == {"routing_known": "no"}
    assert decide(talks, 900.0).variables == {"routing_known": "0"}


def test_the_engine_goes_on_without_its_memory():
    ports = given_ports(memory=NoMemory())
    call = Call("12345678", "/r", "s", "1", "+380800111222", CALLER)
    assert registry.decide({"kind": "known", "project": "shop"}, call, ports).outcome == "failed"


@pytest.mark.parametrize(
    ("remembered", "caller", "person"),
    [
        (TALKED, CALLER, "ivan.desk"),
        (Remembered(), CALLER, "olena.desk"),
        (Remembered(talks={"*": ("olena", "")}, is_down=True), CALLER, "olena.desk"),
        (Remembered(talks={"*": ("olena", "")}), "+48600100200", "ivan.desk"),
    ],
)
def test_match_asks_whether_somebody_has_talked_with_the_caller(ring, remembered, caller, person):
    assert rung(ring(KNOWN, remembered, caller)) == [person]


def test_nobody_is_asked_for_a_caller_who_hides_his_number(ring):
    events = ring(KNOWN, Remembered(talks={"*": ("olena", "")}), "anonymous")
    assert ended(events).subject == "NO_ANSWER"
    assert [event for event in events if event.kind == "decision"] == []


@pytest.mark.parametrize(("decider", "waited_s"), [(refused, 0), (lambda *_: EngineSilent(), 3)])
def test_without_the_engine_the_caller_is_unknown_and_asked_for_once(ring, decider, waited_s):
    events = ring("\n  - play: {file: hello.wav, unless: known}" + KNOWN, decider=decider)
    assert rung(events) == ["olena.desk"]
    rang = next(event for event in events if event.kind == "ring")
    assert rang.at_ms <= waited_s * 1000 + 1000


def test_the_question_is_put_once_a_call(ring):
    events = ring(KNOWN.replace("{ring: ivan}", "{match: {when: {known_within: 1s}, steps: [{ring: olena}]}}"), TALKED)
    assert rung(events) == ["olena.desk"]
    assert len([event for event in events if event.kind == "decision"]) == 1


@pytest.mark.parametrize(("remembered", "heard"), [(TALKED, False), (Remembered(), True)])
def test_regular_customers_skip_the_greeting(ring, remembered, heard):
    events = ring("\n  - play: {file: hello.wav, unless: known}\n  - ring: ivan\n  - hangup\n", remembered)
    assert any(event.kind == "play" for event in events) == heard
    assert rung(events) == ["ivan.desk"]


@pytest.mark.parametrize(
    ("crm", "person"), [("contact ivan, Romashka", "ivan.desk"), ("nobody", "olena.desk"), ("500", "olena.desk")]
)
def test_a_caller_whom_a_crm_has_found_is_known(ring, crm, person):
    events = ring("\n  - crm: {system: bitrix24, ring: 1s}" + KNOWN, Remembered(), crm=crm)
    assert rung(events)[-1] == person


def test_a_period_is_for_talks_and_not_for_a_crm(ring):
    steps = KNOWN.replace("known: true", "known_within: 400d")
    events = ring("\n  - crm: {system: bitrix24, ring: 1s}" + steps, Remembered(), crm="contact ivan")
    assert ended(events).subject == "NO_ANSWER"
