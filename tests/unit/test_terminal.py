"""Tables fit the terminal, and times say their zone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.reference import topics

HOME = Path(__file__).resolve().parents[2]
PEOPLE = """\
project: {name: p, timezone: Europe/Kyiv, country: UA}
crm: {bitrix24: {webhook: BITRIX24_WEBHOOK}}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}, laptop: {sip: "1002"}, a_phone_with_a_long_name: {sip: "1003"}}}
  olena: {name: Olena, phones: {desk: {sip: "1004"}, laptop: {sip: "1005"}, a_phone_with_a_long_name: {sip: "1006"}}}
"""
SCHEME = """\
scheme: kharkiv
numbers: ["+380800330521"]
steps:
  - webhook: {url: "https://handler.example/route", timeout: 2s}
  - crm: bitrix24
  - ring: {to: [ivan, olena], for: 20s}
  - voicemail: {box: kharkiv, notify: [a@example.com]}
"""
TESTS = """\
tests:
  - name: a name that is rather long, and yet fits
    call: {to: "+380800330521", from: "+380671234567", at: "2026-11-23 10:00"}
    expect: [{ring: ivan}]
"""
PHONES = ("desk", "laptop", "a_phone_with_a_long_name")
MANUALS = (
    ["check", "--list"],
    ["check", "--explain", "long-wait"],
    *(["reference", *name.split()] for name in topics()),
)
CALL = ["trace", "--to", "0800330521", "--from", "0671234567", "--at", "2026-11-23 10:00"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemes").mkdir()
    for name, text in (("people", PEOPLE), ("kharkiv", SCHEME), ("kharkiv.test", TESTS)):
        (tmp_path / "schemes" / f"{name}.yaml").write_text(text)

    def asked(*words):
        ran = CliRunner().invoke(group, words, catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return ran.output

    return asked


@pytest.mark.parametrize("words", [CALL, *MANUALS, ["test", "-v"]], ids=" ".join)
def test_eighty_columns(words, run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    examples = "    "
    assert [line for line in run(*words).splitlines() if len(line) > 80 and not line.startswith(examples)] == []


def test_rows_are_whole_in_a_pipe(run):
    row = ", ".join(f"{who}.{phone}" for who in ("ivan", "olena") for phone in PHONES)
    assert row in run(*CALL)
    assert row in run("test", "-v")


def test_a_partner_that_is_not_asked_is_said_to_be(run):
    rows = re.findall(r"kharkiv/\d +engine +(.*?) *$", run(*CALL), re.MULTILINE)
    assert rows == ["continue (not asked)", "continue (not asked)"]
    rows = re.findall(r"engine +(.*?) *$", run(*CALL, "--webhook", "refused", "--crm", "nobody"), re.MULTILINE)
    assert rows[0] == "continue (connection refused) (20 ms)"
    assert rows[1].startswith("continue (the CRM knows nobody")


def test_times_say_their_zone(run):
    assert run(*CALL).startswith("Monday 2026-11-23 10:00 EET")
    assert json.loads(run(*CALL, "--json"))["at"] == "2026-11-23T10:00:00+02:00"
    assert "Mon 23 Nov 2026 10:00 EET" in run("test", "-v")


def test_seconds_of_a_report_are_the_machines(run, tmp_path):
    run("test", "--junit", "report.xml")
    suites = ElementTree.parse(tmp_path / "report.xml").getroot()
    seconds = [float(each.get("time")) for each in (suites, *suites, *suites.iter("testcase"))]
    assert seconds[0] == seconds[1] == seconds[2] < 20  # the call takes 30 s


def test_a_difference_for_programs_is_asked_for_as_everywhere(run):
    assert json.loads(run("diff", "schemes", "schemes", "--json")) == json.loads(
        run("diff", "schemes", "schemes", "--format", "json")
    )
