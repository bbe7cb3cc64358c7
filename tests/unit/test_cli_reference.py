"""``routing reference``: everything that the language has, by the definitions that check it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from click.testing import CliRunner

from routing.cli.reference import called, definitions, object_form, reference, topics
from routing.cli.reference_topics import BELOW, PARTS, TYPES
from routing.load.schema import json_schema
from routing.model.crm_settings import VENDORS
from routing.steps import KINDS


def told(*topic: str) -> str:
    result = CliRunner().invoke(reference, topic, catch_exceptions=False, env={"COLUMNS": "80"})
    assert result.exit_code == 0
    return result.output


def test_without_a_topic_it_lists_all_with_what_they_are_for():
    lines = told().splitlines()
    for topic in topics():
        assert any(line.strip().startswith(f"{topic} ") for line in lines), topic
    assert all(len(line) <= 80 for line in lines)


@pytest.mark.parametrize("kind", KINDS)
def test_a_steps_page_has_its_manual_and_every_setting(kind):
    page = told(*(("step", kind) if kind in PARTS else (kind,)))
    definition = json_schema()["$defs"][KINDS[kind].__name__]
    definition = next((each for each in definition.get("anyOf", ()) if "properties" in each), definition)
    assert page.startswith(f"`{kind}`")
    for name, setting in definition["properties"].items():
        assert f"\n  {name}: " in page
        assert setting["description"].split()[0] in page


@pytest.mark.parametrize("topic", topics())
def test_every_type_that_a_page_names_is_explained_on_it_or_has_a_page(topic):
    known, page = definitions(), told(*topic.split())
    here = {called(name) for name in known if re.search(rf"^{re.escape(called(name))}\b", page, re.M)}
    for name in _named(_own_definitions(topic)):
        assert called(name) in {"step"} | here | {*topics()}, name
        assert f": {name}" not in page


def _own_definitions(topic: str) -> list[Mapping[str, Any]]:
    kind = topic.removeprefix("step ")
    names = PARTS.get(topic) or TYPES.get(topic) or (KINDS[kind].__name__, *BELOW.get(kind, ()))
    return [object_form(definitions()[name]).get("properties", {}) for name in names]


def _named(definitions: object) -> set[str]:
    return set(re.findall(r"'#/\$defs/(\w+)'", str(definitions)))


def test_types_of_settings_have_a_page_that_says_what_may_stand_there():
    assert "{text: We are closed.}" in told("sound")
    assert "\n  places: text (default: 701-720)\n" in told("parking")
    assert "\n  countries: text, or a list\n" in told("announcement")
    assert "\n  person | head | " in told("desk")
    assert "  parking: parking\n" in told("project") and "  record_announcement: announcement, or a list\n" in told(
        "project"
    )


def test_a_setting_says_what_may_stand_there_and_what_is_usual():
    page = told("ring")
    assert "  to: person, group or phone, or a list (required)\n" in page
    assert "together | in_order |" in page and "(default: together)" in page
    assert "  only: free\n" in page
    assert "  number: like `+380501112233`\n" in told("people")
    assert "\nphone: " in told("people")


def test_a_queues_page_has_what_its_announcements_and_misses_are():
    page = told("queue")
    assert "  announce: announcements\n" in page
    assert "\nannouncements: What waiting callers hear" in page and "\n  every: like `20s` (default: 30s)\n" in page
    assert "\nmisses: " in page and "\n  pause: " in page
    assert "Fields" not in page


def test_groups_have_a_page():
    page = told("groups")
    assert page.startswith("groups: People, groups and single phones that ring by one name.\n")
    assert "  NAME: text, or a list\n" in page and "`sales: [ivan, olena]`" in page


@pytest.mark.parametrize("vendor", [name for name in VENDORS if name != "http"])
def test_every_crm_has_a_page_with_the_secrets_that_it_needs(vendor):
    page = told(vendor)
    assert page.startswith(f"{vendor}: ")
    for name, field in VENDORS[vendor].model_fields.items():
        assert f"\n  {name}: " in page
        assert not field.is_required() or "(required)" in page.partition(f"\n  {name}: ")[2].partition("\n")[0]


def test_a_list_is_shown_as_it_is_written():
    assert "(default: [lead, deal, contact])" in told("step", "crm")


def test_an_unknown_topic_is_wrong_usage():
    result = CliRunner().invoke(reference, ["rng"])
    assert result.exit_code == 2
    assert "there is no topic `rng` (did you mean `ring`?)" in result.output


def test_the_shell_offers_topics():
    (argument,) = reference.params
    assert [each.value for each in argument.shell_complete(None, "op")] == ["open_branch"]
