"""The generated reference tells of everything that there is, and the pages build without a warning."""

from __future__ import annotations

import importlib.util
import json
import re
import runpy
import subprocess
import sys
from collections.abc import Callable

import pytest

from routing.cli import COMMANDS
from routing.journal.schema import metadata
from routing.load.schema import json_schema
from routing.steps import KINDS
from support.documents import DOCS, HOME, pages

#: What every reader meets.
WORDS = (
    "call leg scheme step release node engine gateway trunk handler decision fallback watchdog breaker caller person "
    "phone extension"
).split()
NO_SPHINX = "sphinx is not installed: `make docs` installs it"


@pytest.fixture(scope="module")
def page() -> Callable[[str], str]:
    return runpy.run_path(str(DOCS / "reference_pages.py"))["page"]


def test_every_step_is_told_of_with_every_setting(page):
    text = page("steps")
    for kind, step in KINDS.items():
        section = text.partition(f"\n{kind}\n{'-' * len(kind)}\n")[2] or text
        definition = json_schema()["$defs"][step.__name__]
        definition = next((each for each in definition.get("anyOf", ()) if "properties" in each), definition)
        for setting in definition["properties"]:
            assert f"   * - ``{setting}``\n" in section, f"{kind}: {setting}"


def test_every_part_of_a_folder_is_told_of(page):
    text = page("parts")
    for setting in ("caller_pays", "timezone", "confirm", "holidays", "proxy", "overflow", "owner"):
        assert f"   * - ``{setting}``\n" in text


@pytest.mark.thorough
def test_every_command_is_told_of(page):
    assert set(re.findall(r"^routing ([a-z-]+)\n-", page("commands"), re.MULTILINE)) == set(COMMANDS)
    assert "routing node init\n-----------------\n" in page("commands")


def test_every_metric_in_the_code_is_told_of(page):
    text = page("metrics")
    named = {
        name
        for file in (HOME / "routing").rglob("*.py")
        for name in re.findall(r'"(routing_[a-z_]+)",\s+f?"[A-Z]', file.read_text("utf-8"))
    }
    assert len(named) > 15
    for name in named:
        assert re.search(rf"``{name}(_total)?``", text), name


def test_every_column_of_the_journal_is_told_of(page):
    text = page("journal")
    for table in metadata.tables.values():
        for column in table.columns:
            assert column.doc, f"{table.name}.{column.name}"
            assert f"``{column.name}``" in text, f"{table.name}.{column.name}"


def test_the_bodies_of_notices_are_json(page):
    bodies = [json.loads(each) for each in re.findall(r"^    \{\n(?:.*\n)+?    \}$", page("apis"), re.MULTILINE)]
    kinds = ["missed_call", "voicemail", "new_network", "missed_out", "card", "callback", "call"]
    kinds.append("event of Google Analytics")
    assert [each.get("kind", "event of Google Analytics") for each in bodies] == kinds


def test_every_page_is_in_the_index():
    there = {str(file.relative_to(DOCS).with_suffix("")) for file in DOCS.rglob("*.rst")} - {"index"}
    assert there == set(pages())
    assert len([page for page in there if page.startswith("howto/")]) > 15


def test_the_glossary_says_a_word_once():
    words = re.findall(r"^   (\S.*)$", (DOCS / "glossary.rst").read_text("utf-8"), re.MULTILINE)[1:]
    assert words == sorted(set(words))
    assert set(WORDS) <= set(words)


@pytest.mark.process
@pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason=NO_SPHINX)
def test_the_pages_build_without_a_warning(tmp_path):
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(tmp_path)]
    built = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stderr[-3000:]
    assert "round_robin" in (tmp_path / "reference" / "steps.html").read_text("utf-8")
