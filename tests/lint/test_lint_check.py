"""`routing check` as its user meets it: forms, exit codes, the cache, allowances, broken folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.lint.registry import LINTS
from support.lint_bed import COMPANY, PROJECT, said

CLEAN = 'scheme: front\nnumbers: "+380440000001"\nsteps: [{ring: [ivan, olena]}, {voicemail: {box: a, notify: ivan}}]\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    schemes = tmp_path / "schemes"
    schemes.mkdir()
    (schemes / "project.yaml").write_text(PROJECT)
    calendars = COMPANY.index("calendars:"), COMPANY.index("gateways:")
    (schemes / "company.yaml").write_text(COMPANY[: calendars[0]] + COMPANY[calendars[1] :])
    (schemes / "front.yaml").write_text(CLEAN)
    return schemes


def check(folder: Path, *options: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    result = CliRunner().invoke(group, ["check", "--schemes", str(folder), "--today", "2026-11-22", *options])
    return result.exit_code, result.stdout, result.stderr


def doubtful(folder: Path) -> None:
    """A lint in the second scheme."""
    text = CLEAN.replace("front", "second").replace("0001", "0002").replace(", notify: ivan", "")
    (folder / "second.yaml").write_text(text)


LINE = (
    "second.yaml:3:44: steps[1].voicemail: [untold-voicemail] nobody is notified of messages in box `a` "
    "(hint: add `notify: [person or e-mail address]`)\n"
)


def test_a_clean_folder_says_so(folder: Path) -> None:
    assert check(folder, "--strict") == (0, "", "1 scheme, nothing found\n")


def test_a_lint_is_an_error_only_when_asked_to_be(folder: Path) -> None:
    doubtful(folder)
    assert check(folder) == (0, f"{folder}/{LINE}", "1 lint\n")
    assert check(folder, "--strict") == (1, f"{folder}/{LINE}", "1 lint\n")


def test_a_problem_is_an_error_and_lints_are_told_beside_it(folder: Path) -> None:
    doubtful(folder)
    (folder / "third.yaml").write_text("scheme: third\nsteps: [{ring: ivn}, hangup]\n")
    problem = "third.yaml:2:16: steps[0].ring: nobody is called `ivn` (hint: did you mean `ivan`?)\n"
    assert check(folder) == (1, f"{folder}/{LINE}{folder}/{problem}", "1 problem, 1 lint\n")


def test_an_allowance_silences_one_scheme_and_the_projects_all(folder: Path) -> None:
    doubtful(folder)
    second = folder / "second.yaml"
    second.write_text('allow: {untold-voicemail: "emptied by hand"}\n' + second.read_text())
    assert check(folder, "--strict")[0] == 0
    doubtful(folder)
    (folder / "project.yaml").write_text(PROJECT.replace("}", ', allow: {untold-voicemail: "emptied by hand"}}'))
    assert check(folder, "--strict")[0] == 0


def test_a_stale_allowance_may_be_allowed_itself(folder: Path) -> None:
    front = folder / "front.yaml"
    front.write_text('allow: {wide-menu: "in summer"}\n' + CLEAN)
    assert "[unused-allow] unused allowance: `wide-menu` finds nothing" in check(folder)[1]
    front.write_text('allow: {wide-menu: "in summer", unused-allow: "in winter"}\n' + CLEAN)
    assert check(folder)[1] == ""


def test_programs_read_an_array(folder: Path) -> None:
    doubtful(folder)
    (folder / "third.yaml").write_text("scheme: third\nsteps: [{ring: ivn}, hangup]\n")
    code, out, _ = check(folder, "--json")
    assert code == 1
    lint, problem = json.loads(out)
    assert lint == {
        "file": f"{folder}/second.yaml", "line": 3, "column": 44, "path": "steps[1].voicemail", "severity": "warning",
        "lint": "untold-voicemail", "message": "nobody is notified of messages in box `a`",
        "hint": "add `notify: [person or e-mail address]`",
    }  # fmt: skip
    assert (problem["severity"], problem["lint"]) == ("error", None)


def test_github_shows_findings_at_their_lines(folder: Path) -> None:
    doubtful(folder)
    (folder / "third.yaml").write_text("scheme: third\nsteps: [{ring: '50%, or\\n'}, hangup]\n")
    problem, lint = check(folder, "--format", "github")[1].splitlines()
    assert problem.startswith(f"::error file={folder}/third.yaml,line=2,col=16,title=routing check::")
    assert "50%25, or" in problem
    start = f"::warning file={folder}/second.yaml,line=3,col=44,title=routing check%3A untold-voicemail::"
    assert lint.startswith(f"{start}steps[1].voicemail: nobody is notified")


def test_the_cache_changes_nothing_but_the_time(folder: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    doubtful(folder)
    first = said(folder, cache)
    assert LINE in first
    assert said(folder, cache) == first
    second = folder / "second.yaml"
    second.write_text(second.read_text().replace("box: a", "box: b"))
    assert "box `b`" in said(folder, cache)
    (folder / "company.yaml").write_text((folder / "company.yaml").read_text().replace("ivan:", "petro:"))
    assert said(folder, cache) == said(folder)
    assert "nobody is called `ivan`" in said(folder, cache)
    assert len(list((cache / "releases").iterdir())) == 1


def test_what_is_not_there_is_said_in_a_line(folder: Path) -> None:
    result = CliRunner().invoke(group, ["check", "--schemes", str(folder / "none")])
    assert (result.exit_code, type(result.exception).__name__) == (2, "SystemExit")
    (folder / "project.yaml").unlink()
    assert check(folder)[:2] == (
        1,
        f"{folder}/project.yaml:1:1: no file holds `project:` (hint: write `project: {{name: ..., timezone: ...}}`)\n",
    )


def test_lints_explain_themselves() -> None:
    listed = CliRunner().invoke(group, ["check", "--list"]).output.splitlines()
    assert [line.split()[0] for line in listed] == list(LINTS)
    told = CliRunner().invoke(group, ["check", "--explain", "long-wait"]).output
    assert told.startswith("long-wait: Callers may wait longer")
    assert "    - ring: {to: ivan, for: 2m}" in told
    wrong = CliRunner().invoke(group, ["check", "--explain", "long-wat"])
    assert wrong.exit_code == 2
    assert "there is no lint `long-wat` (did you mean `long-wait`?)" in wrong.output


def test_tests_are_read_too_and_the_folder_is_an_argument(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    sample = 'tests: [{name: a, call: {to: "+380440000001", from: "+380671234567", at: "2026-11-23 10:00"}, %s}]\n'
    (folder / "front.test.yaml").write_text(sample % "phones: {ivn: busy}, expect: [{rign: ivan}]")
    (folder / "more.test.yaml").write_text(sample % "phones: {ivn: busy}, expect: [{ring: ivan}]")
    result = CliRunner().invoke(group, ["check", "schemes", "--today", "2026-11-22"])
    places = [line.partition(" ")[0] for line in result.stdout.splitlines()]
    assert (result.exit_code, places) == (1, ["schemes/front.test.yaml:1:125:", "schemes/more.test.yaml:1:104:"])
    for words in (["compile", "schemes", "--out", "root"], ["test", "schemes"]):
        (folder / "front.test.yaml").write_text(sample % "expect: [{ring: ivan}]")
        (folder / "more.test.yaml").unlink(missing_ok=True)
        (folder / "front.yaml").write_text("scheme: front\nsteps: [{ring: ivn}, hangup]\n")
        told = CliRunner().invoke(group, words).exception
        assert str(told).startswith("schemes/")
