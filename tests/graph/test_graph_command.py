"""`routing graph` as typed."""

import pytest
from click.testing import CliRunner

from routing.cli.errors import UserError
from routing.cli.graph import graph
from support.graph_folder import written

CASE = """\
tests:
  - name: at night
    call: {to: "+380441112233", from: "+380441112200", at: "2026-11-23 20:00"}
    caller: {digits: "2"}
    expect: [{play: closed.wav}, {voicemail: service}]
  - name: one of two
    calls:
      - {to: "11", from: olena.desk, at: "2026-11-23 20:00", expect: [{ring: ivan}]}
      - {to: "+380441112233", from: "+380441112200", after: 5s}
  - name: both
    calls:
      - {to: "+380441112233", from: "+380441112200", at: "2026-11-23 10:00", within: 2m}
      - {to: "+380441112233", from: "+380441112201", after: 5s}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = written(tmp_path_factory.mktemp("service"))
    (folder / "service.test.yaml").write_text(CASE, encoding="utf-8")
    return folder


def ran(folder, *arguments):
    return CliRunner().invoke(graph, [*arguments, "--schemes", str(folder)], catch_exceptions=False)


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.svg", "<svg"), ("a.mmd", "flowchart TD"), ("a.dot", "digraph"), ("picture", "<svg")],
)
def test_the_files_ending_chooses_the_format(folder, tmp_path, name, beginning):
    assert ran(folder, "service", "-o", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(beginning)


def test_without_a_file_it_is_printed(folder):
    assert ran(folder, "other", "--format", "mermaid").output.startswith("flowchart TD\n")


def test_a_folder_that_is_not_there_is_told_as_elsewhere(tmp_path):
    result = CliRunner().invoke(graph, ["service", "--schemes", str(tmp_path / "none")])
    assert result.exit_code == 2 and "(hint: --schemes FOLDER)" in result.output


def test_a_test_case_is_lit(folder):
    svg = ran(folder, "service", "--case", "at night").output
    assert "service: at night" in svg and 'id="step-2.closed.2"' in svg and 'class="left"' in svg


@pytest.mark.parametrize("name", ["one of two", "one of two, call 2 of 2", "both, call 1 of 2"])
def test_a_call_of_a_test_of_several_is_lit(folder, name):
    """The test's name will do where one of its calls comes here."""
    shown = "one of two, call 2 of 2" if name == "one of two" else name
    assert f"service: {shown}" in ran(folder, "service", "--case", name).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ("service", "--case", "both"),
            '2 calls of `both` enter service: choose one, --case "both, call 1 of 2" or --case "both, call 2 of 2"',
        ),
        (("other", "--case", "both"), "no call of `both` enters other"),
        (("servise",), "no scheme is called servise (did you mean `service`?)"),
        (("service", "--case", "at nigth"), "no test case is called `at nigth` (did you mean `at night`?)"),
        (("other", "--case", "at night"), "no call of `at night` enters other"),
        (("service", "-o", "/nowhere/at/all.svg"), "/nowhere/at/all.svg: No such file or directory"),
    ],
)
def test_mistakes(folder, arguments, words):
    with pytest.raises(UserError) as error:
        ran(folder, *arguments)
    assert str(error.value) == words
