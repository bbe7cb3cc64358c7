"""The callback form in a real Chromium, on a page with a strict Content-Security-Policy, against an API in memory that
answers as a test says. Every fault of the page, violations of its policy included, fails the test."""

from __future__ import annotations

import json
import random
import re
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from routing.track.script import texts
from support.browser import missing
from support.callback_stub import Api
from support.callback_visitor import NUMBER, SHOWN, FormVisitor

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
SCHEMES = Path(__file__).parents[2] / "schemes"
INSIDE = "#inside routing-callback"
WEEKDAYS = ("понеділок", "вівторок", "середа", "четвер", "п\N{MODIFIER LETTER APOSTROPHE}ятниця", "субота", "неділя")
INTO_PAGE = '<div id="inside" data-routing-callback="lviv"><a href="tel:+380577280001">057 728 00 01</a></div>'
UK = texts()["uk"]


def test_an_order_goes_with_what_is_known_of_the_visitor(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.run("shop.region = {id: 521}")
    visitor.opens()
    visitor.orders()
    visitor.is_told(UK["soon"].format(number=SHOWN))
    (order,) = api.answers.received
    assert len(order.pop("visitor")) == 32 and order.pop("proof")
    assert order == {
        "number": NUMBER,
        "at": "now",
        "entities": {"category": "drainage", "region": "521"},
        "source": {"utm_source": "google", "landing": "/drainage"},
        "consent": {"text": "routing-1 uk", "page": f"{visitor.site.origin}/drainage"},
    }
    assert visitor.run("return ordered") == ["0"]
    assert visitor.focus() == "status"


def test_a_call_at_a_time_of_another_day(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.opens()
    assert visitor.shows(".days").split("\n")[:2] == ["Зараз", "Завтра"]
    visitor.click("#day1")
    visitor.run(f"{visitor.found('#time')}.selectedIndex = 3")
    visitor.orders()
    visitor.until("ordered.length")
    assert api.answers.received[0]["at"] == api.answers.slots[3]
    local = visitor.run(f"return new Date('{api.answers.slots[3]}').toTimeString().slice(0, 5)")
    assert visitor.shows("[role=status]") == UK["later"].format(number=SHOWN, at=f"завтра, {local}")


def test_who_is_in_another_time_zone_reads_their_own_time(visitor: FormVisitor, api: Api) -> None:
    visitor.browser.devtools("Emulation.setTimezoneOverride", timezoneId="Europe/Warsaw")
    visitor.comes()
    visitor.opens()
    visitor.click("#day1")
    assert visitor.shows("[for=time]") == f"{UK['time']} (Europe/Warsaw)"
    visitor.orders()
    visitor.until("ordered.length")
    at = datetime.fromisoformat(api.answers.slots[0]).astimezone(ZoneInfo("Europe/Warsaw"))
    # around midnight tomorrow in Kyiv is the day after tomorrow in Warsaw
    is_tomorrow = (at.date() - datetime.now(at.tzinfo).date()).days == 1
    day = "завтра" if is_tomorrow else WEEKDAYS[at.weekday()]
    assert visitor.shows("[role=status]").endswith(f"{day}, {at:%H:%M}.")


def test_a_closed_company_says_when_it_opens_and_offers_no_now(visitor: FormVisitor, api: Api) -> None:
    api.answers.is_open, api.answers.opens = False, api.answers.slots[0]
    visitor.comes()
    visitor.opens()
    visitor.is_told("Відчиняємось: завтра", ".closed")
    assert "Зараз" not in visitor.shows(".days")
    visitor.orders()
    visitor.until("ordered.length")
    assert api.answers.received[0]["at"] == api.answers.slots[0]


def test_the_second_click_orders_nothing(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.opens()
    api.answers.gate.clear()
    visitor.types()
    for _ in range(3):
        visitor.click(".main")
    visitor.browser.press("Enter", "Enter")
    visitor.is_told(UK["wait"])
    api.answers.gate.set()
    visitor.until("ordered.length")
    assert len(api.answers.received) == 1


def test_an_order_is_cancelled_also_on_the_next_page(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.opens()
    visitor.orders()
    visitor.until("ordered.length")
    visitor.comes("/contacts")
    visitor.click(".float")
    visitor.is_told(SHOWN)
    visitor.click(".plain")
    visitor.is_told(UK["cancelled"])
    assert [order["status"] for order in api.answers.orders.values()] == ["cancelled"]
    assert visitor.focus() == "status"
    visitor.orders("067 765-43-21")
    visitor.until("ordered.length")
    assert len(api.answers.orders) == 2


def test_an_order_that_is_over_is_shown_no_more(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.opens()
    visitor.orders()
    visitor.until("ordered.length")
    for order in api.answers.orders.values():
        order["status"] = "talked"
    visitor.comes("/contacts")
    visitor.click(".float")
    visitor.until(f"!{visitor.found('fieldset')}.hidden && !{visitor.found('form')}.hidden")
    assert visitor.shows("[role=status]") == ""


@pytest.mark.parametrize("number", ["", "12", "call me", "+38 067 123 45 67 89 01 23", "067123456x"])
def test_what_is_no_number_is_told_beside_it_and_not_sent(visitor: FormVisitor, api: Api, number: str) -> None:
    visitor.comes()
    visitor.opens()
    visitor.orders(number)
    visitor.is_told(UK["bad"], "#number-error")
    assert visitor.focus() == "number"
    assert visitor.run(f"return {visitor.found('#number')}.getAttribute('aria-invalid')") == "true"
    assert api.answers.received == []
    visitor.browser.press("1")
    assert visitor.shows("#number-error") == ""


#: Pieces of what people and attackers type.
PIECES = [
    *("+", "0", "67", "123", "45-67", "(0)", "8.9", " ") * 3,
    *("\u0660\u0661\u0662", "\u202e", "${system(ls)}", "'\";--", "<b>", "\\r\\n", "|,&", "user/1001", "e9"),
]
HOSTILE = 500
SUBMIT_EACH = """return (async () => {
    const input = %s, form = %s, real = window.fetch, sent = [];
    window.fetch = (at, how) => {
        if (how.method === 'POST') sent.push(JSON.parse(how.body).number);
        return real(at, how);
    };
    for (const typed of %s) {
        input.value = typed;
        input.form.requestSubmit();
        for (let turn = 0; turn < 9; turn++) await null;
        while (form.ariaBusy === 'true') await new Promise(next => setTimeout(next));
    }
    return sent;
})()"""


def test_nothing_but_a_number_is_ever_sent(visitor: FormVisitor, api: Api) -> None:
    chance = random.Random(7)
    typed = ["".join(chance.choices(PIECES, k=chance.randrange(12))) for _ in range(HOSTILE)]
    api.answers.refuses_all = True
    visitor.comes()
    visitor.opens()
    sent = visitor.run(SUBMIT_EACH % (visitor.found("#number"), visitor.found("section"), json.dumps(typed)))
    numbers = [re.sub(r"[\s().-]", "", each) for each in sent]
    assert len(numbers) > 15
    assert [each for each in numbers if not re.fullmatch(r"\+?[0-9]{7,15}", each)] == []


@pytest.mark.parametrize(
    ("status", "said", "place", "words"),
    [
        (400, {"error": "number"}, "#number-error", UK["bad"]),
        (403, {"error": "destination"}, "#number-error", UK["destination"]),
        (400, {"error": "at"}, "#time-error", UK["past"]),
        (429, {"error": "too_often", "retry_s": 290}, "[role=status]", UK["often"].format(minutes=5)),
        (429, "<html>a proxy", "[role=status]", UK["often"].format(minutes=1)),
        (503, {"error": "down"}, "[role=status]", UK["down"]),
        (502, "<html>a proxy", "[role=status]", UK["down"]),
    ],
)
def test_a_refusal_is_told_in_words_and_the_next_try_may_succeed(
    visitor: FormVisitor, api: Api, status: int, said: Any, place: str, words: str
) -> None:
    api.answers.refusals = [(status, said)]
    visitor.comes()
    visitor.opens()
    visitor.click("#day1")
    visitor.orders()
    visitor.is_told(words, place)
    assert visitor.run("return ordered") == []
    visitor.click(".main")
    visitor.until("ordered.length")
    assert visitor.shows("section").find(words) < 0


def test_a_time_that_is_taken_meanwhile_is_offered_no_more(visitor: FormVisitor, api: Api) -> None:
    api.answers.refusals = [(400, {"error": "at"})]
    visitor.comes()
    visitor.opens()
    visitor.click("#day1")
    taken = api.answers.slots.pop(0)
    visitor.orders()
    visitor.is_told(UK["past"], "#time-error")
    assert visitor.run(f"return [...{visitor.found('#time')}.options].some(each => each.value === '{taken}')") is False


def test_only_an_error_has_an_errors_mark(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.opens()
    mark = f"getComputedStyle({visitor.found('#number-error')}, '::before').content"
    assert visitor.run(f"return {mark}") == "none"
    visitor.orders("12")
    assert "⚠" in visitor.run(f"return {mark}")


def test_a_number_is_not_typed_twice(visitor: FormVisitor) -> None:
    visitor.comes()
    visitor.opens()
    visitor.types()
    visitor.browser.press("Escape")
    visitor.opens()
    assert visitor.run(f"return {visitor.found('#number')}.value") == NUMBER


ODD_TIMES = ["", "null", "[]", "<html>", {}, {"open": True, "slots": ["x"]}, {"open": False, "opens": "x", "slots": []}]
ODD_CHALLENGES = [
    "",
    "null",
    {},
    {"challenge": "00", "salt": "", "algorithm": "SHA-256"},
    {"challenge": 7, "maxnumber": 9},
]


@pytest.mark.parametrize("odd", ODD_TIMES, ids=repr)
def test_without_usable_hours_a_call_is_ordered_for_now(visitor: FormVisitor, api: Api, odd: Any) -> None:
    api.answers.odd["/v1/callbacks/times"] = odd
    visitor.comes()
    visitor.opens()
    visitor.orders()
    visitor.until("ordered.length")
    assert api.answers.received[0]["at"] == "now"


@pytest.mark.parametrize("odd", ODD_CHALLENGES, ids=repr)
def test_a_challenge_that_is_none_ends_in_words(visitor: FormVisitor, api: Api, odd: Any) -> None:
    api.answers.odd["/v1/callbacks/challenge"] = odd
    visitor.comes()
    visitor.opens()
    visitor.orders()
    visitor.until(f"{visitor.found('[role=status]')}.className === 'error'")
    del api.answers.odd["/v1/callbacks/challenge"]
    visitor.click(".main")
    visitor.until("ordered.length")


def test_a_proof_that_is_too_old_is_made_anew_once(visitor: FormVisitor, api: Api) -> None:
    api.answers.refusals = [(403, {"error": "proof"})]
    visitor.comes()
    visitor.opens()
    visitor.orders()
    visitor.until("ordered.length")
    assert len({order["proof"] for order in api.answers.received}) == 2
    visitor.click(".plain")
    visitor.is_told(UK["cancelled"])
    api.answers.refusals = [(403, {"error": "proof"})] * 2
    visitor.click(".main")
    visitor.is_told(UK["down"])


def test_without_a_network_and_without_an_answer(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.opens()
    visitor.types()
    network = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    visitor.browser.devtools("Network.enable")
    visitor.browser.devtools("Network.emulateNetworkConditions", offline=True, **network)
    try:
        visitor.click(".main")
        visitor.is_told(UK["offline"])
    finally:
        visitor.browser.devtools("Network.emulateNetworkConditions", offline=False, **network)
    api.answers.gate.clear()
    visitor.run("const real = setTimeout; window.setTimeout = (act, ms) => real(act, ms === 8000 ? 50 : ms)")
    visitor.click(".main")
    visitor.is_told(UK["slow"])
    api.answers.gate.set()


def test_the_lent_number_is_offered_when_orders_are_not_taken(visitor: FormVisitor, api: Api) -> None:
    api.answers.number = "057 728 00 01"
    api.answers.refusals = [(503, {"error": "down"})]
    visitor.comes()
    visitor.until("routing.number()")
    visitor.opens()
    visitor.orders()
    visitor.is_told(UK["dial"].format(number=api.answers.number))


def test_a_form_in_the_page_is_of_its_own_scheme(visitor: FormVisitor, api: Api) -> None:
    visitor.site.fill |= {"MARKS": "", "BODY": INTO_PAGE}
    visitor.host = INSIDE
    visitor.comes()
    visitor.until(f"!{visitor.found('fieldset')}.hidden")
    assert visitor.run("return document.querySelector('#inside > a')") is None
    assert visitor.focus() == "body", "a form in the page takes no focus when it comes"
    visitor.orders()
    visitor.until("ordered.length")
    assert api.answers.received[0]["scheme"] == "lviv"
    assert [path for path in api.answers.asked if "times" in path] == ["/v1/callbacks/times?scheme=lviv"]


def test_a_form_comes_into_what_the_page_draws_later(visitor: FormVisitor) -> None:
    visitor.site.fill |= {"MARKS": "", "BODY": ""}
    visitor.browser.visit(visitor.site.origin)
    visitor.until("window.routing")
    assert visitor.run("return !!window.routing.form") is False
    visitor.run("""const later = document.createElement('div');
        later.id = 'inside'; later.dataset.routingCallback = ''; document.body.append(later)""")
    visitor.until(f"document.querySelector('{INSIDE}').shadowRoot.querySelector('form')")


def test_a_page_that_asks_for_no_form_loads_none(visitor: FormVisitor, api: Api) -> None:
    visitor.site.fill |= {"MARKS": "", "BODY": ""}
    visitor.browser.visit(visitor.site.origin)
    visitor.until("window.routing && new Promise(done => requestIdleCallback(() => setTimeout(done, 0, true)))")
    assert api.answers.asked == ["/v1/site.js"]
    visitor.run("routing.callback('kharkiv')")
    visitor.until(f"{visitor.found('dialog')}.open")


def test_before_consent_an_order_says_nothing_of_the_visitor(visitor: FormVisitor, api: Api) -> None:
    visitor.site.fill["MARKS"] = 'data-callback="button" data-consent="wait"'
    visitor.comes()
    assert visitor.run("return localStorage.length + sessionStorage.length") == 0
    visitor.opens()
    visitor.orders()
    visitor.until("ordered.length")
    assert {*api.answers.received[0]} == {"number", "at", "entities", "consent", "proof"}
    assert visitor.run("return localStorage.length") == 0


@pytest.mark.parametrize("lacks", ["the form's script", "constructed style sheets"])
def test_a_link_that_opens_the_form_is_a_link_when_the_form_does_not_come(
    visitor: FormVisitor, api: Api, lacks: str
) -> None:
    api.answers.has_form = lacks != "the form's script"
    body = '<a id="link" href="#contacts" data-routing-callback>x</a>'
    if api.answers.has_form:
        body += '<script nonce="page">window.CSSStyleSheet = undefined</script>'
    visitor.site.fill |= {"MARKS": "", "BODY": body}
    visitor.browser.visit(visitor.site.origin)
    visitor.until("window.routing")
    visitor.run("document.getElementById('link').click()")
    visitor.until("location.hash === '#contacts'")
    visitor.run("history.replaceState(null, '', '#'); document.getElementById('link').click()")
    visitor.until("location.hash === '#contacts'")


def test_the_page_moves_while_the_proof_is_made(visitor: FormVisitor, api: Api) -> None:
    api.answers.secret_number, api.answers.most = 20_000, 40_000
    visitor.comes()
    visitor.opens()
    visitor.run("""const real = crypto.subtle.digest.bind(crypto.subtle);
        window.turns = window.seen = 0;
        const turn = () => { turns += 1; if (!ordered.length) setTimeout(turn); };
        crypto.subtle.digest = (...given) => { if (!turns) turn(); seen = turns; return real(...given) }""")
    visitor.orders()
    visitor.until("ordered.length")
    assert visitor.run("return seen") > 5
