"""What a CRM described in YAML is told of the site's visitor: escaped for its place, whatever a stranger wrote."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.decide.crm_lookup import visitor_facts
from routing.model.decision import Call
from routing.model.entities import LONGEST_VALUE, Visitor, variables, visitor_of
from routing.model.lookup import NoOwnerFound, OwnerFound
from routing.model.web import Reply
from support.crm_bed import FAKES, Bed
from support.crm_fake import Fake
from support.crm_fakes.generic import FACTS, PERSON, Generic
from support.crm_world import CALLER

ASKS = "/leads?phone={phone}&region={entity.region}&campaign={source.utm_campaign}"
BODY = {"phone": "{digits}", "visit": {"region": "{entity.region}", "words": ["came by {source.utm_campaign}"]}}
LEAD = {"lead": {"path": ASKS, "open": {"state": ["new", "work"]}, **FACTS, **PERSON}}
CONTACT = {"contact": {"path": "/find", "method": "POST", "body": BODY, **FACTS, **PERSON}}
HOSTILE = [
    'two "quotes" and \\ a backslash',
    "line\r\nX-Injected: yes\r\n\r\n{}",
    "${system(reboot)} $${x} {phone} {entity.region} {TOKEN}",
    "&phone=+380670000000#frag?x=1;y=%2B%00",
    "../../admin",
    "}, {'a': 1}",
    "дренаж \u202e\u2028 \x00 \ud800",
    "x" * 10_000,
]


def visiting(region: str = "", campaign: str = "", **more: str) -> Visitor:
    entities = {name: value for name, value in {"region": region, **more}.items() if value}
    return Visitor(entities, {"utm_campaign": campaign} if campaign else {})


@pytest.fixture
def bed() -> Bed:
    return Bed(Generic())


def urls(fake: Fake) -> list[str]:
    """Keeps the addresses of requests as they are sent."""
    sent: list[str] = []
    answer = fake.answer

    def kept(method: str, url: str, headers: object, body: bytes) -> Reply:
        sent.append(url)
        return answer(method, url, headers, body)

    fake.answer = kept
    return sent


def test_the_visitors_values_are_parameters_of_the_address(bed: Bed) -> None:
    lead, sent = bed.world.lead(), urls(bed.fake)
    outcome = bed.ask("lead", visitor=visiting("521 & ко", "осінь/2026"), **LEAD)
    assert bed.chosen(outcome) == ("lead", lead, 17)
    assert sent[0].isascii()
    assert parse_qsl(urlsplit(sent[0]).query) == [("phone", CALLER), ("region", "521 & ко"), ("campaign", "осінь/2026")]


def test_the_visitors_values_are_texts_of_the_body(bed: Bed) -> None:
    bed.world.contact()
    assert isinstance(bed.ask("contact", visitor=visiting("521", "autumn"), **CONTACT), OwnerFound)
    visit = {"region": "521", "words": ["came by autumn"]}
    assert bed.fake.requests[0].json == {"phone": CALLER[1:], "visit": visit}


def test_a_value_that_this_visitor_has_not_is_empty(bed: Bed) -> None:
    sent = urls(bed.fake)
    bed.ask("lead", **LEAD)
    bed.ask("contact", visitor=visiting(campaign="autumn"), **CONTACT)
    assert sent[0].endswith("&region=&campaign=")
    assert bed.fake.requests[1].json["visit"] == {"region": "", "words": ["came by autumn"]}


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_what_a_stranger_wrote_stays_one_harmless_value(bed: Bed, words: str) -> None:
    """As a call carries it: through the channel variables that a visitor step sets."""
    sent, visitor = urls(bed.fake), visitor_of(variables(visiting(words, words)))
    bed.ask("lead", visitor=visitor, **LEAD)
    bed.ask("contact", visitor=visitor, **CONTACT)
    value = visitor.entities["region"]
    assert len(value) <= LONGEST_VALUE and not set(value) & set('"\\\r\n\0{}$;<>\u202e\u2028')
    asked = urlsplit(sent[0])
    assert (asked.path, asked.fragment) == ("/api/leads", "")
    assert parse_qsl(asked.query) == [("phone", CALLER), ("region", value), ("campaign", value)]
    assert bed.fake.requests[1].json["visit"] == {"region": value, "words": [f"came by {value}"]}


@pytest.mark.thorough
@settings(max_examples=200, deadline=None)
@given(words=st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.sampled_from(HOSTILE[:6]))
def test_the_adapter_escapes_whatever_it_is_given(words: str) -> None:
    """Even values that nobody has cleaned."""
    bed = Bed(Generic())
    sent = urls(bed.fake)
    bed.ask("lead", visitor=visiting(words), **LEAD)
    bed.ask("contact", visitor=visiting(words), **CONTACT)
    asked = urlsplit(sent[0])
    assert sent[0].isascii() and sent[0].isprintable()
    assert (asked.path, asked.fragment) == ("/api/leads", "")
    values = [("phone", CALLER), ("region", words), ("campaign", "")]
    assert parse_qsl(asked.query, keep_blank_values=True) == values
    assert json.loads(bed.fake.requests[1].body)["visit"]["region"] == words


def test_another_visit_of_the_same_caller_is_another_question(bed: Bed) -> None:
    def asked(visitor: Visitor) -> int:
        before = len(bed.fake.requests)
        bed.ask("lead", visitor=visitor, **LEAD)
        return len(bed.fake.requests) - before

    assert [asked(visiting("521")), asked(visiting("521")), asked(visiting("522"))] == [1, 0, 1]
    assert [asked(visiting("522", "autumn")), asked(visiting()), asked(visiting("521"))] == [1, 1, 0]
    # what no template uses makes no other question
    assert asked(visiting("521", category="pumps")) == 0


def test_the_last_answer_to_the_same_question_stands_in_for_a_crm_that_errs(bed: Bed) -> None:
    lead = bed.world.lead()
    bed.ask("lead", visitor=visiting("521"), **LEAD)
    bed.later(60)
    bed.fake.always = Reply(500, {}, b"oops")
    outcome = bed.ask("lead", visitor=visiting("521"), **LEAD)
    assert (bed.chosen(outcome), outcome.stale) == (("lead", lead, 17), True)
    assert not isinstance(bed.ask("lead", visitor=visiting("522"), **LEAD), OwnerFound)


@pytest.mark.parametrize("fake", FAKES, ids=lambda fake: fake.__name__)
def test_a_crm_that_is_not_to_be_told_is_told_nothing(fake: type[Fake]) -> None:
    bed = Bed(fake())
    bed.world.contact()
    sent = urls(bed.fake)
    bed.ask(visitor=visiting("hush-region", "hush-campaign"))
    asked = len(sent)
    assert asked
    assert bed.ask(visitor=visiting("other")) and len(sent) == asked
    assert not [each for each in sent if "hush-region" in each or "hush-campaign" in each]
    assert not [each for each in bed.fake.requests if b"hush-region" in each.body or b"hush-campaign" in each.body]


def test_kinds_that_ask_one_address_differently_are_asked_for_each(bed: Bed) -> None:
    found = {"path": "/find", "method": "POST", **FACTS, **PERSON}
    both = {"lead": {**found, "body": {"phone": "{phone}"}}, "contact": {**found, "body": {"phone": "{tail}"}}}
    assert isinstance(bed.ask("lead", "contact", **both), NoOwnerFound)
    assert sorted(each.json["phone"] for each in bed.fake.requests) == [CALLER, CALLER[-9:]]


@pytest.mark.parametrize(("remember", "later", "asked"), [("1s", 2, 2), ("10m", 590, 1), (None, 40, 1), (None, 50, 2)])
def test_how_long_an_answer_counts_is_a_setting(bed: Bed, remember: str | None, later: int, asked: int) -> None:
    wanted = {"remember": remember} if remember else {}
    bed.ask("lead", **wanted)
    bed.later(later)
    bed.ask("lead", **wanted)
    assert len(bed.fake.requests) == asked


def test_only_what_the_templates_use_is_told() -> None:
    call = Call("u", "/r", "s", "1", "", CALLER, entities={"region": "521", "category": "x"}, source={"gclid": "1"})
    step = {"crm": {"system": "ours", "told": ["entity.region", "source.utm_campaign"]}}
    assert visitor_facts(step, call) == {"entity.region": "521", "source.utm_campaign": ""}
    assert visitor_facts({"crm": {"system": "ours"}}, call) == {}
