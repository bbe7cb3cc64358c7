"""What a visitor did on the site reaches the real switch's `match` and the customer's webhook."""

from __future__ import annotations

import time

import pytest
from switchbed.cases import parse_phone
from test_switch_people import carry

from routing.model.entities import Visitor
from routing.model.visitors import Lending
from routing.store.address import parse
from routing.store.client import Store
from routing.store.embedded import url
from routing.store.leases import RedisLeases

LENT = "+380800330041"
VISITOR = Visitor({"region": "521"}, {"utm_source": "google", "landing": "/дренаж/"})
TAKES = "answers after 100ms, talks 1500ms"


@pytest.fixture
def leases(bed):
    """The leases that the engine asks."""
    store = Store(parse(url(bed.company.root)), budget_s=2.0)
    yield RedisLeases(store)
    store.close()


def asked(bed, caller):
    return [question for question in bed.handler.asked if question["caller"] == caller]


def test_a_lent_numbers_visitor_is_known_to_match_and_to_the_webhook(bed, leases):
    lending = Lending("bed", "site", [LENT], 60, 60)
    assert leases.lend(lending, "visitor-00000001", VISITOR, {"category": "дренаж і злив"}, time.time()) == LENT
    with bed.ringing("oksana.desk", parse_phone(TAKES)) as phone:
        carry(bed, LENT, "+380671239001")
        assert any(message.received and message.start == "INVITE" for message in phone.messages())
    (question,) = asked(bed, "+380671239001")
    assert question["entities"] == {"region": "521", "category": "дренаж і злив"}
    assert question["source"] == VISITOR.source


def test_another_page_is_another_branch(bed, leases):
    lending = Lending("bed", "site", [LENT], 60, 60)
    leases.lend(lending, "visitor-00000001", VISITOR, {"category": "насоси"}, time.time())
    carry(bed, LENT, "+380671239002")
    assert asked(bed, "+380671239002") == []
