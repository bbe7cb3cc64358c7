"""From an owner in a CRM to the person who is rung."""

from __future__ import annotations

import pytest

from routing.decide.crm_lookup import Responsible, decide
from routing.model.crm_settings import owners
from routing.model.decision import Continue, RingPerson, encode
from routing.model.lookup import Failed, NoOwnerFound, Owner, OwnerFound
from routing.model.people import Person

PEOPLE = {
    "ivan": Person.model_validate(
        {"name": "Іван", "phones": {"desk": {"sip": "1001"}}, "crm": {"bitrix24": 17, "hubspot": ["9", "10"]}}
    ),
    "olena": Person.model_validate(
        {"name": "Олена", "phones": {"desk": {"sip": "1002"}}, "email": "Olena@Example.com", "extension": "102"}
    ),
}
TABLE = {**owners(PEOPLE), "extensions": {"102": "olena"}}
STEP = {"kind": "crm", "system": "bitrix24", "ring_s": 25}


def people(system: str = "bitrix24") -> Responsible:
    return Responsible.of(TABLE, system)


def found(owner: Owner, name: str = "ТОВ Ромашка", **more: object) -> OwnerFound:
    return OwnerFound("deal", "42", owner, name, "https://crm.example.com/42", **more)


@pytest.mark.parametrize(
    ("owner", "person"),
    [
        (Owner("17"), "ivan"),
        (Owner("17", email="olena@example.com"), "ivan"),
        (Owner("99", email="OLENA@example.com"), "olena"),
        (Owner("99", extension="102"), "olena"),
        (Owner("99", email="who@example.com", extension="102"), "olena"),
    ],
)
def test_the_table_then_the_email_then_the_extension(owner, person):
    assert decide(STEP, people(), found(owner)).decision == RingPerson(person, 25, "ТОВ Ромашка")


@pytest.mark.parametrize("owner_id", ["9", "10"])
def test_ids_are_of_one_crm(owner_id):
    assert people("hubspot").person(Owner(owner_id)) == "ivan"
    assert people("bitrix24").person(Owner(owner_id)) == ""


def test_an_unknown_owner_goes_on_and_says_which():
    verdict = decide(STEP, people(), found(Owner("99")))
    assert verdict.decision == Continue()
    assert verdict.reason == "no person is mapped to owner 99 of deal 42"


def test_nobody_and_failure_go_on():
    assert decide(STEP, people(), NoOwnerFound("bitrix24 knows no deal of this caller")).outcome == "continued"
    assert decide(STEP, people(), Failed("bitrix24: HTTP status 500")).outcome == "failed"


def test_the_reason_has_ids_but_no_names():
    verdict = decide(STEP, people(), found(Owner("17", name="Іван"), stale=True, passed=("lead 7: it has no owner",)))
    assert verdict.reason.startswith("owner 17 of deal 42 (cached answer")
    assert verdict.reason.endswith("lead 7: it has no owner")
    assert "Іван" not in verdict.reason and "Ромашка" not in verdict.reason


@pytest.mark.parametrize(
    "name", ["${system(id)}", "a\r\nb", "\u202eevil", "x" * 500, "]|[loopback/1", "\ud800", "", "'; DROP"]
)
def test_a_hostile_name_becomes_a_harmless_label(name):
    decision = decide(STEP, people(), found(Owner("17"), name)).decision
    assert isinstance(decision, RingPerson)
    label = encode("1", decision).get("routing_label", "")
    assert len(label) <= 40 and not set(label) & set("${}[]|\r\n\u202e\ud800'\";")


def test_a_table_without_crm_knows_nobody():
    assert not Responsible.of({}, "bitrix24").knows(Owner("17", "a@b.c", "", "101"))


def test_ring_time_has_a_default():
    assert decide({}, people(), found(Owner("17"))).decision.seconds == 20
