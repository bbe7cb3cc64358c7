"""The callback form in a real Chromium, on a page with a strict Content-Security-Policy, against an API in memory that
answers as a test says. Every fault of the page, violations of its policy included, fails the test."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from routing.track.script import texts
from support.browser import Browser, Driver, missing
from support.callback_stub import KYIV, Api, Site, at_home, slots
from support.callback_visitor import FLOATING, NUMBER, SHOWN, FormVisitor

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
SCHEMES = Path(__file__).parents[2] / "schemes"
INSIDE = "#inside routing-callback"
INTO_PAGE = '<div id="inside" data-routing-callback="lviv"><a href="tel:+380577280001">057 728 00 01</a></div>'
OPENER = '<button id="opener" data-routing-callback="kharkiv">Kharkiv</button>'
UK = texts()["uk"]


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    driver = Driver(tmp_path_factory.mktemp("browsers"))
    yield driver.browser()
    driver.close()


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api()
    server.answers.slots = slots(datetime.now(KYIV))
    yield server
    server.answers.gate.set()
    server.end()


@pytest.fixture
def site(api: Api) -> Iterator[Site]:
    server = Site(api.origin)
    api.allowed = server.origin
    server.fill |= {"MARKS": 'data-callback="button"', "BODY": OPENER}
    yield server
    server.end()


@pytest.fixture
def visitor(window: Browser, site: Site) -> Iterator[FormVisitor]:
    window.visit(f"{site.origin}/blank")
    window.run("localStorage.clear(); sessionStorage.clear()")
    window.devtools("Emulation.setTimezoneOverride", timezoneId="Europe/Kyiv")
    yield FormVisitor(window, site)
    window.devtools("Emulation.clearDeviceMetricsOverride")
    window.devtools("Emulation.setEmulatedMedia", features=[])
    assert window.run("return window.faults || []") == []


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
    hour = datetime.fromisoformat(api.answers.slots[0]).astimezone(ZoneInfo("Europe/Warsaw")).strftime("%H:%M")
    assert visitor.shows("[role=status]").endswith(f"завтра, {hour}.")


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


def test_with_the_keyboard_alone(visitor: FormVisitor, api: Api) -> None:
    visitor.comes()
    visitor.run("document.getElementById('opener').focus()")
    visitor.browser.press("Tab")
    assert visitor.focus() == "float"
    visitor.browser.press("Enter")
    visitor.until(f"!{visitor.found('fieldset')}.hidden")
    assert visitor.focus() == "number"
    visitor.browser.press(*NUMBER, "Tab")
    assert visitor.focus() == "day0"
    visitor.browser.press("Right", "Tab", "Down", "Tab")
    assert visitor.focus() == "main"
    visitor.browser.press("Enter")
    visitor.until("ordered.length")
    assert api.answers.received[0]["at"] == api.answers.slots[1]
    assert visitor.focus() == "status"
    visitor.browser.press("Tab")
    assert visitor.focus() == "plain"
    visitor.browser.press("Space")
    visitor.is_told(UK["cancelled"])
    visitor.browser.press("Escape")
    assert visitor.run(f"return {visitor.found('dialog')}.open") is False
    assert visitor.focus() == "float"


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_focus_stays_in_the_dialog_and_returns_to_what_opened_it(visitor: FormVisitor, key: str) -> None:
    visitor.comes()
    visitor.run("document.getElementById('opener').focus()")
    visitor.browser.press("Enter")
    visitor.until(f"{visitor.found('fieldset')} && !{visitor.found('fieldset')}.hidden")
    been = []
    for _ in range(14):
        visitor.browser.press(key)
        been.append(visitor.focus())
    assert {"number", "day0", "main", "close"} <= set(been) <= {"number", "day0", "main", "close", "body", "dialog"}
    visitor.run(f"{visitor.found('.close')}.click()")
    assert visitor.focus() == "opener"


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


def test_texts_and_settings_of_the_script_tag(visitor: FormVisitor, api: Api) -> None:
    visitor.site.fill["MARKS"] = (
        'data-callback="button" data-callback-lang="pl" data-callback-scheme="warsaw" data-callback-call="Zadzwoń!" '
        'data-callback-privacy="/privacy" data-callback-consent="Zgoda." data-callback-version="2026-11"'
    )
    visitor.comes()
    assert visitor.shows(".float") == "Zadzwoń!"
    visitor.opens()
    assert visitor.shows(".note") == "Zgoda. O Twoich danych"
    assert visitor.run(f"return {visitor.found('.note a')}.getAttribute('href')") == "/privacy"
    visitor.orders()
    visitor.until("ordered.length")
    assert api.answers.received[0]["scheme"] == "warsaw"
    assert api.answers.received[0]["consent"]["text"] == "2026-11"


def test_markup_in_texts_is_text(visitor: FormVisitor, api: Api) -> None:
    markup = "<img src=x onerror=faults.push(1)>"
    api.answers.number = markup
    api.answers.refusals = [(503, {"error": markup})]
    visitor.site.fill["MARKS"] = f'data-callback="button" data-callback-call="{markup}" data-callback-order="{markup}"'
    visitor.comes()
    visitor.until("routing.number()")
    assert visitor.shows(".float") == markup
    visitor.opens()
    visitor.orders()
    visitor.is_told(markup)
    assert visitor.shows(".main") == markup


def test_the_page_says_how_it_looks(visitor: FormVisitor) -> None:
    visitor.site.fill["CSS"] = ":root { --routing-accent: rgb(1, 90, 3); --routing-radius: 0px }"
    visitor.comes()
    visitor.opens()
    style = f"getComputedStyle({visitor.found('.main')})"
    assert visitor.run(f"return [{style}.backgroundColor, {style}.borderRadius]") == ["rgb(1, 90, 3)", "0px"]


def test_nothing_moves_for_who_wants_less_motion(visitor: FormVisitor) -> None:
    visitor.browser.devtools(
        "Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}]
    )
    visitor.comes()
    visitor.opens()
    assert visitor.run(f"return {visitor.found('dialog')}.getAnimations().length") == 0


PHONE, DESKTOP = (360, 740), (1000, 760)


@pytest.mark.parametrize(("size", "scheme"), [*itertools.product((PHONE, DESKTOP), ("light", "dark"))])
def test_everybody_can_use_it(visitor: FormVisitor, api: Api, size: tuple[int, int], scheme: str, request: Any) -> None:
    width, height = size
    visitor.site.fill |= {"SCHEME": scheme, "LANG": "en", "BODY": INTO_PAGE}
    visitor.site.fill["MARKS"] = 'data-callback="button" data-callback-privacy="/privacy"'
    seen(visitor, width, height)
    visitor.comes()
    assert visitor.violations() == []
    visitor.opens()
    visitor.click("#day1")
    assert visitor.violations() == []
    assert small_targets(visitor) == []
    visitor.orders("1")
    assert visitor.violations() == []
    visitor.orders()
    visitor.until("ordered.length")
    assert visitor.violations() == []
    assert small_targets(visitor) == []
    assert visitor.run("return document.documentElement.scrollWidth - innerWidth") <= 0


def seen(visitor: FormVisitor, width: int, height: int) -> None:
    visitor.browser.devtools(
        "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
    )


#: Roles that a screen reader tells by their names.
TOLD = {"dialog", "heading", "textbox", "group", "radio", "combobox", "button", "status"}


def test_what_a_screen_reader_finds_in_the_dialog(visitor: FormVisitor, api: Api) -> None:
    api.answers.slots = slots(datetime.now(KYIV), days=1)
    visitor.site.fill["LANG"] = "en"
    visitor.comes()
    visitor.opens()
    visitor.click("#day1")
    nodes = [each for each in visitor.browser.devtools("Accessibility.getFullAXTree")["nodes"] if not each["ignored"]]
    found = {(each["role"]["value"], each.get("name", {}).get("value", "")) for each in nodes}
    assert sorted(each for each in found if each[0] in TOLD) == [
        ("button", "Close"),
        ("button", "Request a call"),
        ("combobox", "Time"),
        ("dialog", "Call me back"),
        ("group", "When to call"),
        ("heading", "Call me back"),
        ("radio", "Now"),
        ("radio", "Tomorrow"),
        ("status", ""),
        ("textbox", "Your phone number"),
    ]


def small_targets(visitor: FormVisitor) -> list[Any]:
    """Controls with less than 44 CSS pixels; links inside of a sentence may be."""
    controls = "button, select, input:not([type=radio]), .days label"
    return list(
        visitor.run(f"""const root = document.querySelector('{visitor.host}').shadowRoot;
            return [...root.querySelectorAll('{controls}')].map(each => [each, each.getBoundingClientRect()])
              .filter(([each, at]) => at.width && Math.min(at.width, at.height) < 44)
              .map(([each, at]) => [each.className || each.id || each.textContent, at.width, at.height])""")
    )


def test_the_example_companys_page(visitor: FormVisitor, api: Api) -> None:
    page = (SCHEMES / "site.html").read_text("utf-8")
    visitor.site.page = at_home(page, api.origin)
    visitor.host = "main routing-callback"
    visitor.comes()
    visitor.until(f"!{visitor.found('fieldset')}.hidden")
    visitor.run("""const region = document.getElementById('region');
        region.value = 'lviv'; region.dispatchEvent(new Event('change'))""")
    visitor.orders()
    visitor.is_told(UK["soon"].format(number=SHOWN))
    assert api.answers.received[0]["scheme"] == "site"
    assert api.answers.received[0]["entities"] == {"region": "lviv", "category": "drainage"} | {"language": "uk"}
    visitor.host = FLOATING
    visitor.run("document.querySelector('a[data-routing-callback]').click()")
    visitor.until(f"{visitor.found('dialog')}.open")
    assert visitor.violations() == []


@pytest.mark.parametrize("language", ["uk", "ru", "pl", "en"])
def test_in_four_languages(visitor: FormVisitor, api: Api, language: str) -> None:
    own = texts()[language]
    visitor.site.fill["LANG"] = language
    pictures(visitor, language)
    visitor.site.fill["MARKS"] = 'data-callback="button"'
    visitor.comes()
    visitor.opens()
    shown = visitor.shows("section")
    assert [own[name] for name in ("call", "number", "when", "order", "consent") if own[name] not in shown] == []
    assert visitor.run(f"return document.querySelector('{FLOATING}').lang") == language
    visitor.orders()
    visitor.is_told(own["soon"].format(number=SHOWN))


def pictures(visitor: FormVisitor, language: str) -> None:
    """Screenshots for people to look at, into the folder that ROUTING_SCREENSHOTS names."""
    if not (folder := os.environ.get("ROUTING_SCREENSHOTS")):
        return
    visitor.site.fill["MARKS"] = 'data-callback="button" data-callback-privacy="/privacy"'
    for (width, height), scheme in itertools.product((PHONE, DESKTOP), ("light", "dark")):
        visitor.site.fill["SCHEME"] = scheme
        seen(visitor, width, height)
        visitor.run("sessionStorage.clear()")
        visitor.browser.visit(f"{visitor.site.origin}/blank")
        stem = Path(folder) / f"callback-{language}-{scheme}-{width}"
        visitor.comes()
        picture(visitor, f"{stem}-button.png")
        visitor.opens()
        visitor.click("#day1")
        visitor.orders("12")
        picture(visitor, f"{stem}-wrong.png")
        visitor.orders()
        visitor.until("ordered.length")
        picture(visitor, f"{stem}-ordered.png")
    visitor.browser.devtools("Emulation.clearDeviceMetricsOverride")
    visitor.run("sessionStorage.clear()")


def picture(visitor: FormVisitor, path: str) -> None:
    visitor.rests()
    visitor.browser.screenshot(Path(path))
