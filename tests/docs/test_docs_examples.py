"""Every YAML example of the README and the docs is right: its folder has no problem, and its tests pass."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from routing.cli import group
from routing.model.call_fields import CALL_FIELDS
from support.documents import HOME, Example, documents

#: No file of a folder of schemes.
ELSEWHERE = {".pre-commit-config.yaml"}
TUTORIAL = "docs/tutorial.rst"
#: How the tutorial makes its project.
BEGINS = ("--country", "UA", "--timezone", "Europe/Kyiv")
PAGES = {page.name: list(page.yaml()) for page in documents() if list(page.yaml())}
#: Who the pages speak of besides the README's people.
OLENA = {"olena": {"name": "Олена", "phones": {"desk": {"sip": "1002"}}}}


def laid_out(folder: Path, page: str) -> Path:
    """The README's company and scheme with the page's examples; a part that the page has too is the page's.

    The tutorial begins with a project of its own.
    """
    if page == TUTORIAL:
        assert CliRunner().invoke(group, ["init", str(folder / "telephony"), *BEGINS]).exit_code == 0
        return written(folder / "telephony" / "schemes", PAGES[page])
    own = [each for each in PAGES[page] if each.name not in ELSEWHERE]
    parts = {name for each in own for name in yaml.safe_load(each.text)}
    company, scheme = (yaml.safe_load(each.text) for each in PAGES["README.rst"][:2])
    company["people"] |= OLENA
    if page != "README.rst":
        rest = {name: part for name, part in company.items() if name not in parts}
        (folder / "company.yaml").write_text(yaml.safe_dump(rest, allow_unicode=True), "utf-8")
        (folder / "kharkiv.yaml").write_text(yaml.safe_dump(scheme, sort_keys=False), "utf-8")
    return written(folder, own)


def written(folder: Path, examples: Sequence[Example]) -> Path:
    for place, each in enumerate(examples):
        (folder / (each.name or f"{place}.yaml")).write_text(each.text, "utf-8")
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_have_no_problem(page, tmp_path):
    result = CliRunner().invoke(group, ["check", str(laid_out(tmp_path, page))])
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("page", [page for page in PAGES if any(".test." in each.name for each in PAGES[page])])
def test_the_tests_in_them_pass(page, tmp_path):
    result = CliRunner().invoke(group, ["test", "--schemes", str(laid_out(tmp_path, page))])
    assert result.exit_code == 0, result.output
    assert " passed" in result.output


def test_the_tutorials_change_makes_the_first_test_fail(tmp_path):
    scheme, _ = PAGES[TUTORIAL]
    assert CliRunner().invoke(group, ["init", str(tmp_path / "old"), *BEGINS]).exit_code == 0
    written(tmp_path / "old" / "schemes", [scheme])
    result = CliRunner().invoke(group, ["test", "--schemes", str(tmp_path / "old" / "schemes")])
    assert result.exit_code == 1
    assert "In working hours Anna rings first" in result.output
    assert " ".join(BEGINS) in (HOME / TUTORIAL).read_text("utf-8")


def test_an_example_with_a_mistake_is_found(tmp_path):
    folder = laid_out(tmp_path, "docs/howto/crm.rst")
    (folder / "customers.yaml").write_text((folder / "customers.yaml").read_text("utf-8").replace("bitrix24", "bitrix"))
    result = CliRunner().invoke(group, ["check", str(folder)])
    assert result.exit_code == 1
    assert "customers.yaml:4" in result.output


def test_the_hooks_of_the_example_for_commits_exist():
    (example,) = (each for page in PAGES.values() for each in page if each.name in ELSEWHERE)
    offered = {each["id"] for each in yaml.safe_load((HOME / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    (repository,) = yaml.safe_load(example.text)["repos"]
    assert {each["id"] for each in repository["hooks"]} == offered


def test_the_request_that_a_handler_gets_is_as_it_is():
    (page,) = (each.text for each in documents() if each.name == "docs/howto/webhook.rst")
    body = json.loads(re.search(r"^    \{(?:.*\n)+?.*\}$", page, re.MULTILINE)[0])
    assert tuple(body) == tuple(field for field in CALL_FIELDS if field in body)
    assert [field for field in CALL_FIELDS if field not in page] == []


@pytest.mark.parametrize("page", [page for page in PAGES if any(".simulate." in each.name for each in PAGES[page])])
def test_the_simulations_in_them_run(page, tmp_path):
    folder = laid_out(tmp_path, page)
    for file in folder.glob("*.simulate.yaml"):
        result = CliRunner().invoke(group, ["simulate", str(file), "--schemes", str(folder), "--weeks", "1"])
        assert result.exit_code == 0, result.output
