"""Somebody at a page with the callback form, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.browser import Browser
from support.callback_stub import Site

FLOATING = "body > routing-callback"
#: A number as visitors type it, and as the form says it back.
NUMBER, SHOWN = "067 123-45-67", "067\u00a0123\u00a045\u00a067"
#: What a page has that opens the form.
OPENER = '<button id="opener" data-routing-callback="kharkiv">Kharkiv</button>'
AXE = (Path(__file__).parent / "axe/axe.min.js").read_text("utf-8")


class FormVisitor:
    """Somebody at the page. ``host``: which of its forms they use."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.browser, self.site, self.host = browser, site, FLOATING

    def comes(self, path: str = "/drainage?utm_source=google#x") -> None:
        """Opens a page of the site."""
        self.browser.visit(self.site.origin + path)
        self.until(f"document.querySelector('{self.host}')")

    def opens(self) -> None:
        """Opens the dialog by its button; the hours are there."""
        self.click(".float")
        self.until(f"{self.found('fieldset')}.hidden === false")

    def until(self, expression: str) -> Any:
        """The value of an expression as soon as it is true."""
        return self.browser.until(expression)

    def found(self, selector: str) -> str:
        """An element of the form, as an expression."""
        return f"document.querySelector('{self.host}').shadowRoot.querySelector('{selector}')"

    def run(self, script: str) -> Any:
        """What a script returns."""
        return self.browser.run(script)

    def click(self, selector: str) -> None:
        """Clicks an element of the form."""
        self.run(f"{self.found(selector)}.click()")

    def types(self, number: str = NUMBER) -> None:
        """Types a number, key by key."""
        self.run(f"{self.found('[type=tel]')}.focus(); {self.found('[type=tel]')}.value = ''")
        self.browser.press(*number)

    def orders(self, number: str = NUMBER) -> None:
        """Types a number and orders."""
        self.types(number)
        self.click(".main")

    def shows(self, selector: str) -> str:
        """The text that an element shows."""
        return str(self.run(f"return {self.found(selector)}.innerText"))

    def is_told(self, words: str, selector: str = "[role=status]") -> None:
        """The words come into an element."""
        self.until(f"{self.found(selector)}.innerText.includes({words!r})")

    def focus(self) -> str:
        """What has the focus: an id, class or tag."""
        return str(
            self.run("""let at = document.activeElement;
            while (at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
            return at.id || at.className || at.getAttribute('role') || at.tagName.toLowerCase()""")
        )

    def rests(self) -> None:
        """Nothing moves any more."""
        self.run("""const forms = [...document.querySelectorAll('routing-callback')].map(each => each.shadowRoot);
            return Promise.all(forms.flatMap(each => each.getAnimations()).map(each => each.finished)).then(() => 1)""")

    def violations(self) -> list[Any]:
        """What axe-core finds in the page as it is now."""
        self.rests()
        self.run(f"if (!window.axe) {{ {AXE} }}")
        found = self.run("""return axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
            each => [each.id, each.help, each.nodes.map(node => node.target.join(' '))]))""")
        return list(found)
