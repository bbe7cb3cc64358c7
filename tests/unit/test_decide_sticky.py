"""Who is rung because he talked with this caller last."""

from __future__ import annotations

import pytest

from routing.decide.sticky import decide
from routing.model.decision import Continue, RingPerson
from routing.model.memory import Talk

NOW, DAY = 1_800_000_000.0, 86_400
STEP = {"calls": "both", "within_s": 14 * DAY, "talked_s": 10, "ring_s": 20}


def talk(person: str, ago: float, talk_s: float = 60, direction: str = "in") -> Talk:
    return Talk(person, NOW - ago, talk_s, direction)  # type: ignore[arg-type]


def decided(*talks: Talk, states: dict | None = None, **step):
    known = {"ivan": "free", "olena": "free", **(states or {})}
    return decide({**STEP, **step}, talks, known.get, NOW)


def rung(*talks: Talk, **rest) -> str:
    decision = decided(*talks, **rest).decision
    return decision.person if isinstance(decision, RingPerson) else ""


def test_the_person_of_the_last_talk_is_rung_for_the_steps_time():
    verdict = decided(talk("ivan", DAY), talk("olena", 2 * DAY), ring_s=15)
    assert verdict.decision == RingPerson("ivan", 15)
    assert verdict.outcome == "decided"
    assert verdict.reason == "talked 60 s, 1 d ago, the client called"


def test_no_talk_before_the_one_that_counts_is_looked_at():
    def told():
        yield talk("ivan", 60, talk_s=1)
        yield talk("olena", DAY)
        raise AssertionError("an older talk was asked for")

    assert decide(STEP, told(), {"olena": "free"}.get, NOW).decision == RingPerson("olena", 20)


@pytest.mark.parametrize(("calls", "who"), [("in", "ivan"), ("out", "olena"), ("both", "olena")])
def test_the_direction_counts(calls, who):
    assert rung(talk("olena", 60, direction="out"), talk("ivan", DAY), calls=calls) == who


def test_a_short_talk_is_no_talk_and_hides_no_longer_one():
    assert rung(talk("ivan", 60, talk_s=9.9), talk("olena", DAY, talk_s=10)) == "olena"
    assert rung(talk("ivan", 60, talk_s=9.9)) == ""


def test_a_talk_is_forgotten_after_its_time():
    assert rung(talk("ivan", 14 * DAY)) == "ivan"
    assert rung(talk("ivan", 14 * DAY + 1)) == ""


@pytest.mark.parametrize("state", ["busy", "absent"])
def test_who_cannot_be_rung_is_passed_at_once_and_nobody_else_is_tried(state):
    verdict = decided(talk("ivan", 60), talk("olena", DAY), states={"ivan": state})
    assert verdict.decision == Continue()
    assert verdict.reason == f"ivan is {state}"


def test_who_has_left_the_company_is_no_person_any_more():
    assert decided(talk("petro", 60)).reason == "petro is no longer a person of the project"


def test_nobody_has_talked():
    assert decided().decision == Continue()
    assert decided().outcome == "continued"
    assert decided().reason == "nobody has talked with this caller"


@pytest.mark.parametrize(
    ("last", "step", "why"),
    [
        (talk("ivan", 60, talk_s=9.9), {}, "9 s long, less than 10 s"),
        (talk("ivan", 20 * DAY), {}, "20 d ago, more than 14 d"),
        (talk("ivan", 60, direction="out"), {"calls": "in"}, "called the client"),
        (talk("ivan", 60, direction="in"), {"calls": "out"}, "the client called"),
    ],
)
def test_why_the_last_talk_does_not_count_is_said(last, step, why):
    older = talk("olena", 30 * DAY)
    assert decided(last, older, **step).reason == f"the last talk, with ivan, does not count: {why}"
