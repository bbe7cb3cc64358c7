"""Labels of a call, as scheme tests, traces and comparisons tell them: each is an event of its own, once a call."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.diff.outcome import outcome
from routing.diff.phrases import before_and_after
from routing.offline.events import Event

COMPANY = """\
project: {name: labels, timezone: Europe/Kyiv, country: UA}
people: {ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}}
gateways: {main: {proxy: sip.example, register: false, numbers: ["+380441112200"]}}
"""
LABELLED = """\
scheme: labelled
numbers: ["+380441112200"]
steps:
  - tag: [shop, from_ads]
  - ring: {to: ivan, for: 5s}
  - tag: [missed, shop]
  - hangup: {cause: NO_ANSWER}
"""
#: What is expected -> whether the call of `LABELLED` is so.
EXPECTED = {
    "expect: [{tag: shop}, {tag: from_ads}]": True,
    "expect: [{tag: from_ads}, {tag: shop}]": True,
    "expect: [{tag: [from_ads, shop]}, {ring: ivan}, {tag: missed, at: 5s}]": True,
    "exactly: [{tag: shop}, {tag: from_ads}, {ring: ivan}, {tag: missed}]": True,
    "expect: [{tag: missed}, {tag: shop}]": False,  # a call has a label once
    "expect: [{tag: missed}, {ring: ivan}]": False,
    "exactly: [{tag: shop}, {ring: ivan}, {tag: missed}]": False,
    "never: [{tag: from_ads}]": False,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "company.yaml").write_text(COMPANY, "utf-8")
    (tmp_path / "labelled.yaml").write_text(LABELLED, "utf-8")
    return tmp_path


def run(folder: Path, *expected: str, words: tuple[str, ...] = ()) -> Result:
    call = '{to: "+380441112200", from: "0671234567", at: "2026-11-23 10:00"}'
    tests = "".join(f"  - {{name: '{line}', call: {call}, {line}}}\n" for line in expected)
    (folder / "a.test.yaml").write_text(f"tests:\n{tests}", "utf-8")
    return CliRunner().invoke(group, ["test", "--schemes", str(folder), *words])


def test_labels_that_one_step_puts_are_expected_one_by_one_or_together(folder: Path) -> None:
    shown = run(folder, *EXPECTED).output
    failed = [line for line in EXPECTED if any(line in row for row in shown.splitlines() if "FAILED" in row)]
    assert failed == [line for line, well in EXPECTED.items() if not well], shown


def test_what_came_instead_of_a_label_is_one_label(folder: Path) -> None:
    shown = run(folder, "expect: [{tag: missed, at: 0s}]", "expect: [{ring: ivan}, {tag: shop}]").output
    assert "expected tag: missed at 0s, got missed at 5.0 s" in shown
    assert "expected tag: shop, got missed at 5.0 s" in shown


def test_a_trace_tells_each_label_where_the_call_gets_it(folder: Path) -> None:
    call = ("--to", "+380441112200", "--from", "0671234567", "--at", "2026-11-23 10:00")
    shown = CliRunner().invoke(group, ["trace", "--schemes", str(folder), *call]).output
    rows = [row.rstrip().split(maxsplit=3) for row in shown.splitlines() if " tag " in row]
    assert [(row[0], row[3]) for row in rows] == [("0.0", "shop, from_ads"), ("5.0", "missed")]


def labelled(*labels: str) -> list[Event]:
    return [*(Event(0, "tag", label) for label in labels), Event(0, "talk", "ivan.desk"), Event(9000, "end", "X")]


@pytest.mark.parametrize(
    ("before", "after", "was", "now"),
    [
        (("shop", "ads"), ("shop", "site"), "is labelled ads", "is labelled site"),
        (("shop",), ("shop", "vip"), "talks with ivan.desk", "is labelled vip, then talks with ivan.desk"),
        (("shop", "vip"), ("vip",), "is labelled shop, then is labelled vip", "is labelled vip"),
    ],
)
def test_a_comparison_tells_the_labels_that_changed(
    before: tuple[str, ...], after: tuple[str, ...], was: str, now: str
) -> None:
    assert before_and_after(outcome(labelled(*before)), outcome(labelled(*after))) == (was, now)
