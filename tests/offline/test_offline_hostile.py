"""Hostile values: nothing from a caller, a webhook or an engine is ever run or taken for a dial string."""

import pytest

from routing.offline.decider import EngineAnswer
from routing.offline.events import ended, rung
from routing.offline.expand import DENIED, expand
from support.offline_release import FRAME, Telephone, extension

NAMES = ["${system ls}", "${system(ls)}", "$${system ls}", "${caller_id_number}$", "${${x}}", "\\${system ls}"]


@pytest.mark.parametrize("name", NAMES)
def test_a_callers_name_never_reaches_the_plan(name):
    events = Telephone("hangup").call(name=name)
    assert [event for event in events if event.kind == "error"] == []


def test_a_plan_that_expands_the_callers_name_is_caught():
    """FreeSWITCH takes the sting out of each field, not of two that stand side by side."""
    plan = Telephone("set routing_x=${caller_id_name}${caller_id_number}", "hangup")
    events = plan.call(name="x$", number="{system(reboot)}")
    assert any("system(reboot)" in event.subject for event in events if event.kind == "error")
    assert f"routing_x=x{DENIED}" in [event.subject for event in events]


def test_the_engines_values_are_expanded_as_freeswitch_would_and_caught():
    answer = EngineAnswer((("set", "routing_decision=${system(ls)}"),))
    events = Telephone(*FRAME, extensions=extension("3.decided", "hangup")).call(decider=lambda *_: answer)
    assert any(event.kind == "error" for event in events)


def test_a_dial_string_in_a_decision_is_not_dialled():
    answer = EngineAnswer.of({"routing_decision": "3:ring:number:+380501112233,[api_on_answer='system ls']sofia/x/1"})
    decided = (
        '<extension name="d"><condition field="destination_number" expression="^3[.]decided$"/>'
        '<condition field="${routing_decision}" expression="^3:ring:number:(\\+\\d{7,15})$">'
        '<action application="bridge" data="sofia/gateway/main/$1"/></condition></extension>'
    )
    events = Telephone(*FRAME, extensions=decided).call(decider=lambda *_: answer)
    assert rung(events) == []
    assert ended(events).subject == "NO_ROUTE_DESTINATION"


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("${a}", "1"),
        ("x${a}y${b}", "x1y2"),
        ("${nothing}", ""),
        ("$a $1 $", "$a $1 $"),
        ("$${a}", "1"),
        ("\\${a}", "${a}"),
        ("${a", "1"),
        ("${nested}", "1"),
        ("${${key}}", "1"),
        ("${long:2}", "cdef"),
        ("${long:2:2}", "cd"),
        ("${long:-2}", "ef"),
        ("${a}$", "1$"),
        ("${a}${b}", "12"),
        ("${f(x)}", DENIED),
        ("${strftime %H}", DENIED),
        ("it\\'s ${a}", "its 1"),
    ],
)
def test_expansion(text, expanded):
    values = {"a": "1", "b": "2", "nested": "${a}", "key": "a", "long": "abcdef"}
    assert expand(text, values.get, lambda complaint: None) == expanded


def test_a_variable_that_names_itself_ends():
    assert len(expand("${a}", {"a": "${a}x"}.get, lambda complaint: None)) < 1_000
