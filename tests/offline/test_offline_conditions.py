"""Choosing actions: conditions, captures, nesting, breaks and their traps, as FreeSWITCH has them."""

import pytest

from routing.offline.events import ended
from routing.offline.files import MemoryFiles
from routing.offline.switch import OfflineCall, run
from support.offline_release import CALLER, MONDAY, Telephone, document, extension, plain, told


def routed(*extensions: str, variables: tuple[tuple[str, str], ...] = (), to: str = "100") -> list[str]:
    """What a context with these extensions does: the routing_x values set, then the hangup cause."""
    call = OfflineCall(to, CALLER, MONDAY, context="x", variables=variables)
    events = run(call, MemoryFiles({}), document("x", "".join(extensions)))
    seen = [e.subject.removeprefix("routing_x=") for e in events if e.subject.startswith("routing_x=")]
    return [*seen, ended(events).subject]


def when(conditions: str, name: str = "e", **attributes: str) -> str:
    extra = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<extension name="{name}"{extra}>{conditions}</extension>'


def condition(field: str, expression: str, *actions: str, inner: str = "", **attributes: str) -> str:
    extra = "".join(f' {key.rstrip("_")}="{value}"' for key, value in attributes.items())
    return f'<condition field="{field}" expression="{expression}"{extra}>{plain(*actions)}{inner}</condition>'


SET = ("set routing_x=yes", "hangup USER_BUSY")


def test_a_context_and_a_matching_extension_run_to_the_end():
    assert routed(when(condition("destination_number", "^100$", *SET))) == ["yes", "USER_BUSY"]


def test_nothing_matches_is_no_route():
    assert routed(when(condition("destination_number", "^200$", *SET))) == ["NO_ROUTE_DESTINATION"]


def test_captures_are_substituted_and_missing_ones_vanish():
    seen = routed(when(condition("destination_number", "^(1)(0)(9)?", "set routing_x=[$1$2$3$4]")))
    assert seen == ["[10]", "NORMAL_CLEARING"]


def test_without_a_bracket_in_the_expression_nothing_is_substituted():
    assert routed(when(condition("destination_number", "^100$", "set routing_x=$1")))[0] == "$1"


def test_more_than_nine_captures_count_as_no_match():
    nine, ten = "()" * 9 + "100", "()" * 10 + "100"
    assert routed(when(condition("destination_number", nine, *SET)))[0] == "yes"
    assert routed(when(condition("destination_number", ten, *SET))) == ["NO_ROUTE_DESTINATION"]


def test_a_field_is_a_profile_field_and_a_variable_needs_braces():
    variables = (("office", "open"),)
    assert routed(when(condition("office", "open", *SET)), variables=variables) == ["NO_ROUTE_DESTINATION"]
    assert routed(when(condition("${office}", "^open$", *SET)), variables=variables)[0] == "yes"


def test_anti_actions_run_when_the_condition_fails_and_count_as_a_match():
    body = condition("destination_number", "^200$", *SET, inner=plain("set routing_x=anti", tag="anti-action"))
    assert routed(when(body), when(condition("destination_number", ".", *SET))) == ["anti", "NORMAL_CLEARING"]


def test_all_conditions_are_evaluated_before_any_action_runs():
    body = condition("destination_number", ".", "set routing_x=1", break_="never")
    body += condition("${routing_x}", "^1$", "set routing_x=never")
    assert routed(when(body)) == ["1", "NORMAL_CLEARING"]


def test_inline_actions_run_while_conditions_are_evaluated():
    first = '<condition><action application="set" data="routing_x=1" inline="true"/></condition>'
    assert routed(when(first + condition("${routing_x}", "^1$", "set routing_x=2"))) == ["1", "2", "NORMAL_CLEARING"]


def test_actions_of_a_passed_condition_stay_when_a_later_one_fails():
    leaky = condition("destination_number", ".", "set routing_x=leaked") + condition("destination_number", "^2", *SET)
    assert routed(when(leaky), when(condition("destination_number", ".", "hangup USER_BUSY"))) == [
        "leaked",
        "USER_BUSY",
    ]


@pytest.mark.parametrize(
    ("breaks", "first", "seen"),
    [
        ("on-false", "^1", ["a", "b", "NORMAL_CLEARING"]),
        ("on-false", "^2", ["NO_ROUTE_DESTINATION"]),
        ("on-true", "^1", ["a", "NORMAL_CLEARING"]),
        ("on-true", "^2", ["b", "NORMAL_CLEARING"]),
        ("always", "^1", ["a", "NORMAL_CLEARING"]),
        ("never", "^2", ["b", "NORMAL_CLEARING"]),
    ],
)
def test_breaks(breaks, first, seen):
    body = condition("destination_number", first, "set routing_x=a", break_=breaks)
    assert routed(when(body + condition("destination_number", ".", "set routing_x=b"))) == seen


@pytest.mark.parametrize(
    ("rule", "answers", "matched"),
    [
        ("any", "yn", True),
        ("any", "nn", False),
        ("all", "yy", True),
        ("all", "yn", False),
        ("xor", "yn", True),
        ("xor", "yy", False),
    ],
)
def test_several_expressions_in_one_condition(rule, answers, matched):
    tests = "".join(
        f'<regex field="destination_number" expression="{"^100$" if said == "y" else "^2$"}"/>' for said in answers
    )
    seen = routed(when(f'<condition regex="{rule}">{tests}{plain(*SET)}</condition>'))
    assert (seen[0] == "yes") is matched


def test_a_capture_in_a_failing_all_stops_the_hunt_with_nothing():
    tests = '<regex field="destination_number" expression="^(1)"/><regex field="destination_number" expression="^2"/>'
    failing = when(f'<condition regex="all">{tests}{plain(*SET)}</condition>')
    after = when(condition("destination_number", ".", *SET))
    assert routed(failing, after) == ["NO_ROUTE_DESTINATION"]
    assert routed(failing.replace("(1)", "1"), after) == ["yes", "USER_BUSY"]


def test_times_and_a_field_in_one_condition_run_the_actions_when_either_holds():
    both = condition("destination_number", "^100$", *SET, wday="1")
    assert routed(when(both))[0] == "yes", "a Monday, though wday says Sunday"


def test_nested_conditions_must_match_unless_told_otherwise():
    inner = condition("destination_number", "^2", "set routing_x=inner")
    strict = when(condition("destination_number", "^1", "set routing_x=outer", inner=inner))
    after = when(condition("destination_number", ".", "set routing_x=after"))
    assert routed(strict, after) == ["outer", "after", "NORMAL_CLEARING"]
    loose = strict.replace("<condition field", '<condition require-nested="false" field', 1)
    assert routed(loose, after) == ["outer", "NORMAL_CLEARING"]


def test_continue_goes_on_to_the_next_extension():
    first = when(condition("destination_number", ".", "set routing_x=1"), **{"continue": "true"})
    assert routed(first, when(condition("destination_number", ".", "set routing_x=2"))) == ["1", "2", "NORMAL_CLEARING"]


def test_a_bad_expression_matches_nothing_and_is_told():
    plan = Telephone("transfer bad", extensions=when(condition("destination_number", "[", *SET)))
    events = plan.call()
    assert ended(events).subject == "NO_ROUTE_DESTINATION"
    assert [event.subject[:11] for event in events if event.kind == "error"] == ["bad pattern"]


@pytest.mark.parametrize("text", ["<document", "<document/>", "<!DOCTYPE d [<!ENTITY a 'b'>]><document/>"])
def test_a_broken_file_routes_nothing(text):
    plan = Telephone("transfer start XML:/r/broken.xml x", files={"/r/broken.xml": text})
    assert ended(plan.call()).subject == "NO_ROUTE_DESTINATION"


def test_a_missing_file_routes_nothing():
    assert ended(Telephone().call(to="380800330000")).subject == "NO_ROUTE_DESTINATION"


def test_a_transfer_keeps_file_and_context_unless_they_are_named():
    events = Telephone("transfer next", extensions=extension("next", "hangup USER_BUSY")).call()
    assert told(events, "transfer")[-1] == (0, "transfer", "next kharkiv")
    assert ended(events).subject == "USER_BUSY"


def test_a_call_has_seventy_transfers():
    events = Telephone("transfer start").call()
    assert ended(events).subject == "EXCHANGE_ROUTING_ERROR"
    assert len(told(events, "transfer")) == 69


def test_an_endless_subroutine_ends_too():
    plan = Telephone(*["execute_extension more"] * 3, extensions=extension("more", *["execute_extension more"] * 3))
    events = plan.call()
    assert (ended(events).subject, ended(events).detail) == ("EXCHANGE_ROUTING_ERROR", "bounds")


def test_execute_extension_comes_back_and_an_unknown_one_does_nothing():
    plan = Telephone(
        "execute_extension sub", "execute_extension nowhere", "hangup ${routing_x}",
        extensions=extension("sub", "set routing_x=USER_BUSY"),
    )  # fmt: skip
    assert ended(plan.call()).subject == "USER_BUSY"
