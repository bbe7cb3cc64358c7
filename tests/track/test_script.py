"""What pages load: small, in four languages, and nothing that a strict Content-Security-Policy refuses."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from routing.track.script import PLACE, form, form_version, script, source, texts
from routing.track.small import small_script, small_style

#: All that a page with the callback form loads, of one language, packed.
MOST_BYTES = 8 * 1024
ENTITIES = {
    "region": {"expression": "shop.region.id"},
    "category": {"expression": "shop.cart.items[0].category", "level": "view"},
    "language": {},
}
LANGUAGES = ("uk", "ru", "pl", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_scripts_together_are_small(language: str) -> None:
    packed = [len(gzip.compress(text.encode(), mtime=0)) for text in (script(ENTITIES, True, True), form(language))]
    assert sum(packed) <= MOST_BYTES, packed


def test_every_language_has_every_text_with_the_same_places() -> None:
    assert tuple(texts()) == LANGUAGES
    places = {
        language: {name: sorted(re.findall(r"{\w+}", text)) for name, text in own.items()}
        for language, own in texts().items()
    }
    assert {language: own == places["en"] for language, own in places.items()} == dict.fromkeys(LANGUAGES, True)
    asked = set(re.findall(r"(?:say\(|text\('\w+', )'(\w+)'", source("callback.js")))
    assert asked <= {*texts()["en"]}


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("uk", "uk"), ("ru", "ru"), ("pl-PL", "pl"), ("EN", "en"), ("ua", "uk"), ("de", "en"), ("", "en"), ("'+x", "en")],
)
def test_the_form_speaks_the_pages_language_or_english(asked: str, spoken: str) -> None:
    assert f"='{spoken}'" in form(asked)
    assert texts()[spoken]["call"] in form(asked)
    assert "__" not in form(asked)


def test_only_with_callbacks_the_site_script_offers_the_form() -> None:
    assert script({}, False).endswith("({},0,0,1,0);")
    assert script({}, False, True).endswith(f'({{}},0,"{form_version()}",1,0);')
    assert script({}, False, lends=False).endswith("({},0,0,0,0);")
    assert PLACE not in script({}, False)


@pytest.mark.parametrize("text", [script({}, False, True), form("uk")], ids=["site", "form"])
def test_a_strict_policy_refuses_nothing_of_it(text: str) -> None:
    for refused in ("eval(", "new Function", "import(", "innerHTML", ".style", "setAttribute('style", "onclick="):
        assert refused not in text.replace(".onclick=", "")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/* Why. */\nx = 1,\n    y;\n", "x=1,y;"),
        ("/* Why,\n   in two lines. */\nf( 'a = b', \"c , d\" );", "f('a = b',\"c , d\");"),
        ("if (/^[\\s/'\"]+ = $/.test(x)) y = z / d / e;", "if(/^[\\s/'\"]+ = $/.test(x))y=z/d/e;"),
        ("x = y + +z - -d;", "x=y + +z - -d;"),
        ("x = `y = ${ z }`;", "x=`y = ${ z }`;"),
        ("return function (x) {\n  throw x;\n};", "return function(x){throw x;};"),
        ("s.replace(/{(\\w+)}/g, 'it\\'s');", "s.replace(/{(\\w+)}/g,'it\\'s');"),
    ],
)
def test_a_script_loses_spaces_and_comments(written: str, sent: str) -> None:
    assert small_script(written) == sent


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("var first = 1, second = first;", "var a=1,b=a;"),
        ("const made = f(made.made, ...made, 'made', /made/);", "const a=f(a.made,...a,'made',/made/);"),
        ("let seen = {seen: 1};", "let seen={seen:1};"),
        ("let seen = 1; f({seen});", "let seen=1;f({seen});"),
        ("let seen = 1; f({x, seen, y});", "let seen=1;f({x,seen,y});"),
        ("function turn(a) { turn(a); window.turn = turn; }", "function b(a){b(a);window.turn=b;}"),
        ("let seen = $seen;", "let a=$seen;"),
    ],
)
def test_variables_get_short_names_and_properties_keep_theirs(written: str, sent: str) -> None:
    assert small_script(written) == sent


def test_a_style_sheet_loses_spaces_and_comments_only() -> None:
    written = """/* Why. */
a:hover, b > c {
  margin: 0 -2px;
  content: '⚠ ';
}
@media (max-width: 480px) {
  a { top: 0 }
}
"""
    assert small_style(written) == "a:hover,b > c{margin:0 -2px;content:'⚠ '}@media (max-width:480px){a{top:0}}"


def test_the_example_page_names_schemes_that_there_are() -> None:
    schemes = Path(__file__).parents[2] / "schemes"
    named = re.findall(r'data-(?:callback-scheme|routing-callback)="(\w+)"', (schemes / "site.html").read_text("utf-8"))
    assert named and {*named} <= {path.stem for path in schemes.rglob("*.yaml")}
