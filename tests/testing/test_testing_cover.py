"""``routing test --cover``: what no test visits is told, what one visits is not; the listing marks the files' lines."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.cli.opened import opened
from routing.testing.cover import Cover, Item, cover, items
from routing.testing.names import Names
from routing.testing.read import checked, files_below
from routing.testing.run import carry

SCHEMES = Path(__file__).parent / "schemes"
GAPS = """\
asked 20 of 22, never visited:
  asked.yaml:6: answer to 3 (crm)
  asked.yaml:10: fallback of 7 (ring)
branches 2 of 5, never visited:
  branches.yaml:4: branch 1.kharkiv
  branches.yaml:4: branch 1.none
  branches.yaml:5: step 2 (hangup)
kharkiv 11 of 13, never visited:
  kharkiv.yaml:14: branch 4.2
cover 85 %: 21 of 23 steps, 8 of 11 branches, 6 of 7 answers, 6 of 7 fallbacks
"""
KHARKIV = """\
          4  steps:
    NN    5    - hours:
     3    6        closed:
     3    7          - voicemail: {box: kharkiv, greeting: closed.wav, notify: [olena]}
    NN    8    - ring: {to: [ivan, olena], for: 4 rings, whisper: whisper.wav}
    NN    9    - ring: {to: ivan.mobile, for: 20s}
     2   10    - menu:
     2   11        prompt: menu.wav
     2   12        options:
     1   13          "1": [{ring: petro}]
 -----   14          "2": [{scheme: asked}]
     1   15    - voicemail: {box: kharkiv, notify: [ivan, olena]}
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(group, ["test", "--schemes", str(SCHEMES), *map(str, words)])


def test_the_gaps_are_told_with_their_lines() -> None:
    result = run("--cover")
    assert result.exit_code == 0
    told = result.output.partition("\n\n")[2].replace(f"{SCHEMES}/", "")
    assert told == GAPS


def test_too_little_fails() -> None:
    assert run("--cover-min", 85).exit_code == 0
    result = run("--cover-min", 86)
    assert result.exit_code == 1
    assert result.output.endswith("; at least 86 % is required\n")


def test_a_scheme_that_no_call_enters_is_one_line() -> None:
    result = run("--cover", "-k", "gives up")
    assert "asked 0 of 22: no test's call enters it\n" in result.output
    assert "kharkiv 3 of 13, never visited:\n" in result.output


def test_the_listing_counts_the_calls_of_each_line(tmp_path: Path) -> None:
    assert run("--listing", tmp_path / "cover.txt").exit_code == 0
    text = (tmp_path / "cover.txt").read_text("utf-8")
    for line in KHARKIV.splitlines():
        assert re.search(re.escape(line).replace("NN", r"[ \d]\d") + "$", text, re.MULTILINE), line
    assert (
        "     1    4    - open_branch: [kharkiv: office, visitors: late]    <- no test's call goes to kharkiv; " in text
    )
    assert "no test's call comes while all are closed\n -----    5    - hangup: NO_ANSWER\n" in text


class Rows(HTMLParser):
    """Classes of the rows."""

    def __init__(self) -> None:
        super().__init__()
        self.classes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.classes += [value or "" for name, value in attrs if tag == "tr" and name == "class"]


def test_the_page_shows_every_line_and_escapes_it(tmp_path: Path) -> None:
    folder = tmp_path / "schemes"
    shutil.copytree(SCHEMES, folder)
    scheme = folder / "visitors.yaml"
    scheme.write_text(scheme.read_text("utf-8") + "# <b>not bold</b>\n", "utf-8")
    words = ["test", "--schemes", str(folder), "--listing", str(tmp_path / "cover.html")]
    assert CliRunner().invoke(group, words).exit_code == 0
    page = (tmp_path / "cover.html").read_text("utf-8")
    assert "&lt;b&gt;not bold" in page
    rows = Rows()
    rows.feed(page)
    assert {"visited", "missed", "partly", ""} == set(rows.classes)
    written = [path.read_text("utf-8") for path in folder.glob("*.yaml") if "scheme:" in path.read_text("utf-8")[:30]]
    assert len(rows.classes) == sum(len(text.splitlines()) for text in written)


def test_a_release_has_gaps_without_lines_and_no_listing(tmp_path: Path) -> None:
    with opened(SCHEMES) as published:
        words = ["test", "--root", str(published.root), str(SCHEMES), "--cover"]
        result = CliRunner().invoke(group, words)
        refused = CliRunner().invoke(group, [*words, "--listing", str(tmp_path / "x.txt")])
    assert "\n  branch 4.2\n" in result.output
    assert refused.exit_code == 2
    assert "a release has none" in refused.output


@pytest.fixture(scope="module")
def carried() -> tuple[dict[str, str], list[tuple[str, list[Item]]]]:
    with opened(SCHEMES) as published:
        names = Names(published)
        plans = names.dialplans()
        results = [carry(case, names) for case in checked(files_below([SCHEMES]), names)]
    return plans, [(result.case.name, _seen(cover(plans, [result.events]))) for result in results]


def _seen(found: Cover) -> list[Item]:
    return [item for item, count in found.visits.items() if count]


@pytest.mark.parametrize(
    ("name", "path", "kind"),
    [
        ("closed by hand at noon", "1.closed", "branch"),
        ("the caller gives up", "1.open", "branch"),
        ("a key at the menu, after one that is none", "4.1", "branch"),
        ("a key at the menu, after one that is none", "4.1.1", "step"),
        ("in the evening the other branch", "1.visitors", "branch"),
        ("the engine is dead", "1", "fallback"),
        ("the engine hangs", "4", "fallback"),
        ("talked with Petro last week, he is rung first", "1", "answer"),
        ("the handlers answer garbage and 500, the least loaded answers", "5", "fallback"),
        ("the handlers answer garbage and 500, the least loaded answers", "6", "answer"),
    ],
)
def test_a_call_visits_what_it_takes(
    name: str, path: str, kind: str, carried: tuple[dict[str, str], list[tuple[str, list[Item]]]]
) -> None:
    seen = dict(carried[1])[name]
    assert (path, kind) in [(item.path, item.kind) for item in seen]


def test_a_branch_not_taken_is_not_visited(carried: tuple[dict[str, str], list[tuple[str, list[Item]]]]) -> None:
    seen = dict(carried[1])["closed by hand at noon"]
    assert [item.path for item in seen if item.scheme == "kharkiv"] == ["1", "1.closed", "1.closed.1"]


def test_what_there_is_to_visit_stands_in_the_dialplan(
    carried: tuple[dict[str, str], list[tuple[str, list[Item]]]],
) -> None:
    plans, _ = carried
    assert "pool_ads" not in plans
    told = [f"{item.kind} {item.path}" for item in items("kharkiv", plans["kharkiv"])]
    assert told == [
        "step 1", "branch 1.closed", "step 1.closed.1", "branch 1.open", "step 2", "step 3", "step 4",
        "branch 4.otherwise", "branch 4.1", "step 4.1.1", "branch 4.2", "step 4.2.1", "step 5",
    ]  # fmt: skip
