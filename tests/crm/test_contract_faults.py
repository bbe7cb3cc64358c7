"""The contract of every CRM when something is wrong: tokens, limits, deadlines, errors, nonsense."""

from __future__ import annotations

import os
from pathlib import Path

import gevent
import pytest

from routing.crm.tasks import Greenlets
from routing.model.lookup import Failed, NoOwnerFound, OwnerFound
from routing.model.web import Reply
from support.crm_bed import FAKES, Bed
from support.crm_world import CALLER

pytestmark = pytest.mark.thorough


def test_an_expired_token_is_renewed_once_for_all_who_ask(request, bed):
    if not bed.fake.renews:
        pytest.skip("this API's credentials stay")
    bed = Bed(type(bed.fake)(wait=lambda: gevent.sleep(0)), Greenlets())
    contact = bed.world.contact()
    assert isinstance(bed.ask("contact", caller="+380501112233"), NoOwnerFound)
    assert bed.fake.granted == 1
    bed.fake.expire()
    asked = [gevent.spawn(bed.ask, *order) for order in (("contact",), ("deal", "contact"), ("lead", "contact"))]
    gevent.joinall(asked, timeout=30)
    assert {bed.chosen(each.value) for each in asked} == {("contact", contact, 17)}
    assert bed.fake.granted == 2


def test_a_token_is_renewed_before_it_ends(bed):
    if not bed.fake.renews:
        pytest.skip("this API's credentials stay")
    bed.world.contact()
    bed.ask()
    bed.later(3600)
    bed.ask()
    assert bed.fake.granted == 2


#: What every request to a CRM may come to.
REPLIES = {
    **{f"status {status}": Reply(status, {}, b'{"error": "x"}') for status in (302, 400, 401, 403, 404, 429, 500, 503)},
    "a web page": Reply(200, {"content-type": "text/html"}, b"<html>"),
    "nothing": Reply(200, {}, b""),
    "a list of texts": Reply(200, {}, b'["x"]'),
    "other fields": Reply(200, {}, b'{"x": 1}'),
}
REASONS = Path(__file__).parent / "reasons.txt"


def test_the_reason_of_every_failure_is_in_words():
    """``reasons.txt`` holds them, vendor by vendor, written anew by ``make golden``."""
    found = []
    for fake in FAKES:
        for name, reply in REPLIES.items():
            bed = Bed(fake())
            bed.world.contact()
            bed.fake.always = reply
            outcome = bed.ask()
            found.append(f"{fake.__name__}, {name}: {getattr(outcome, 'reason', outcome)}\n")
    text = "".join(found)
    if os.environ.get("ROUTING_GOLDEN"):
        REASONS.write_text(text, "utf-8")
    assert text == REASONS.read_text("utf-8")


def test_credentials_that_are_refused_fail_in_words(bed):
    bed.fake.refuses = True
    outcome = bed.ask()
    assert isinstance(outcome, Failed)
    assert "credentials" in outcome.reason or "no token" in outcome.reason
    assert len(bed.fake.requests) <= 6


def test_too_many_requests_leaves_it_alone_for_as_long_as_it_says(bed, everything):
    made = everything()
    bed.fake.always = bed.fake.too_many
    assert "rate limit" in bed.ask().reason
    bed.fake.always = None
    asked, wait_s = len(bed.fake.requests), float(bed.fake.too_many.headers.get("retry-after", 2))
    bed.later(wait_s - 0.5)
    assert "rate limit" in bed.ask().reason
    assert len(bed.fake.requests) == asked
    bed.later(0.6)
    assert bed.chosen(bed.ask()) == made.get("lead", made["deal"])


@pytest.mark.parametrize("latency_s", [0.3, 0.7, 5.0])
def test_one_deadline_holds_for_everything(bed, everything, latency_s):
    everything()
    bed.fake.latency_s = latency_s
    began = bed.fake.clock.seconds
    outcome = bed.ask(deadline_s=1.0)
    assert bed.fake.clock.seconds - began <= 1.0 + 1e-9
    if latency_s == 5.0:
        assert isinstance(outcome, Failed)
        assert "no answer" in outcome.reason


def test_searches_run_side_by_side(bed, everything):
    """A token, two rounds of searches, the owner: never more than four answers one after another."""
    everything()
    began = bed.fake.clock.seconds
    assert isinstance(bed.ask(), OwnerFound)
    rounds = (bed.fake.clock.seconds - began) / bed.fake.latency_s
    assert rounds <= 4.01
    bed.later(60)
    began = bed.fake.clock.seconds
    assert isinstance(bed.ask(), OwnerFound)
    assert (bed.fake.clock.seconds - began) / bed.fake.latency_s <= 2.01


@pytest.mark.parametrize("status", [500, 502, 503])
def test_the_last_answer_stands_in_when_it_errs(bed, everything, status):
    made = everything()
    bed.ask()
    bed.fake.always = Reply(status, {}, b"<h1>Bad Gateway</h1>")
    bed.later(120)
    outcome = bed.ask()
    assert outcome.stale
    assert bed.chosen(outcome) == made.get("lead", made["deal"])
    assert isinstance(bed.ask("contact"), Failed)


def test_the_breaker_opens_probes_and_closes(bed):
    contact = bed.world.contact()
    bed.fake.always = Reply(500)
    for _ in range(5):
        assert isinstance(bed.ask(), Failed)
    asked = len(bed.fake.requests)
    assert "is not asked for a while" in bed.ask().reason
    assert len(bed.fake.requests) == asked
    bed.fake.always = None
    bed.later(11)
    assert bed.chosen(bed.ask()) == ("contact", contact, 17)
    bed.later(60)
    assert bed.chosen(bed.ask()) == ("contact", contact, 17)


@pytest.mark.parametrize(
    "body", [b"<html>", b"\xff\xfe", b"[]", b"{}", b"null", b'"yes"', b'{"data": 5, "result": 7}', b"[" * 100_000]
)
def test_an_answer_of_unknown_form_is_a_failure_or_nobody(bed, body):
    bed.world.contact()
    bed.ask(caller="+380501112233")
    bed.fake.always = Reply(200, {}, body)
    outcome = bed.ask()
    assert isinstance(outcome, Failed | NoOwnerFound)


def test_reasons_and_reprs_hold_no_secret_and_no_name(bed, everything):
    everything()
    shown = [repr(bed.ask()), *(repr((each.adapter, each.auth)) for each in bed.systems.held.values())]
    bed.later(60)
    for reply in (Reply(500), Reply(403, {}, b"hush"), Reply(429, {"retry-after": "1"}), Reply(200, {}, b"hush")):
        bed.fake.always = reply
        shown.append(repr(bed.ask("contact")))
        bed.later(20)
    assert not [text for text in shown if "hush" in text or "Олена" in text or "user1" in text or CALLER in text]
