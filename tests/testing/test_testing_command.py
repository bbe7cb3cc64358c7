"""``routing test`` as a user runs it: exit codes, the diff of a call's path, JUnit, selection, many tests at once."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.cli.errors import report
from routing.cli.opened import AnySecret, opened
from routing.cli.spread import WORTH_IT, spread
from routing.compile.build import build
from routing.testing.names import Names
from routing.testing.read import checked

SCHEMES = Path(__file__).parent / "schemes"
FAILING = """\
tests:
  - name: Olena was to take it
    call: {to: "0800330521", from: "0671234567", at: "2026-11-23 10:00"}
    phones: {ivan.desk: answers after 6s}
    expect:
      - ring: [ivan.desk, olena.desk]
      - talk: olena
      - notify: olena
    never: [{confirm: ivan}, {ring: olena}]
    within: 5s
  - name: the message is for Ivan
    call: {to: "0800330521", from: "0671234567", at: "2026-11-23 20:00"}
    expect: [{voicemail: kharkiv}, {notify: ivan}]
  - name: all is well
    call: {to: "0800330521", from: "0671234567", at: "2026-11-23 20:00"}
    expect: [{voicemail: kharkiv}]
"""
DIFF = """\
  - expected, + got
       0.0             call     +380800330521 from +380671234567
       0.0  kharkiv    scheme   kharkiv
       0.0  kharkiv/1  hours    open
       0.0  kharkiv/2  caller   hears ringing
       0.0  kharkiv/2  ring     ivan.desk
  +    0.0  kharkiv/2  ring     olena.desk
       6.0  kharkiv/2  ended    ivan.desk: answers after 6.0 s
       6.0  kharkiv/2  ended    olena.desk: stops ringing, another answered after 6.0 s
       6.0  kharkiv/2  caller   is answered
  -                    talk     olena   FILE:7
  +    6.0  kharkiv/2  talk     ivan.desk
       6.0  kharkiv/2  whisper  whisper.wav to ivan.desk (0.5 s)
      36.0  kharkiv/2  ended    talk with ivan.desk, 30.0 s, person hangs up
  -                    notify   olena   FILE:8
      36.0  kharkiv/2  end      NORMAL_CLEARING (ivan.desk)
"""


def run(*words: object, schemes: Path = SCHEMES) -> Result:
    return CliRunner().invoke(group, ["test", "--schemes", str(schemes), *map(str, words)])


@pytest.fixture
def failing(tmp_path: Path) -> Path:
    file = tmp_path / "failing.test.yaml"
    file.write_text(FAILING, "utf-8")
    return file


def test_all_tests_of_the_schemes_pass() -> None:
    result = run()
    assert result.exit_code == 0, result.output
    file, summary = result.output.splitlines()
    assert file.startswith(f"{SCHEMES}/company.test.yaml ......")
    assert " passed in " in summary
    assert "failed" not in summary


def test_a_failure_is_a_diff_of_the_path_with_its_lines(failing: Path) -> None:
    result = run(failing)
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert lines[0] == f"{failing} FF."
    assert f"✗ Olena was to take it  {failing}:2" in lines
    assert f"  {failing}:7: expected talk: olena, got ivan.desk at 6.0 s" in lines
    assert f"  {failing}:8: expected notify: olena" in lines
    assert f"  {failing}:9: must not happen: ring: olena" in lines
    assert f"  {failing}:10: took 6.0 s, at most 5 s were allowed" in lines
    assert DIFF.replace("FILE", str(failing)) in result.output
    assert f"  {failing}:13: expected notify: ivan, got olena at 0.0 s" in lines
    assert lines[-3:-1] == [
        f"FAILED {failing}:2 Olena was to take it",
        f"FAILED {failing}:11 the message is for Ivan",
    ]
    assert lines[-1].startswith("2 failed, 1 passed in ")


def test_verbose_shows_the_path_of_what_passed(failing: Path) -> None:
    result = run(failing, "-v", "-k", "ALL IS")
    assert result.exit_code == 0
    assert result.output.startswith(f"✓ all is well  {failing}:14\n")
    assert "voicemail  kharkiv (10.0 s)" in result.output


def test_a_pipeline_reads_junit(failing: Path, tmp_path: Path) -> None:
    report_file = tmp_path / "reports" / "junit.xml"
    assert run(failing, SCHEMES / "company.test.yaml", "--junit", report_file).exit_code == 1
    root = ElementTree.parse(report_file).getroot()
    assert (root.get("failures"), root.get("errors")) == ("2", "0")
    first, second = root.findall("testsuite")
    assert (first.get("name"), first.get("tests"), first.get("failures")) == (str(failing), "3", "2")
    assert (second.get("failures"), len(second.findall("testcase"))) == ("0", int(second.get("tests") or 0))
    failed = first.find("testcase/failure")
    assert failed is not None
    assert failed.text is not None
    assert f"{failing}:7: expected talk: olena" in (failed.get("message") or "")
    assert "\n+    6.0  kharkiv/2          talk      ivan.desk\n" in failed.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-k", "nothing of that name"], "no test has `nothing of that name` in its name"),
        (["no_such_folder"], "no_such_folder:1:1: there is no such file or folder"),
        ([str(SCHEMES / "sounds")], "there are no tests here: tests are in files named *.test.yaml"),
    ],
)
def test_a_users_mistake_is_one_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(*words)
    assert result.exception is not None
    assert report(result.exception) == 1
    assert told in capsys.readouterr().err


def test_a_release_can_be_tested_without_its_schemes(tmp_path: Path, failing: Path) -> None:
    release = build(SCHEMES, tmp_path / "root", lambda where: AnySecret())
    (tmp_path / "root" / "current").symlink_to(release.folder)
    result = CliRunner().invoke(group, ["test", "--root", str(tmp_path / "root"), str(failing), "-k", "all is"])
    assert result.exit_code == 0, result.output


@pytest.mark.process
def test_many_tests_are_carried_by_several_processes_and_come_back_in_order(tmp_path: Path) -> None:
    """Whatever process carried them, the results are the same, in the files' order."""
    file = tmp_path / "many.test.yaml"
    one = FAILING.partition("\n")[2]
    file.write_text("tests:\n" + "".join(one.replace("name: ", f"name: {n} ") for n in range(WORTH_IT // 3 + 1)))
    with opened(SCHEMES) as published:
        names = Names(published)
        cases = checked([file], names)
        alone, together = spread(cases, names, 1), spread(cases, names, 2)
    assert len(cases) >= WORTH_IT
    assert together == alone
    assert [result.case for result in together] == cases
