"""The language of a call: chosen by a step, by the visitor's page, by the country of the caller's number."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from routing.compile.build import build
from routing.offline.phones import ScriptedCaller
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from routing.release.publish import publish
from support.folders import AnyPassword

SCHEMES = {
    "project.yaml": """
project:
  {name: p, timezone: Europe/Kyiv, country: UA, languages: [uk, en, pl], speech: {uk: voice, en: voice, pl: voice},
   tracking: {origins: "https://www.example.com", entities: {language: }}}
""",
    "main.yaml": """
scheme: main
numbers: ["+380800330530"]
steps:
  - language: caller
  - play: {text: {uk: "Добрий день", en: "Good day", pl: "Dzień dobry"}}
  - menu: {prompt: {text: {uk: "Мова", en: "Language"}}, options: {"1": [{language: pl}], "2": [{language: uk}]}}
  - scheme: second
""",
    "second.yaml": """
scheme: second
steps:
  - play: {text: {uk: "Бувайте", pl: "Do widzenia"}}
  - hangup
""",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> PublishedRelease:
    folder = tmp_path_factory.mktemp("language")
    (folder / "schemes").mkdir()
    for name, text in SCHEMES.items():
        (folder / "schemes" / name).write_text(text, encoding="utf-8")
    root: Path = folder / "root"
    publish(root, build(folder / "schemes", root, lambda _: AnyPassword()).name, None)
    return PublishedRelease(root)


def texts(published: PublishedRelease, caller: str, digits: str = "", page: str = "") -> list[str]:
    """What voices say to a caller."""
    variables = (("routing_entity_language", page),) if page else ()
    at = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Kyiv"))
    call = OfflineCall("+380800330530", caller, at, variables=variables)
    events = published.run(call, caller=ScriptedCaller(digits=[digits]))
    assert not [event for event in events if event.kind in ("error", "missing")]
    return [event.text for event in events if event.text]


@pytest.mark.parametrize(
    ("caller", "page", "greeting"),
    [
        ("+380671234567", "", "Добрий день"),
        ("+48501112233", "", "Dzień dobry"),
        ("+442079460000", "", "Good day"),
        ("+12125550100", "", "Good day"),
        ("+4915112345678", "", "Добрий день"),  # German is no language of the project
        ("anonymous", "", "Добрий день"),
        ("+380671234567", "pl", "Dzień dobry"),
        ("+380671234567", "de", "Добрий день"),
        ("+48501112233", "en", "Good day"),
    ],
)
def test_a_caller_is_greeted_in_the_language_of_the_page_or_the_country(published, caller, page, greeting):
    assert texts(published, caller, page=page)[0] == greeting


def test_a_choice_in_a_menu_holds_in_the_next_scheme(published):
    assert texts(published, "+442079460000", "1") == ["Good day", "Language", "Do widzenia"]


def test_a_text_that_lacks_the_language_is_the_project_s(published):
    assert texts(published, "+48501112233", "2") == ["Dzień dobry", "Мова", "Бувайте"]
    assert texts(published, "+48501112233", "1")[1] == "Мова"


def test_a_project_s_own_call_variable_is_no_way_in(published):
    """Only a language of the project reaches a path."""
    assert texts(published, "+380671234567", page="../../../etc")[0] == "Добрий день"
