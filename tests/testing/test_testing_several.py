"""Tests and traces of several calls: one clock, one memory, phones that can do one thing at a time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.cli.errors import ErrorReporter
from routing.model.problem import Problems

COMPANY = """\
project: {name: several, timezone: Europe/Kyiv, country: UA, destinations: [UA]}
people:
  ivan: {name: Ivan, extension: "11", phones: {desk: {sip: "1001"}, mobile: {number: "+380501112233"}}, ring: [desk]}
  olena: {name: Olena, extension: "12", phones: {desk: {sip: "1002"}}}
  petro: {name: Petro, extension: "13", phones: {desk: {sip: "1003"}}}
groups: {sales: [ivan, olena, petro]}
gateways: {main: {proxy: sip.example, register: false, numbers: ["+380441112200", "+380441112201", "+380441112202",
  "+380441112203", "+380441112204", "+380441112205", "+380441112206", "+380441112207"]}}
"""
SCHEMES = {
    "together": "- ring: {to: sales, for: 20s}",
    "desk": "- ring: {to: ivan.desk, for: 20s}",
    "turns": "- ring: {to: sales, order: round_robin, for: 20s}",
    "fewest": "- ring: {to: sales, order: fewest_calls, for: 20s}",
    "free": "- ring: {to: sales, order: in_order, only: free, for: 20s}",
    "again": "- sticky: {within: 14d}\n  - ring: {to: olena, for: 20s}",
    "waits": "- ring: {to: [ivan], order: in_order_waiting, for: 60s}",
    "mobile": "- ring: {to: ivan.mobile, for: 20s}",
}
NUMBER = {name: f"+38044111220{place}" for place, name in enumerate(SCHEMES)}
AT = 'at: "2026-11-23 10:00"'
#: What is expected -> phones, and of each call: its scheme, what else is said of it, what is expected.
SEVERAL = {
    "the second caller at the same moment gets the next person": (
        "{ivan: answers after 3s, olena: answers after 5s}",
        [("together", AT, "[{talk: ivan}]"), ("together", "after: 1s", "[{talk: {olena: 30s}}]")],
    ),
    "a phone is busy while it talks with another call": (
        "{ivan: 'answers after 1s, talks 60s'}",
        [("desk", AT, "[{talk: ivan}]"), ("desk", "after: 30s", "[{ring: {ivan.desk: 0s}}, {end: USER_BUSY}]")],
    ),
    "and free afterwards": (
        "{ivan: 'answers after 1s, talks 60s'}",
        [("desk", AT, "[{talk: ivan}]"), ("desk", "after: 62s", "[{talk: ivan}]")],
    ),
    "somebody who talks does not pick up a second call": (
        "{ivan: 'answers after 10s, talks 60s'}",
        [("desk", AT, "[{talk: ivan}]"), ("desk", "after: 5s", "[{ring: {ivan.desk: 20s}}, {end: USER_BUSY}]")],
    ),
    "somebody who hangs up picks up what rings": (
        "{ivan: 'answers after 10s, talks 10s'}",
        [("desk", AT, "[{talk: {ivan: 10s}}]"), ("desk", "after: 5s", "[{talk: ivan, at: 15s}]")],
    ),
    "on another phone too, the call that rang first": (
        "{ivan: 'answers after 3s, talks 10s'}",
        [("mobile", AT, "[{talk: {ivan.mobile: 10s}}]"), ("desk", "after: 1s", "[{talk: {ivan.desk: 10s}, at: 12s}]"),
         ("desk", "after: 2s", "[{ring: {ivan.desk: 20s}}, {end: USER_BUSY}]")],
    ),
    "and not before he would have": (
        "{ivan: 'answers after 12s, talks 5s'}",
        [("desk", AT, "[{talk: {ivan: 5s}}]"), ("desk", "after: 11s", "[{talk: ivan, at: 12s}]")],
    ),
    "the voicemail of a mobile does not wait": (
        "{ivan.desk: 'answers after 3s, talks 60s', ivan.mobile: 'voicemail after 10s'}",
        [("desk", AT, "[{talk: ivan.desk}]"), ("mobile", "after: 1s", "[{talk: ivan.mobile, at: 10s}]")],
    ),
    "a caller who gives up meanwhile is not picked up": (
        "{ivan: 'answers after 10s, talks 10s'}",
        [("desk", AT, "[{talk: {ivan: 10s}}]"),
         ("desk", "after: 5s, caller: {hangs_up_after: 14s}", "[{end: ORIGINATOR_CANCEL}], never: [{talk: ivan}]")],
    ),
    "turns go round": (
        "{ivan: answers after 1s, olena: answers after 1s, petro: answers after 1s}",
        [("turns", AT, "[{talk: ivan}]"), ("turns", "after: 5m", "[{talk: olena}]"),
         ("turns", "after: 10m", "[{talk: petro}]"), ("turns", "after: 15m", "[{talk: ivan}]")],
    ),
    "a turn is taken when the call comes, not when it ends": (
        "{ivan: answers after 9s, olena: answers after 9s, petro: answers after 1s}",
        [("turns", AT, "[{talk: ivan}]"), ("turns", "after: 1s", "[{talk: olena}]"),
         ("turns", "after: 2s", "[{talk: petro}]")],
    ),
    "fewest calls are counted as they end": (
        "{ivan: answers after 1s, olena: answers after 1s, petro: busy}",
        [("fewest", AT, "[{talk: ivan}]"), ("fewest", "after: 5m", "[{talk: olena}]"),
         ("fewest", "after: 10m", "[{talk: ivan}]")],
    ),
    "who rings or talks is passed over": (
        "{ivan: 'answers after 3s, talks 60s', olena: no answer, petro: 'answers after 1s, talks 5s'}",
        [("free", AT, "[{talk: ivan}]"), ("free", "after: 1s", "[{ring: olena}, {talk: petro, at: 21s}]"),
         ("free", "after: 10s", "[{talk: petro, at: 1s}]")],
    ),
    "a caller reaches again whom he talked with": (
        "{ivan: answers after 1s, olena: answers after 1s}",
        [("again", AT, "[{talk: olena}]"), ("desk", "after: 5m", "[{talk: ivan}]"),
         ("again", "after: 10m", "[{sticky: ring ivan}, {talk: ivan}]")],
    ),
    "a caller waits until the busy one is free": (
        "{ivan: 'answers after 1s, talks 20s'}",
        [("desk", AT, "[{talk: {ivan: 20s}}]"), ("waits", "after: 5s", "[{talk: ivan, at: 16s-22s}]")],
    ),
    "only so many calls of one caller at a time": (
        "{ivan: no answer}",
        [("desk", AT, "[{end: USER_BUSY}]"), *[("desk", f"after: {n}s", "[]") for n in range(1, 5)],
         ("desk", "after: 6s", "[{end: CALL_REJECTED}]")],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def schemes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("several")
    (folder / "company.yaml").write_text(COMPANY, "utf-8")
    for name, steps in SCHEMES.items():
        text = f'scheme: {name}\nnumbers: ["{NUMBER[name]}"]\nsteps:\n  {steps}\n'
        (folder / f"{name}.yaml").write_text(f"{text}  - hangup: {{cause: USER_BUSY}}\n", "utf-8")
    return folder


def run(folder: Path, name: str, calls: str, phones: str = "{}") -> Result:
    file = folder / "several.test.yaml"
    file.write_text(f"tests:\n  - name: {name}\n    phones: {phones}\n    calls:\n{calls}", "utf-8")
    return CliRunner().invoke(group, ["test", str(file), "--schemes", str(folder)])


def written(scheme: str, more: str, expected: str) -> str:
    expected = "" if expected == "[]" else f", expect: {expected}"
    return f'      - {{to: "{NUMBER[scheme]}", from: "0671234567", {more}{expected}}}\n'


@pytest.mark.parametrize("name", SEVERAL)
def test_several_calls(name: str, schemes: Path) -> None:
    phones, calls = SEVERAL[name]
    result = run(schemes, name, "".join(written(*call) for call in calls), phones)
    assert result.exit_code == 0, result.output
    assert f"{len(calls)} passed" in result.output


def test_a_failure_names_its_call_and_its_line(schemes: Path) -> None:
    calls = written("desk", AT, "[{talk: ivan}]") + written("desk", "after: 1s", "[{talk: ivan}]")
    result = run(schemes, "both", calls, "{ivan: 'answers after 3s, talks 60s'}")
    assert result.exit_code == 1
    assert "FAILED" in result.output and "both, call 2 of 2" in result.output
    assert "several.test.yaml:6: expected talk: ivan" in result.output


def test_a_phone_that_calls_is_busy_itself(schemes: Path) -> None:
    calls = (
        f'      - {{to: "0671112233", from: ivan.desk, {AT}, expect: [{{talk: "+380671112233"}}]}}\n'
        f'      - {{to: "{NUMBER["desk"]}", from: "0671234567", after: 10s,'
        " expect: [{end: USER_BUSY}], within: 2s}\n"
        f'      - {{to: "{NUMBER["free"]}", from: "0671234567", after: 11s, expect: [{{talk: olena}}],'
        " never: [{ring: ivan}]}\n"
        f'      - {{to: "{NUMBER["desk"]}", from: "0671234567", after: 2m, expect: [{{talk: ivan}}]}}\n'
    )
    phones = '{"+380671112233": "answers after 2s, talks 60s", ivan: answers after 1s, olena: answers after 1s}'
    result = run(schemes, "out", calls, phones)
    assert result.exit_code == 0, result.output


def test_do_not_disturb_dialled_in_one_call_holds_for_the_next(schemes: Path) -> None:
    calls = (
        f'      - {{to: "{NUMBER["together"]}", from: "0671234567", {AT}, expect: [{{talk: ivan}}]}}\n'
        '      - {to: "*78", from: ivan.desk, after: 5m, expect: [{end: NORMAL_CLEARING}]}\n'
        f'      - {{to: "{NUMBER["together"]}", from: "0671234567", after: 6m, expect: [{{talk: olena}}],'
        " never: [{ring: ivan}]}\n"
        '      - {to: "*79", from: ivan.desk, after: 10m, expect: [{end: NORMAL_CLEARING}]}\n'
        f'      - {{to: "{NUMBER["together"]}", from: "0671234567", after: 11m, expect: [{{talk: ivan}}]}}\n'
    )
    result = run(schemes, "not now", calls, "{ivan: answers after 1s, olena: answers after 5s}")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        (
            written("desk", "", "[{talk: ivan}]").replace(", , ", ", "),
            "the first of several calls begins `at` a moment",
        ),
        (written("desk", "after: 5s", "[{talk: ivan}]"), "the first of several calls begins `at` a moment"),
        (
            written("desk", AT, "[{talk: ivan}]") + written("desk", "", "[]").replace(", }", "}"),
            "a call needs its beginning",
        ),
        (written("desk", AT, "[]"), "a test that expects nothing cannot fail"),
        (written("desk", AT, "[{talk: ivna}]"), "6:82: tests[0].calls[0].expect[0].talk: nobody is called `ivna`"),
        (written("desk", AT, "[{talk: ivan}]") + "    expect: [{talk: ivan}]\n", "with several `calls`, expectations"),
        (written("desk", AT, "[{talk: ivan}]") + f'    call: {{to: "1", from: "2", {AT}}}\n', "makes one `call`, or"),
        (written("desk", 'at: "noon"', "[{talk: ivan}]"), "tests[0].calls[0].at: `noon` is not a moment"),
    ],
)
def test_what_cannot_be_several_calls_is_said(calls: str, said: str, schemes: Path) -> None:
    result = run(schemes, "wrong", calls)
    assert isinstance(result.exception, Problems), result.output
    shown = str(result.exception)
    assert said.removeprefix("6:82: ") in shown, shown


def trace(schemes: Path, tmp_path: Path, text: str, *words: str) -> Result:
    file = tmp_path / "calls.yaml"
    file.write_text(text, "utf-8")
    return CliRunner().invoke(group, ["trace", "--calls", str(file), "--schemes", str(schemes), *words])


def test_a_file_of_calls_is_traced(schemes: Path, tmp_path: Path) -> None:
    text = "phones: {ivan: 'answers after 3s, talks 60s'}\ncalls:\n" + "".join(
        written("desk", when, "[]") for when in (AT, "after: 10s")
    )
    told = [json.loads(line) for line in trace(schemes, tmp_path, text, "--json").output.splitlines()]
    assert [(each["talked"], each["end"]) for each in told] == [("ivan.desk", "NORMAL_CLEARING"), (None, "USER_BUSY")]
    assert [each["at"] for each in told] == ["2026-11-23T10:00:00+02:00", "2026-11-23T10:00:10+02:00"]
    shown = trace(schemes, tmp_path, text).output
    assert "Monday 2026-11-23 10:00:10 EET" in shown and shown.count("heard nothing") == 2


def test_a_file_of_calls_stands_alone(schemes: Path, tmp_path: Path) -> None:
    text = "calls:\n" + written("desk", AT, "[]")
    assert "--to belongs in the file of --calls" in trace(schemes, tmp_path, text, "--to", "1").output
    assert "who calls whom?" in CliRunner().invoke(group, ["trace", "--to", "1"]).output
    wrong = trace(schemes, tmp_path, text.replace("calls:", "call:"))
    assert isinstance(wrong.exception, Problems | ErrorReporter)


def test_the_heading_of_each_call_says_the_second_it_begins(schemes: Path) -> None:
    calls = written("desk", AT, "[{ring: ivan}]") + written("desk", "after: 1s", "[]")
    file = schemes / "headings.test.yaml"
    file.write_text(f"tests:\n  - name: two\n    calls:\n{calls}", "utf-8")
    shown = CliRunner().invoke(group, ["test", str(file), "--schemes", str(schemes), "-v"]).output
    file.unlink()
    assert "Mon 23 Nov 2026 10:00:00 EET" in shown and "Mon 23 Nov 2026 10:00:01 EET" in shown


def test_a_trace_names_the_limit_that_refused_a_call(schemes: Path, tmp_path: Path) -> None:
    calls = [written("desk", AT, "[]"), *(written("desk", f"after: {second}s", "[]") for second in range(1, 6))]
    shown = trace(schemes, tmp_path, "calls:\n" + "".join(calls)).output
    refused = [line.split("refused", 1)[1].strip() for line in shown.splitlines() if " refused " in line]
    assert refused == ["by the limit of the caller +380671234567: 6 calls at a time, 5 allowed"]
