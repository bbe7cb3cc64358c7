"""The contract of every CRM: the same rules, whatever the vendor. Each behaves as its fake says its API does."""

from __future__ import annotations

from itertools import permutations

import pytest

from routing.model.lookup import NoOwnerFound, OwnerFound
from support.crm_bed import ORDER
from support.crm_world import ABROAD


@pytest.mark.parametrize("order", list(permutations(ORDER)), ids=lambda order: "-".join(order))
def test_the_first_kind_of_the_order_wins(bed, everything, order):
    made = everything()
    outcome = bed.ask(*order)
    assert bed.chosen(outcome) == next(made[kind] for kind in order if kind in made)
    assert not outcome.stale


def test_the_owner_comes_with_what_identifies_him(bed, everything):
    everything()
    outcome = bed.ask("contact")
    assert isinstance(outcome, OwnerFound)
    by_table_only = bed.fake.vendor == "altegio"
    assert outcome.owner.email == ("" if by_table_only else "user19@example.com")
    assert outcome.owner.extension in ("119", "")
    assert outcome.caller_name == "Олена Клієнт"


def test_closed_leads_and_deals_are_not_there(bed):
    contact = bed.world.contact(owner=19)
    bed.world.deal(contact, owner=18, open=False)
    if "lead" in bed.fake.kinds:
        bed.world.lead(owner=17, open=False)
    assert bed.chosen(bed.ask()) == ("contact", contact, 19)
    assert isinstance(bed.ask("lead", "deal"), NoOwnerFound)


@pytest.mark.parametrize("kind", ORDER)
def test_the_newest_wins(bed, kind):
    if kind not in bed.fake.kinds:
        assert isinstance(bed.ask(kind), NoOwnerFound)
        return
    make = getattr(bed.world, kind)
    where = {"contact": bed.world.contact(owner=None)} if kind == "deal" else {}
    made = {minute: make(**where, owner=owner, minute=minute) for minute, owner in ((5, 17), (9, 18), (7, 19))}
    assert bed.chosen(bed.ask(kind)) == (kind, made[9], 18)


def test_the_same_digits_in_another_country_are_another_caller(bed):
    bed.world.contact(ABROAD, owner=18, minute=50)
    if "lead" in bed.fake.kinds:
        bed.world.lead(ABROAD, owner=18, minute=50)
    assert isinstance(bed.ask(), NoOwnerFound)
    contact = bed.world.contact(owner=17, minute=1)
    bed.later(60)
    assert bed.chosen(bed.ask()) == ("contact", contact, 17)


@pytest.mark.parametrize("stored", ["+380671234567", "380671234567", "0671234567", "671234567"])
def test_however_the_number_is_stored(bed, stored):
    contact = bed.world.contact(stored)
    assert bed.chosen(bed.ask()) == ("contact", contact, 17)


def test_the_caller_may_be_on_the_second_page(bed):
    if not bed.fake.page:
        pytest.skip("this API's search has no pages")
    for _ in range(bed.fake.page + 5):
        bed.world.contact(ABROAD, owner=18)
    contact = bed.world.contact(owner=17)
    assert bed.chosen(bed.ask("contact")) == ("contact", contact, 17)


def test_nobody_is_an_answer_and_is_remembered(bed):
    assert isinstance(bed.ask(), NoOwnerFound)
    asked = len(bed.fake.requests)
    assert asked
    bed.later(30)
    assert isinstance(bed.ask(), NoOwnerFound)
    assert len(bed.fake.requests) == asked
    bed.later(30)
    bed.ask()
    assert len(bed.fake.requests) > asked


def test_a_hidden_number_is_not_asked_for(bed):
    assert isinstance(bed.ask(caller="anonymous"), NoOwnerFound)
    assert not bed.fake.requests


def test_who_left_the_company_is_passed_over(bed):
    contact = bed.world.contact(owner=19)
    deal = bed.world.deal(contact, owner=20)
    outcome = bed.ask("deal", "contact")
    assert bed.chosen(outcome) == ("contact", contact, 19)
    assert "is not active" in outcome.passed[0]
    assert str(deal) in outcome.passed[0]
    bed.world.contacts.clear()
    bed.world.contact(owner=20)
    assert "is not active" in bed.ask("contact").reason


def test_an_owner_whom_no_person_stands_for_is_passed_over(bed):
    contact = bed.world.contact(owner=19)
    bed.world.deal(contact, owner=18)
    bed.known.discard(18)
    assert bed.chosen(bed.ask("deal", "contact")) == ("contact", contact, 19)
    bed.known.clear()
    bed.later(60)
    assert "no person is mapped to owner" in bed.ask("deal", "contact").reason


def test_an_entity_without_owner_is_passed_over(bed):
    bed.world.contact(owner=None, minute=9)
    contact = bed.world.contact(owner=17, minute=1)
    assert bed.chosen(bed.ask("contact")) == ("contact", contact, 17)


def test_an_owner_who_changed_is_seen_after_ten_minutes_without_delay(bed):
    bed.world.contact(owner=17)
    bed.ask("contact")
    bed.world.user(17, active=False)
    bed.later(601)
    began = bed.fake.clock.seconds
    assert isinstance(bed.ask("contact"), OwnerFound)
    assert (bed.fake.clock.seconds - began) / bed.fake.latency_s <= 2.01
    bed.later(60)
    assert "is not active" in bed.ask("contact").reason


def test_an_owner_who_cannot_be_asked_for_is_known_by_his_id(bed):
    contact = bed.world.contact(owner=17)
    bed.fake.hides_users = True
    assert bed.chosen(bed.ask("contact")) == ("contact", contact, 17)
