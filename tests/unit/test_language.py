"""The language of a call: chosen by a step, by the visitor's page, by the country of the caller's number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from routing.compile.build import build
from routing.model.languages import COUNTRIES, by_number, of_country
from routing.model.numbers import country_pattern
from routing.offline.phones import ScriptedCaller
from routing.offline.published import PublishedRelease
from routing.offline.switch import OfflineCall
from routing.release.publish import publish
from support.folders import AnyPassword

SCHEMES = {
    "project.yaml": """
project:
  {name: p, timezone: Europe/Kyiv, country: UA, languages: [uk, en, pl], speech: {uk: voice, en: voice, pl: voice},
   tracking: {origins: "https://www.example.com", entities: {language: , others: }}}
""",
    "main.yaml": """
scheme: main
numbers: ["+380800330530"]
steps:
  - language: caller
  - match: {when: {entity.others: "yes"}, steps: [{language: {to: caller, others: en}}]}
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


def texts(
    published: PublishedRelease, caller: str, digits: str = "", page: str = "", others: bool = False
) -> list[str]:
    """What voices say to a caller."""
    variables = (("routing_entity_language", page), ("routing_entity_others", "yes" if others else ""))
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


@pytest.mark.parametrize(
    ("caller", "greeting"),
    [
        ("+4915112345678", "Good day"),  # German is no language of the project
        ("+77011234567", "Good day"),  # Kazakhstan
        ("+17875550100", "Good day"),  # Puerto Rico
        ("+48501112233", "Dzień dobry"),
        ("+380671234567", "Добрий день"),
        ("anonymous", "Добрий день"),  # most likely somebody from here
        ("1001", "Добрий день"),
    ],
)
def test_numbers_of_all_other_countries_get_the_language_for_others(published, caller, greeting):
    assert texts(published, caller, others=True)[0] == greeting


SHARED = {
    code: regions for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items() if len(regions) > 1
}  # fmt: skip
#: More languages than any project has.
ALL = tuple(COUNTRIES)


def _examples(region: str) -> set[str]:
    kinds = phonenumbers.PhoneNumberType.values()
    found = [phonenumbers.example_number_for_type(region, kind) for kind in kinds]
    return {phonenumbers.format_number(each, phonenumbers.PhoneNumberFormat.E164) for each in found if each}


def _spoken(number: str, languages: Sequence[str]) -> str:
    return next((language for numbers, language in by_number(languages) if re.search(numbers, number)), "")


@pytest.mark.parametrize("code", SHARED)
def test_every_number_of_a_shared_code_is_one_country_s_as_the_library_has_it(code):
    for number in {number for region in SHARED[code] for number in _examples(region)}:
        country = phonenumbers.region_code_for_number(phonenumbers.parse(number))
        assert [each for each in SHARED[code] if re.search(country_pattern(each), number)] == [country], number


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_number_of_every_country_gets_that_country_s_language(region):
    for number in _examples(region):
        spoken = of_country(phonenumbers.region_code_for_number(phonenumbers.parse(number)) or region)
        for languages in (ALL, ("uk", "en"), ("ru", "es")):
            assert _spoken(number, languages) == (spoken if spoken in languages else ""), (number, languages)


def test_the_islands_beside_great_britain_and_a_country_of_two_languages():
    islands = ["+441481960194", "+447781123456", "+441534960201", "+447797123456", "+441624756789", "+447624123456"]
    assert {_spoken(number, ("uk", "en")) for number in islands} == {"en"}
    assert _spoken("+41446681800", ALL) == ""
    assert _spoken("+358181234567", ALL) == "sv"
    assert _spoken("+358412345678", ALL) == "fi"
    assert _spoken("+12005550100", ALL) == "en", "a number that no plan has yet"
    assert _spoken("+870773111632", ALL) == "", "a satellite phone"
