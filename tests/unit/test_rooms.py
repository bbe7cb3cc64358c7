"""Rooms: PINs in their own file, and the guards around the one command that a dialplan may run."""

import pytest

from routing.compile.need import Need, pin_account
from routing.compile.rooms import pins_context
from routing.compile.secrets import generated_secrets, invalid_values
from routing.compile.xml import UnsafeDialplan, to_xml
from routing.model.conference import PAUSED
from routing.model.problem import Problem
from routing.model.secret import OFFLINE_PIN, PIN
from routing.model.typed_digits import FORGETS
from routing.steps.dialplan import Context

PLACE = Problem("a.yaml", 1, 1, "steps[0].conference.pin", "")
PARTS = {"result": "r", "room": "a", "command": "pause", "file": "/a.wav", "call": "${uuid}", "does": "mask"}


def need(name):
    return Need(name, PLACE, account=pin_account(name), purpose=PIN)


def test_each_pin_has_an_extension_and_passwords_have_none():
    context = pins_context({pin_account("BOARD_PIN"): "907715", "1001": "sesame", "gateway main": "x"})
    assert [(each.label, each.conditions[0].expression) for each in context.extensions] == [("BOARD_PIN", "^907715$")]
    assert "sesame" not in to_xml(context)


def test_a_placeholder_is_a_pin_that_scheme_tests_know():
    (extension,) = pins_context({pin_account("BOARD_PIN"): "offline"}).extensions
    assert extension.conditions[0].expression == f"^{OFFLINE_PIN}$"


@pytest.mark.parametrize("value", ["123", "12a4", "1234567890123", "1234|.*", "(1234)", "١٢٣٤"])
def test_what_is_no_pin_is_refused_without_saying_it(value):
    (problem,) = invalid_values([need("BOARD_PIN")], {"BOARD_PIN": value})
    assert "no PIN: 4 to 12 digits" in problem.message and value not in problem.message


def test_a_missing_pin_is_generated():
    pin = generated_secrets([need("BOARD_PIN")], {})["BOARD_PIN"]
    assert pin.isdigit() and len(pin) == 6


@pytest.mark.parametrize("wrong", ["api_hangup_hook=system rm", f"api_hangup_hook={FORGETS}x", "api_on_answer=x"])
@pytest.mark.parametrize("form", ["{}", "^^|a=1|{}", "^^|api_hangup_hook=|{}"])
def test_no_other_command_gets_into_a_dialplan(form, wrong):
    context = Context("x")
    context.extension("x").do("multiset", form.format(wrong))
    with pytest.raises(UnsafeDialplan):
        to_xml(context)


def test_the_command_that_forgets_a_pin_does():
    context = Context("x")
    context.extension("x").set("api_hangup_hook", FORGETS)
    assert FORGETS in to_xml(context)


@pytest.mark.parametrize("wrong", ["~os.execute([[rm]])", "routing.lua", PAUSED.format(**PARTS) + " os.exit()"])
def test_no_other_script_gets_into_a_dialplan(wrong):
    context = Context("x")
    context.extension("x").do("lua", wrong)
    with pytest.raises(UnsafeDialplan):
        to_xml(context)


def test_the_script_that_masks_a_room_does():
    context = Context("x")
    context.extension("x").do("lua", PAUSED.format(**PARTS))
    assert "recording pause" in to_xml(context)
