"""What is particular to one vendor."""

from __future__ import annotations

import pytest

from routing.crm.generic import values
from routing.crm.throttle import Throttle
from routing.model.lookup import Failed, NoOwnerFound, OwnerFound
from routing.model.web import Reply
from support.crm_bed import Bed, config
from support.crm_fakes.altegio import Altegio
from support.crm_fakes.bitrix24 import Bitrix24
from support.crm_fakes.creatio import Creatio
from support.crm_fakes.generic import Generic
from support.crm_fakes.hubspot import Hubspot
from support.crm_fakes.retailcrm import Retailcrm
from support.crm_fakes.salesforce import Salesforce
from support.crm_fakes.zoho_crm import ZohoCrm
from support.crm_world import CALLER

JSON = {"a": [{"b": 1}, {"b": 2}], "c": {"d": "x"}}


def test_bitrix_asks_twice_for_everything_and_once_for_the_owner():
    bed = Bed(Bitrix24())
    bed.world.deal(bed.world.contact(), owner=17)
    assert bed.ask().card_url.startswith("https://standartpark.bitrix24.eu/crm/deal/details/")
    assert [asked.path.rsplit("/", 1)[1] for asked in bed.fake.requests] == ["batch", "batch", "user.get"]


def test_bitrix_says_which_command_it_refuses():
    bed = Bed(Bitrix24())
    bed.world.contact()
    errors = {"LEAD": {"error": "insufficient_scope", "error_description": "hush"}}
    body = b'{"result": {"result": [], "result_error": %s}}' % str(errors).replace("'", '"').encode()
    bed.fake.replies.append(Reply(200, {}, body))
    assert bed.ask() == Failed("ours: it refuses a command: insufficient_scope")


def test_a_bitrix_secret_that_is_no_address_is_said():
    bed = Bed(Bitrix24())
    bed.systems.renew({"HOOK": "hush"})
    outcome = bed.ask()
    assert isinstance(outcome, Failed) and "incoming webhook" in outcome.reason and "hush" not in outcome.reason


def test_a_secret_that_is_not_set_is_named():
    bed = Bed(Hubspot())
    bed.systems.renew({})
    assert bed.ask() == Failed("ours: secret TOKEN is not set")
    bed.systems.renew({"TOKEN": "hush-static"})
    assert isinstance(bed.ask(), NoOwnerFound)


def test_a_salesforce_queue_is_nobody_and_is_not_asked_for():
    bed = Bed(Salesforce())
    bed.world.lead(owner=None)
    outcome = bed.ask("lead")
    assert "owner 00G000000000001 is not active" in outcome.reason
    assert not [asked for asked in bed.fake.requests if "FROM User" in asked.one("q")]


def test_zoho_stops_at_the_first_form_of_the_number_that_is_found():
    bed = Bed(ZohoCrm())
    bed.world.contact()
    bed.ask("contact")
    asked = [each.one("phone") for each in bed.fake.requests if each.path.endswith("/search")]
    assert asked == [CALLER]


def test_altegio_takes_the_next_appointment_and_else_the_last_that_was_kept():
    bed = Bed(Altegio())
    client = bed.world.contact(owner=19)
    first = bed.world.deal(client, owner=18, minute=60)
    bed.world.deal(client, owner=17, minute=5)
    assert bed.chosen(bed.ask()) == ("deal", first, 18)
    bed.world.deals.clear()
    bed.later(60)
    assert bed.chosen(bed.ask()) == ("contact", client, 19)


def test_retailcrm_reads_its_statuses_once_an_hour():
    bed = Bed(Retailcrm())
    for wait_s in (0, 60, 3600):
        bed.later(wait_s)
        bed.ask("lead")
    assert len([each for each in bed.fake.requests if each.path.endswith("/statuses")]) == 2


def test_creatio_takes_only_ids_of_strict_form_into_a_filter():
    bed = Bed(Creatio())
    bed.world.contact()
    bed.fake.id = lambda number: f"x' or Id ne {number}"
    assert isinstance(bed.ask("contact"), Failed | NoOwnerFound)
    assert not [each for each in bed.fake.requests if " ne " in each.one("$filter")]


def test_a_next_page_on_another_server_is_not_asked_for():
    bed = Bed(Generic())
    body = b'{"result": {"items": [], "next": "https://evil.example.com/api/leads"}}'
    bed.fake.replies.append(Reply(200, {}, body))
    assert bed.ask("lead") == Failed("ours: its next page is on another server")


def test_a_crm_that_cannot_be_asked_for_owners_is_matched_by_id():
    bed = Bed(Generic())
    contact = bed.world.contact(owner=18)
    outcome = bed.systems.lookup(config(bed.fake, owner=None), CALLER, ("contact",), bed.knows, 2.0, {})
    assert isinstance(outcome, OwnerFound)
    assert bed.chosen(outcome) == ("contact", contact, 18)


@pytest.mark.parametrize(
    ("page", "card"),
    [
        ("/c/7", "https://crm.example.com/c/7"),
        ("https://other.example.com/7", "https://other.example.com/7"),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_card_is_an_address_that_a_browser_may_open(page, card):
    bed = Bed(Generic())
    bed.world.contact()
    row = bed.fake._row
    bed.fake._row = lambda each: row(each) | {"page": page}
    assert bed.ask("contact").card_url == card


@pytest.mark.parametrize("owner", ["../../admin", "..", "17/delete", "a?b"])
def test_an_owner_id_cannot_leave_its_place_in_an_address(owner):
    bed = Bed(Generic())
    bed.world.contact()
    row = bed.fake._row
    bed.fake._row = lambda each: row(each) | {"manager": {"id": owner}}
    bed.systems.lookup(config(bed.fake), CALLER, ("contact",), lambda owner: True, 2.0, {})
    assert all(asked.path == "/api/find" or asked.path.startswith("/api/users/") for asked in bed.fake.requests)
    assert not [asked for asked in bed.fake.requests if asked.path.count("/") > 3 or asked.query]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", [{"a": [{"b": 1}, {"b": 2}], "c": {"d": "x"}}]),
        ("a[].b", [1, 2]),
        ("c.d", ["x"]),
        ("c.e", []),
        ("c[]", []),
        (None, []),
    ],
)
def test_places_in_json(path, found):
    assert values(JSON, path) == found


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"retry-after": "30"}, 30.0),
        ({"retry-after": "Thu, 01 Jan 2026 00:01:00 GMT"}, 60.0),
        ({"retry-after": "soon"}, 2.0),
        ({"retry-after": "-5"}, 0.1),
        ({"retry-after": "nan"}, 2.0),
        ({"retry-after": "99999999"}, 3600.0),
        ({"x-ratelimit-reset": "2"}, 2.0),
        ({"x-ratelimit-reset": "1767225610"}, 10.0),
        ({}, 2.0),
    ],
)
def test_how_long_it_is_left_alone(headers, wait_s):
    throttle = Throttle(lambda: 0.0, lambda: 1767225600.0)
    assert throttle.noted(Reply(429, headers)) == pytest.approx(wait_s)
    assert throttle.left_s() == pytest.approx(wait_s)
    assert throttle.noted(Reply(200, headers)) == 0.0
