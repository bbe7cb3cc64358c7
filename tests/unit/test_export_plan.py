"""Which calls a release exports, by its table; what a visitor has agreed to."""

from types import SimpleNamespace

import pytest

from routing.model import consent
from routing.model.export_names import LONGEST_NAME, name_fault
from routing.model.export_plan import CallChoice, names_of, plan_of


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("phone_call", ""),
        ("A" * LONGEST_NAME, ""),
        ("A" * (LONGEST_NAME + 1), "has 41 characters"),
        ("first_visit", "is an event of Google's own"),
        ("google_call", "begins with `google_`"),
        ("_call", "begins with `_`"),
        ("1st_call", "is not the name of an event"),
        ("дзвінок", "is not the name of an event"),
        ("", "is not the name of an event"),
    ],
)
def test_names_of_events(name, fault):
    assert name_fault(name).startswith(fault) and bool(name_fault(name)) == bool(fault)


@pytest.mark.parametrize(
    ("status", "is_missed", "kind", "names"),
    [
        ("answered", False, None, ("repeat call", "proper", "answered")),
        ("answered", False, "proper", ("proper", "answered")),
        ("answered", False, "", ("answered",)),
        ("busy", True, "", ("busy", "missed")),
        ("rejected", False, "", ("rejected",)),
    ],
)
def test_the_closest_name_comes_first(status, is_missed, kind, names):
    assert names_of(status, is_missed, kind) == names


def test_a_choice_of_calls():
    call = SimpleNamespace(direction="in", status="busy", schemes=("shop", "night"), source={})
    assert CallChoice(frozenset(["in"])).fits(call, True)
    assert CallChoice(frozenset(["in"]), frozenset(["night"]), frozenset(["missed"])).fits(call, True)
    assert not CallChoice(frozenset(["in"]), frozenset(["lviv"])).fits(call, True)
    assert not CallChoice(frozenset(["in"]), statuses=frozenset(["missed"])).fits(call, False)
    assert not CallChoice(frozenset(["out"])).fits(call, True)


@pytest.mark.parametrize("table", [{}, {"project": "p"}, {"project": "p", "ga4": [], "webhooks": {}}])
def test_another_table_is_none_of_exports(table):
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        plan_of(table)


@pytest.mark.parametrize(
    ("stated", "parts", "google"),
    [
        ("", {}, {}),
        ("analytics+", {"analytics": True}, {}),
        ("user_data+ personalization-", {"user_data": True, "personalization": False},
         {"ad_user_data": "GRANTED", "ad_personalization": "DENIED"}),
        ("analytics yes +", {"": True}, {}),
    ],
)  # fmt: skip
def test_consent(stated, parts, google):
    source = {"consent": stated}
    assert consent.parts_of(source) == parts and consent.for_google(source) == google
