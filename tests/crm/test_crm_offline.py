"""A crm step on the offline switch: the same compiled XML and the same decision, the CRM's answer in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.test import test as run_tests
from routing.cli.trace import trace as command
from routing.compile.tones import tones
from routing.offline.crm_answers import answers

FOLDER = """
project: {name: shop, timezone: Europe/Kyiv, country: UA}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}, crm: {bitrix24: 17}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}, email: olena@example.com}
crm:
  bitrix24: {webhook: BITRIX24_WEBHOOK}
"""
SCHEME = """
scheme: shop
numbers: ["+380800330521"]
steps:
  - crm: {system: bitrix24, order: [deal, contact], ring: 20s}
  - ring: {to: olena, for: 15s}
  - voicemail: {box: olena, notify: olena}
"""


@pytest.fixture
def schemes(tmp_path: Path) -> Path:
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "hello.wav").write_bytes(tones()["routing/beep.wav"])
    (tmp_path / "all.yaml").write_text(FOLDER)
    (tmp_path / "shop.yaml").write_text(SCHEME)
    return tmp_path


def trace(schemes: Path, *words: str) -> str:
    call = ("--schemes", str(schemes), "--to", "+380800330521", "--from", "+380671234567")
    result = CliRunner().invoke(command, [*call, "--at", "2026-11-23 10:00", *words])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("answer", "rung"),
    [
        ("ivan", ["ivan.desk", "olena.desk"]),
        ("deal 17, Romashka Ltd", ["ivan.desk", "olena.desk"]),
        ("contact olena@example.com", ["olena.desk", "olena.desk"]),
        ("99", ["olena.desk"]),
        ("lead ivan", ["olena.desk"]),
        ("nobody", ["olena.desk"]),
        ("timeout", ["olena.desk"]),
        ("500", ["olena.desk"]),
        ("refused", ["olena.desk"]),
    ],
)
def test_who_rings_is_what_the_crm_says(schemes, answer, rung):
    facts = json.loads(trace(schemes, "--crm", answer, "--json"))
    assert facts["rung"] == rung


def test_a_trace_that_asks_no_crm_says_so(schemes):
    assert "not asked" in trace(schemes)
    assert "the CRM knows nobody with this number" in trace(schemes, "--crm", "nobody")


def test_an_owner_whom_nobody_stands_for_is_named(schemes):
    assert "no person is mapped to owner 99" in trace(schemes, "--crm", "99")


VISITORS = """
project:
  name: shop
  timezone: Europe/Kyiv
  country: UA
  tracking: {origins: "https://www.example.com", entities: {region: {}, category: {}}}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}, email: ivan@example.com}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}, email: olena@example.com}
crm:
  bitrix24:
    vendor: http
    url: https://crm.example.com
    deal: {path: "/d?p={phone}&r={entity.region}&c={source.utm_campaign}", owner: o, phones: p}
    contact: {path: "/c", method: POST, body: {p: "{phone}", r: "{entity.region}"}, owner: o, phones: p}
pools:
  site: {scheme: shop, numbers: "+380577280001", overflow: "+380800330521"}
"""
TEST = """
tests:
  - name: the CRM knows whose region it is
    call: {to: "+380577280001", from: "+380671234567", at: "2026-11-23 10:00"}
    entities: {region: "521 (Харків)", category: pumps}
    crm: deal ivan
    expect: [{crm: [ring ivan, "told entity.region=521 (Харків)", told source.utm_campaign=]}, {ring: ivan}]
"""


@pytest.fixture
def visited(schemes: Path) -> Path:
    (schemes / "all.yaml").write_text(VISITORS)
    return schemes


def test_a_trace_says_what_the_crm_was_told_of_the_visitor(visited):
    said = trace(visited, "--to", "+380577280001", "--entity", "region=521", "--entity", "category=x", "--crm", "ivan")
    assert "told entity.region=521; told source.utm_campaign=)" in said


def test_a_trace_says_nothing_of_a_visitor_where_there_is_none(visited):
    assert "told" not in trace(visited, "--crm", "ivan")


@pytest.mark.parametrize(
    ("written", "instead", "words"),
    [
        ("", "", "1 passed"),
        ("=521 (", "=522 (", "expected crm: ring ivan, told entity.region=522 (Харків)"),
        ("told entity.region", "told entity.category", "there is no answer `told entity.category=521 (Харків)`"),
        ("told source.utm_campaign", "told source.utm_campain", "did you mean `told source.utm_campaign=`?"),
    ],
)
def test_a_test_can_expect_what_the_crm_is_told(visited, written, instead, words):
    (visited / "shop.test.yaml").write_text(TEST.replace(written, instead, 1))
    result = CliRunner().invoke(run_tests, ["--schemes", str(visited)])
    assert words in f"{result.output}{result.exception}"


def test_words_that_are_no_answer_are_refused():
    with pytest.raises(ValueError, match="no answer of a CRM"):
        answers("company of ivan")
