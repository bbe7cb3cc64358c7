"""Dynamic orders and stickiness from YAML to ringing phones, decided by production's code on the offline switch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from routing.model.memory import Load
from routing.offline.answering import InProcess, canned
from routing.offline.decider import EngineAnswer, EngineSilent, refused
from routing.offline.events import Event, ended, rung, talked
from routing.offline.phones import ScriptedPhones
from routing.offline.published import PublishedRelease
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall
from support.folders import compiled

PEOPLE = """
project: {name: shop, timezone: Europe/Kyiv, country: UA%s}
people:
  ivan: {name: I, phones: {desk: {sip: "1001"}}, skills: {language: uk}}
  olena: {name: O, phones: {desk: {sip: "1002"}, mobile: {number: "+380501112233"}}, ring: [desk]}
  petro: {name: P, phones: {desk: {sip: "1003"}}, skills: {language: pl}}
groups: {office: [ivan, olena, petro]}
calendars: {office: {open: {mon-fri: "09:00-18:00"}}}
gateways: {main: {proxy: x.example, numbers: ["+380800111222"]}}
"""
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Kyiv"))
CALLER = "+380671234567"
Ring = Callable[..., list[Event]]


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    """Compile steps, then carry one call."""

    def carry(
        steps: str, remembered: Remembered | None = None, phones: dict[str, str] | None = None, at: datetime = MONDAY,
        caller: str = CALLER, project: str = "", decider=None, folder: str = "", to: str = "+380800111222",
    ) -> list[Event]:  # fmt: skip
        schemes = tmp_path / "schemes"
        schemes.mkdir()
        (schemes / "p.yaml").write_text(PEOPLE % project + folder)
        (schemes / "s.yaml").write_text(f'scheme: s\nhours: office\nnumbers: "+380800111222"\nsteps:\n{steps}\n')
        (schemes / "t.yaml").write_text('scheme: t\nnumbers: "+380800111333"\nsteps: [{ring: petro}, hangup]\n')
        release = compiled(schemes, tmp_path / "root")
        (tmp_path / "root/current").symlink_to(release.folder)
        published = PublishedRelease(tmp_path / "root")
        decides = decider or InProcess(published.files, canned("refused"), None, remembered)
        inside = (
            {"context": "routing_internal", "variables": (("sip_auth_username", caller),)} if len(caller) < 5 else {}
        )
        return published.run(OfflineCall(to, caller, at, **inside), ScriptedPhones.of(phones or {}), decider=decides)

    return carry


def order(order: str, more: str = "") -> str:
    return f"  - ring: {{to: office, order: {order}, for: 10s{more}}}\n  - hangup: USER_BUSY"


ALL = ["ivan.desk", "olena.desk", "petro.desk"]


@pytest.mark.parametrize(
    ("strategy", "remembered", "expected"),
    [
        ("round_robin", Remembered(turns={"ivan": 1, "olena": 2}), ["petro.desk", "ivan.desk", "olena.desk"]),
        ("fewest_calls", Remembered(loads={"ivan": Load(2)}), ["olena.desk", "petro.desk", "ivan.desk"]),
        ("longest_idle", Remembered(loads={"ivan": Load(1, 1, 9)}), ["olena.desk", "petro.desk", "ivan.desk"]),
        ("least_talk", Remembered(loads={"ivan": Load(1, 60)}), ["olena.desk", "petro.desk", "ivan.desk"]),
        ("random", Remembered(chance=iter((0.3, 0.2, 0.1)).__next__), ["petro.desk", "olena.desk", "ivan.desk"]),
        ("weighted", Remembered(chance=iter((0.1, 0.9, 0.5)).__next__), ["olena.desk", "petro.desk", "ivan.desk"]),
        ("round_robin", Remembered(states={"ivan": "busy", "petro": "absent"}), ["olena.desk"]),
        ("round_robin", Remembered(states=dict.fromkeys(("ivan", "olena", "petro"), "busy")), []),
        ("round_robin", Remembered(is_down=True), ALL),
    ],
)  # fmt: skip
def test_people_ring_in_the_decided_order_and_the_call_goes_on_after_the_step(ring, strategy, remembered, expected):
    events = ring(order(strategy), remembered)
    assert rung(events) == expected
    assert ended(events).subject == "USER_BUSY"
    assert ended(events).at_ms // 1000 == 10 * len(expected)


def test_the_first_who_answers_talks_and_nobody_else_rings(ring):
    events = ring(order("round_robin"), phones={"olena.desk": "answers after 2s, talks 3s"})
    assert rung(events) == ["ivan.desk", "olena.desk"]
    assert talked(events) == "olena.desk"


@pytest.mark.parametrize(("decider", "waited_s"), [(refused, 0), (lambda *_: EngineSilent(), 2)])
@pytest.mark.parametrize("strategy", ["round_robin", "in_order_waiting"])
def test_without_the_engine_they_ring_as_written(ring, decider, waited_s, strategy):
    events = ring(order(strategy), decider=decider)
    assert rung(events) == ALL
    assert ended(events).subject == "USER_BUSY"
    assert waited_s * 1000 <= ended(events).at_ms - 30_000 <= waited_s * 1000 + 2_000


def test_together_skips_who_is_not_free(ring):
    events = ring(order("together", ", only: free"), Remembered(states={"olena": "busy"}))
    assert [(event.at_ms // 1000, event.subject) for event in events if event.kind == "ring"] == [
        (0, "ivan.desk"),
        (0, "petro.desk"),
    ]


@pytest.mark.parametrize(
    ("names", "rang"),
    [("maria,yulia.desk", ["ivan.desk", "olena.desk", "petro.desk"]), ("maria,petro", ["petro.desk"])],
)
def test_a_decision_that_names_nobody_of_the_step_is_none(ring, names, rang):
    decided = EngineAnswer.of({"routing_decision": f"1:together:{names}"})
    assert rung(ring(order("together", ", only: free"), decider=lambda *_: decided)) == rang


def test_a_step_rings_single_phones_with_its_own_key_and_label(ring):
    steps = "  - ring: {to: [olena.mobile, ivan], order: round_robin, confirm: '5', label: Shop, for: 10s}\n  - hangup"
    events = ring(steps, Remembered(turns={"ivan": 1}), {"olena.mobile": "answers after 1s, never confirms"})
    assert rung(events) == ["olena.mobile", "ivan.desk"]
    assert any(event.kind == "confirm" for event in events)


def test_a_busy_person_is_waited_for_at_most_as_long_as_the_step_says(ring):
    events = ring(order("in_order_waiting", ", at_most: 20s"), Remembered(states={"ivan": "busy", "olena": "absent"}))
    assert rung(events) == []
    assert 20_000 <= ended(events).at_ms < 22_000
    assert ended(events).subject == "USER_BUSY"


def test_a_caller_is_held_until_the_person_is_free(ring, tmp_path):
    asked = []

    class Busy(dict):
        def get(self, person, otherwise):
            asked.append(person)
            return "busy" if len(asked) <= 9 and person == "ivan" else "free"

    events = ring(order("in_order_waiting"), Remembered(states=Busy()))
    rings = [event.at_ms // 1000 for event in events if event.kind == "ring"]
    assert rings[0] == 10
    assert rung(events) == ALL


def test_skills_of_the_callers_language_come_first(ring):
    steps = order("by_skill", ', skills: {language: "{{language}}"}')
    assert rung(ring(steps, caller="+48501112233"))[0] == "petro.desk"


# sticky

STICKY = "  - sticky: {calls: in, ring: 5s}\n  - ring: {to: petro, for: 5s}\n  - hangup"
PROJECT = ", sticky: {within: 14d, ring: 5s}"
RING = "  - ring: {to: petro, for: 5s}\n  - hangup"


def talk(direction: str = "", **states: str) -> Remembered:
    return Remembered({CALLER: ("olena", direction)}, states)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("remembered", "expected"),
    [
        (talk("in"), ["olena.desk", "petro.desk"]),
        (talk("out"), ["petro.desk"]),
        (talk("in", olena="absent"), ["petro.desk"]),
        (Remembered({"*": ("nobody_now", "")}), ["petro.desk"]),
        (Remembered({CALLER: ("olena", "in")}, is_down=True), ["petro.desk"]),
    ],
)
def test_the_person_of_the_last_talk_rings_first(ring, remembered, expected):
    assert rung(ring(STICKY, remembered)) == expected


def test_a_phone_that_is_off_is_passed_at_once(ring):
    events = ring(STICKY, talk("in"), {"olena.desk": "off"})
    assert next(event.at_ms for event in events if event.kind == "ring" and event.subject == "petro.desk") < 3_000


def test_a_caller_without_a_number_asks_nobody(ring):
    events = ring(STICKY, Remembered({"*": ("olena", "")}), caller="anonymous")
    assert rung(events) == ["petro.desk"]
    assert not any(event.kind == "decision" for event in events)


@pytest.mark.parametrize(
    ("direction", "at", "expected"),
    [
        ("out", MONDAY, ["olena.desk", "petro.desk"]),
        ("in", MONDAY, ["petro.desk"]),
        ("out", MONDAY.replace(hour=20), ["petro.desk"]),
        ("out", MONDAY.replace(day=22), ["petro.desk"]),
    ],
)
def test_the_projects_stickiness_goes_by_outgoing_talks_in_working_hours(ring, direction, at, expected):
    assert rung(ring(RING, talk(direction), at=at, project=PROJECT)) == expected


def test_a_sticky_step_beats_the_projects(ring):
    assert rung(ring(STICKY, talk("out"), project=PROJECT)) == ["petro.desk"]


def test_the_projects_stickiness_is_not_asked_after_a_jump(ring):
    events = ring("  - scheme: t", talk("out"), project=PROJECT)
    assert rung(events) == ["olena.desk", "petro.desk"]
    assert [event.subject for event in events if event.kind == "ring"].count("olena.desk") == 1


def test_a_call_through_a_pool_is_sticky_once_in_the_pools_scheme(ring):
    tracking = ", tracking: {origins: https://www.example.com}"
    pool = 'pools: {site: {scheme: s, numbers: "+380577280003", overflow: "+380800111222"}}\n'
    events = ring(RING, talk("out"), project=PROJECT + tracking, folder=pool, to="+380577280003")
    assert rung(events) == ["olena.desk", "petro.desk"]
    assert [event.subject for event in events if event.kind == "scheme"] == ["pool_site", "s"]


@pytest.mark.parametrize(("record", "recorded"), [("", False), (", record: both", True)])
def test_calls_that_people_make_are_recorded_when_the_project_says_so(ring, record, recorded):
    events = ring(
        RING, phones={"+380671234567": "answers after 1s, talks 5s"}, project=record, to=CALLER, caller="1001",
    )  # fmt: skip
    assert talked(events) == CALLER
    assert any(event.kind == "record" for event in events) == recorded
