"""Who is rung because he talked with this caller last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.decide.directory import Directory, patterns
from routing.decide.sticky import answer, decide
from routing.model.call import Call
from routing.model.caller_shown import OUR_CALLER
from routing.model.decision import Continue, RingNumber, RingPerson
from routing.model.memory import Talk
from support.decision_ports import given

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


CLIENT, OTHER, SIM = "+380671234567", "+380501112233", "+380670002001"


class Clients:
    """A memory that knows whom people have talked with."""

    def __init__(self, *talks: Talk) -> None:
        self.talks = talks

    def clients(self, project: str, person: str) -> list[Talk]:
        return [talk for talk in self.talks if talk.person == person]


def rings(*talks: Talk, caller: str = SIM, person: str = "", proven: bool = True, **step):
    directory = Directory(
        {"ivan": frozenset({"sim"}), "olena": frozenset({"sim"})}, {}, {}, patterns([r"\+380\d{9}"]),
        numbers={SIM: "ivan.sim", "+380670002002": "olena.sim"},
    )  # fmt: skip
    call = Call("12345678", "/r", "s", "1", "+380670002005", caller, person=person, proven=proven)
    ports = given(directory=lambda release: directory, memory=Clients(*talks), now=lambda: NOW)
    return answer({**STEP, "project": "p", "whom": "client", **step}, call, ports)


def with_(client: str, ago: float, person: str = "ivan", **rest) -> Talk:
    return replace(talk(person, ago, **rest), client=client)


def test_a_person_who_calls_reaches_their_last_client_as_the_company():
    verdict = rings(with_(CLIENT, 60), with_(OTHER, DAY), with_(OTHER, 1, "olena"))
    assert verdict.decision == RingNumber(CLIENT, 20)
    assert verdict.reason == "ivan talked 60 s, 1 min ago"
    assert verdict.variables[OUR_CALLER] == "ivan"
    assert verdict.variables["routing_shows"] == "origination_caller_id"
    assert verdict.variables["routing_person_leg"] == "self"


def test_a_registered_phone_is_its_persons_too():
    verdict = rings(with_(CLIENT, 60), caller="1001", person="ivan", proven=False)
    assert verdict.decision == RingNumber(CLIENT, 20)
    assert verdict.variables[OUR_CALLER] == "ivan"


def test_a_number_alone_which_anybody_can_forge_rings_nobody():
    verdict = rings(with_(CLIENT, 60), proven=False)
    assert (verdict.decision, dict(verdict.variables)) == (Continue(), {})
    assert verdict.reason == "the caller has not proven who they are: a number can be forged"


@pytest.mark.parametrize(
    ("talks", "caller", "why"),
    [
        ((with_(CLIENT, 60),), OTHER, "the caller is nobody of the project"),
        ((with_(CLIENT, 60),), "anonymous", "the caller is nobody of the project"),
        ((), SIM, "ivan: has talked with no client"),
        ((with_(CLIENT, 60, talk_s=9),), SIM, "ivan: the last talk does not count: 9 s long, less than 10 s"),
        ((with_("+380670002002", 60),), SIM, "ivan: has talked with no client"),
        ((with_("+79161234567", 60),), SIM, "ivan: the last client's number is not an allowed destination"),
    ],
)
def test_nobody_is_rung_for_a_stranger_or_without_a_client(talks, caller, why):
    verdict = rings(*talks, caller=caller)
    assert (verdict.decision, verdict.reason, dict(verdict.variables)) == (Continue(), why, {})


def test_a_colleague_and_a_short_talk_are_passed_over_for_the_client_before():
    assert rings(with_("+380670002002", 1), with_(OTHER, 2, talk_s=1), with_(CLIENT, 60)).decision == RingNumber(
        CLIENT, 20
    )
