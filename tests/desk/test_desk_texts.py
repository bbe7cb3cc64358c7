"""The desk's texts: complete in four languages, and every one that a page uses is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from werkzeug.datastructures import LanguageAccept

import routing.desk
from routing.desk.navigation import MENU
from routing.desk.texts import LANGUAGES, Texts, chosen, texts_of
from routing.model.desk import Right, Role

DESK = Path(routing.desk.__file__).parent
FILES = sorted((DESK / "wording").glob("*.json"))
#: What stands in templates and views: ``t("key")``, ``texts()("key")``, ``t.count("key", ...)``.
_USED = re.compile(r"""\b(?:t|words\(\))(?:\.count|\.or_plain)?\(\s*["']([a-z_0-9. ]+)["'](?!\s*~)""")


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_text_is_there_in_every_language(file: Path) -> None:
    for key, text in json.loads(file.read_text(encoding="utf-8")).items():
        assert tuple(text) == LANGUAGES, key
        assert all(text.values()), key
        if isinstance(text["en"], dict):
            for language, forms in text.items():
                assert set(forms) >= set(Locale.parse(language).plural_form.tags) | {"other"}, (key, language)
                assert all(_fields(form) == {"n"} for form in forms.values()), (key, language)
        else:
            assert len({frozenset(_fields(each)) for each in text.values()}) == 1, key


def test_no_key_stands_in_two_files() -> None:
    keys = [key for file in FILES for key in json.loads(file.read_text(encoding="utf-8"))]
    assert sorted(set(keys)) == sorted(keys)


def test_pages_use_texts_that_are_there() -> None:
    pages = [*(DESK / "templates").glob("*.html"), *DESK.rglob("*.py")]
    used = {key for page in pages for key in _USED.findall(page.read_text(encoding="utf-8"))}
    assert len(used) > 50
    assert used - texts_of("en").keys() == set()


def test_every_role_action_and_page_has_a_name() -> None:
    names = {f"role.{role}" for role in Role} | {f"action.{action}" for action in Right}
    assert names | {f"nav.{entry.endpoint}" for entry in MENU} <= texts_of("en").keys()


@pytest.mark.parametrize(
    ("language", "number", "shown"),
    [("uk", 1, "1 сеанс"), ("uk", 3, "3 сеанси"), ("uk", 11, "11 сеансів"), ("uk", 1021, "1 021 сеанс"),
     ("ru", 22, "22 сеанса"), ("pl", 22, "22 sesje"), ("pl", 5, "5 sesji"), ("en", 1, "1 session")],
)  # fmt: skip
def test_numbers_have_their_plural(language: str, number: int, shown: str) -> None:
    assert Texts(language, ZoneInfo("UTC")).count("sessions", number).replace("\xa0", " ") == shown


def test_a_key_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(KeyError):
        Texts("en", ZoneInfo("UTC"))("nothing.like.it")


@pytest.mark.parametrize(
    ("cookie", "accepted", "found"),
    [("pl", "uk", "pl"), ("", "uk-UA,uk;q=0.9,en;q=0.8", "uk"), ("xx", "de", "ru"), ("", "", "ru")],
)
def test_the_language_is_the_chosen_one_or_the_browsers(cookie: str, accepted: str, found: str) -> None:
    next_page = [(each.partition(";")[0], float(each.partition("q=")[2] or 1)) for each in accepted.split(",") if each]
    assert chosen(cookie, LanguageAccept(next_page), "ru") == found


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (7.4, "0:07"), (750, "12:30"), (3725, "1:02:05"), (-3, "0:00")]
)
def test_spans_are_written_as_a_clock_shows_them(seconds: float, shown: str) -> None:
    assert Texts("en", ZoneInfo("UTC")).span(seconds) == shown
