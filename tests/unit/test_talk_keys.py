"""Keys of a talk: off unless a project wants them, whose keys are bound, and the only commands that a dialplan runs."""

from pathlib import Path

import pytest

from routing.compile.people import internal_context
from routing.compile.talk_keys import talk_context
from routing.compile.talk_targets import targets_context
from routing.compile.xml import UnsafeDialplan, to_xml
from routing.load.folder import shared
from routing.load.nodes import read
from routing.model.talk_keys import BOTH, CALLER, COMES_BACK, SENT_ON
from routing.steps.dialplan import Context

KEYS = Path(__file__).parents[1] / "schemes/good/talk_keys/a.yaml"


def folder(*, on=True):
    text = KEYS.read_bytes() if on else KEYS.read_bytes().replace(b", talk_keys: true", b"")
    found, problems = shared([read("a.yaml", text)], {}, "127.0.0.1:9", frozenset())
    assert not problems
    return found


def actions(context):
    return [(each.label, action.application, action.data) for each in context.extensions for action in each.actions]


def test_nothing_is_bound_unless_the_project_wants_it():
    assert not [each for each in actions(internal_context(folder(on=False))) if "talk.xml" in each[2]]


def test_colleagues_both_have_keys_and_a_client_who_is_called_has_none():
    bound = {label: data for label, application, data in actions(internal_context(folder())) if "talk.xml" in data}
    assert bound == {"101": BOTH, "1001": BOTH, "outside": CALLER}


def test_who_is_asked_is_whom_a_phone_may_dial():
    asked, inside = targets_context(folder()), internal_context(folder())
    dialled = {each.expression for each in inside.extensions} - {"^ended$"}
    assert {each.expression for each in asked.extensions} == {each for each in dialled if "\\*" not in each}


@pytest.mark.parametrize("command", [COMES_BACK, SENT_ON])
def test_a_command_is_the_whole_of_a_setting(command):
    context = Context("x")
    context.extension("x").set("api_hangup_hook", f"{command} x")
    with pytest.raises(UnsafeDialplan):
        to_xml(context)


def test_the_dialplan_is_safe():
    assert "uuid_transfer" in to_xml(talk_context(folder()), targets_context(folder()))
