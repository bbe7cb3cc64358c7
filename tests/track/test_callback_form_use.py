"""Who can use the callback form, in a real Chromium: keyboard, screen readers, four languages, light, dark, phones."""

from __future__ import annotations

import itertools
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from routing.track.script import texts
from support.browser import missing
from support.callback_stub import KYIV, Api, at_home, slots
from support.callback_visitor import FLOATING, NUMBER, SHOWN, FormVisitor

pytestmark = [pytest.mark.process, pytest.mark.skipif(bool(missing()), reason=missing())]
SCHEMES = Path(__file__).parents[2] / "schemes"
INSIDE = "#inside routing-callback"
INTO_PAGE = '<div id="inside" data-routing-callback="lviv"><a href="tel:+380577280001">057 728 00 01</a></div>'
UK = texts()["uk"]


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


def test_a_page_that_names_no_language_speaks_the_browsers(visitor: FormVisitor) -> None:
    agent = visitor.run("return navigator.userAgent")
    visitor.site.fill["LANG"] = ""
    visitor.browser.devtools("Network.setUserAgentOverride", userAgent=agent, acceptLanguage="pl-PL")
    try:
        visitor.comes()
        assert visitor.shows(".float") == texts()["pl"]["call"]
    finally:
        visitor.browser.devtools("Network.setUserAgentOverride", userAgent=agent, acceptLanguage="en-US")


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
