"""The command for a callback: only numbers, ids and encoded facts get into it."""

from dataclasses import replace

import pytest

from routing.model.callback_call import CallbackCall, NotDiallable

CALL = CallbackCall(
    "6e7a2d2c-0f2b-4d53-9f43-0c1f6d1a0001", "person", "+380671234567", "+380800330521", "kharkiv", "/root/releases/a1",
    {"routing_entity_region": "521", "routing_source_utm_source": "google~20ads"},
)  # fmt: skip
MARK = "leg_0123456789abcdef"


def test_nobodys_leg_enters_the_release_with_the_visitors_facts():
    assert CALL.originate(MARK) == (
        "originate {origination_uuid=6e7a2d2c-0f2b-4d53-9f43-0c1f6d1a0001,leg_0123456789abcdef=9,"
        "null_enable_auto_answer=true,origination_caller_id_number=+380671234567,"
        "origination_caller_id_name=+380671234567,routing_entity_region=521,routing_source_utm_source=google~20ads}"
        "null/callback person@6e7a2d2c-0f2b-4d53-9f43-0c1f6d1a0001@+380671234567@+380800330521@kharkiv"
        "@/root/releases/a1"
        " XML:/root/releases/a1/callbacks.xml callbacks"
    )


HOSTILE = ["", "x\napi hupall", "a b", "${system(id)}", "1],[x", "a|b", "a,b", "a'b", "^^:a", "+1;2", "../x", "a\0"]


@pytest.mark.parametrize("name", ["uuid", "first", "client", "number", "scheme", "release"])
@pytest.mark.parametrize("value", HOSTILE)
def test_a_fact_that_is_no_number_or_id_is_never_sent(name, value):
    with pytest.raises(NotDiallable, match=name):
        replace(CALL, **{name: value}).originate(MARK)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_visitors_fact_that_is_not_encoded_is_never_sent(value):
    with pytest.raises(NotDiallable):
        replace(CALL, variables={"routing_entity_region": value}).originate(MARK)
    with pytest.raises(NotDiallable):
        replace(CALL, variables={f"routing_entity_{value}": "a"}).originate(MARK)
    with pytest.raises(NotDiallable):
        replace(CALL, variables={"api_on_answer": "a"}).originate(MARK)


def test_a_nodes_mark_is_a_name():
    with pytest.raises(NotDiallable):
        CALL.originate("a=1,api_on_answer")
