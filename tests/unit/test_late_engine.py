"""An engine that speaks when the call has gone on: whatever the call does by then, it does not notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.compile.tones import tones
from routing.offline.decider import EngineAnswer, EngineClosed, EngineSilent, Reply
from routing.offline.events import Event, rung, talked
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from support.folders import compiled

PROJECT = """
project: {name: shop, timezone: Europe/Kyiv, country: UA}
people:
  ivan: {name: I, phones: {desk: {sip: "1001"}}}
  olena: {name: O, phones: {desk: {sip: "1002"}}}
calendars: {office: {open: {mon-fri: "09:00-18:00"}}}
gateways: {main: {proxy: x.example, numbers: ["+380800111222"]}}
"""
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Kyiv"))
CALLER = "+380671234567"
#: Every kind of question, and how long its watchdog waits.
ASKS = {
    "webhook": ('{webhook: {url: "https://crm.example.com/x", timeout: 1s}}', 3),
    "sticky": ("sticky", 3),
    "dynamic ring": ("{ring: {to: [ivan, olena], order: round_robin, for: 5s}}", 3),
    "known": ("{match: {cases: [{when: {known: true}, steps: [{ring: olena}]}]}}", 3),
}
#: What the call does after the fallback.
AFTER = {
    "ringing": "{ring: {to: ivan, for: 70s}}, {hangup: USER_BUSY}",
    "talk": "{ring: ivan}, hangup",
    "voicemail": "{voicemail: {box: office, greeting: a.wav}}",
    "menu": '{menu: {prompt: a.wav, wait: 20s, tries: 4, options: {"1": [{ring: ivan}]}}}, hangup',
}
LATE_S = (3.1, 3.5, 4, 5, 8, 20, 62)
Carry = Callable[..., list[Event]]


@pytest.fixture(scope="module")
def carry(tmp_path_factory: pytest.TempPathFactory) -> Carry:
    """Compile steps once, carry one call through them; ``replies``: what becomes of one question after another."""
    published: dict[str, PublishedRelease] = {}

    def call(steps: str, replies: list[Reply], phones: dict[str, str] | None = None, **caller) -> list[Event]:
        if steps not in published:
            root = tmp_path_factory.mktemp("late")
            (root / "schemes/sounds").mkdir(parents=True)
            (root / "schemes/sounds/a.wav").write_bytes(tones()["routing/beep.wav"])
            (root / "schemes/p.yaml").write_text(PROJECT)
            (root / "schemes/s.yaml").write_text(f'scheme: s\nnumbers: "+380800111222"\nsteps: [{steps}]\n')
            release = compiled(root / "schemes", root / "root")
            (root / "root/current").symlink_to(release.folder)
            published[steps] = PublishedRelease(root / "root")
        answers = iter(replies)
        return published[steps].run(
            OfflineCall("+380800111222", CALLER, MONDAY),
            ScriptedPhones.of(phones or {}),
            caller=ScriptedCaller(**caller),
            decider=lambda *_: next(answers, EngineSilent()),
        )

    return call


def decided(*values: str, after_s: float) -> EngineAnswer:
    """What an engine says: a decision for a step and a question, so late."""
    names = ("routing_decision", "routing_answered", "routing_ring_for", "routing_label")
    return EngineAnswer.of(dict(zip(names, values, strict=False)), round(after_s * 1000))


def complaints(events: list[Event]) -> list[str]:
    """What went wrong; nothing else may be an error on a call."""
    return [event.subject for event in events if event.kind == "error"]


@pytest.mark.thorough
@pytest.mark.parametrize("late_s", LATE_S)
@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("asks", ASKS)
def test_what_a_call_does_by_then_goes_on(carry, asks, after, late_s):
    step, watchdog_s = ASKS[asks]
    steps = f"{step}, {AFTER[after]}"
    path, phones = "1", {"ivan.desk": "answers, talks 70s"} if after == "talk" else {}
    said = decided(f"{path}:ring:person:ivan", "x", "20", "Late", after_s=late_s)
    for late in (said, EngineClosed(round(late_s * 1000))):
        quiet = carry(steps, [EngineSilent()], phones, message_ms=70_000)
        heard = carry(steps, [late], phones, message_ms=70_000)
        assert complaints(heard) == []
        told = [event for event in heard if event.kind not in ("late", "fallback", "variable")]
        assert told == [event for event in quiet if event.kind not in ("late", "fallback", "variable")]
        assert [event.at_ms for event in heard if event.kind == "fallback"] in ([], [0])
        assert quiet[-1].at_ms > watchdog_s * 1000


def test_a_talk_that_a_late_engine_would_have_torn(carry):
    steps = f"{ASKS['webhook'][0]}, {AFTER['talk']}"
    events = carry(steps, [decided("1:ring:person:olena", "x", "20", after_s=9)], {"ivan.desk": "answers, talks 60s"})
    (end,) = [event for event in events if event.kind == "talk_end"]
    assert (end.detail, end.lasted_ms) == ("person", 60_000)
    assert any(event.kind == "late" and event.at_ms == 9_000 for event in events)


def test_the_command_resume_tears_what_the_call_does_by_then(carry):
    """So the switch does; the product's engine never says it."""
    late = EngineAnswer((), 9_000, resumed=True)
    events = carry(f"{ASKS['webhook'][0]}, {AFTER['talk']}", [late], {"ivan.desk": "answers, talks 60s"})
    assert complaints(events) == ["an abandoned socket reset the call: nothing is left to run"]


def test_the_end_of_an_abandoned_socket_costs_a_later_question_its_answer_and_nothing_else(carry):
    again = ASKS["webhook"][0]
    late, silent = EngineClosed(4_500), EngineSilent()
    events = carry(f"{again}, {again}, {AFTER['talk']}", [late, silent], {"ivan.desk": "answers, talks 60s"})
    assert complaints(events) == []
    assert talked(events) == "ivan.desk"
    assert next(event.at_ms for event in events if event.kind == "ring") == 4_500  # not the 6 s of two watchdogs


def test_an_answer_to_an_earlier_question_of_the_same_step_is_none(carry):
    """The first engine wakes as the second's socket is closed: its word must not be taken for the second's.

    It did not note that the call waits: the call asks again.
    """
    waiting = "{ring: {to: [ivan, olena], order: in_order_waiting, for: 5s, at_most: 10s}}, {hangup: USER_BUSY}"
    wait = decided("1:wait", "x", after_s=0.1)
    earlier = EngineAnswer.of(
        {"routing_decision": "1:order:olena", "routing_answered": "x", "routing_ring_for": "5"}, 200
    )
    assert rung(carry(waiting, [wait, EngineSilent(), earlier])) == [
        "ivan.desk",
        "olena.desk",
    ]  # as written: nothing was decided
    own = EngineAnswer.of({"routing_decision": "1:order:olena", "routing_answered": "xx", "routing_ring_for": "5"}, 200)
    assert rung(carry(waiting, [wait, EngineSilent(), own])) == ["olena.desk"]
    uncounted = EngineAnswer.of({"routing_decision": "1:order:olena", "routing_ring_for": "5"}, 200)  # an older engine
    assert rung(carry(waiting, [wait, EngineSilent(), uncounted])) == ["olena.desk"]


def test_an_order_under_way_is_not_changed_by_what_comes_late(carry):
    order = f"{ASKS['webhook'][0]}, {ASKS['dynamic ring'][0]}, hangup"
    late = decided("2:order:ivan,ivan,ivan,ivan", "xx", "5", after_s=5)
    taken = decided("2:order:olena,ivan", "xx", "5", after_s=0.1)
    assert rung(carry(order, [late, taken])) == ["olena.desk", "ivan.desk"]
