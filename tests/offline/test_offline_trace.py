"""``routing trace`` over a small company compiled for it."""

from __future__ import annotations

import json
import wave

import pytest
from click.testing import CliRunner

from routing.cli.errors import UserError
from routing.cli.trace import trace

COMPANY = """
project: {name: small, timezone: Europe/Kyiv, country: UA, destinations: [UA]}
people:
  ivan:
    name: Ivan
    phones: {desk: {sip: "1001"}, mobile: {number: "+380501112233", confirm: "1"}}
    extension: "101"
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
calendars:
  office: {timezone: Europe/Kyiv, open: {mon-fri: "09:00-18:00"}}
gateways:
  main: {proxy: sip.carrier.example, username: small, numbers: ["+380800330521"]}
"""
SCHEME = """
scheme: kharkiv
numbers: ["+380800330521"]
hours: office
steps:
  - hours:
      open:
        - webhook: {url: "http://127.0.0.1:8085/route"}
        - ring: {to: [ivan, olena], for: 20s}
  - voicemail: {box: sales}
"""
OPEN, CLOSED = "2026-11-23 10:00", "2026-11-22 10:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    schemes = tmp_path_factory.mktemp("schemes")
    (schemes / "company.yaml").write_text(COMPANY)
    (schemes / "kharkiv.yaml").write_text(SCHEME)
    return schemes


def traced(folder, *words: str, to: str = "+380800330521", caller: str = "+380671234567", at: str = OPEN):
    arguments = ["--schemes", str(folder), "--to", to, "--from", caller, "--at", at, *words]
    return CliRunner().invoke(trace, arguments, catch_exceptions=False)


def facts(*words, **more):
    return json.loads(traced(*words, "--json", **more).stdout)


def test_the_path_is_told_in_lines(folder):
    shown = traced(folder, "--phone", "ivan=busy", "--phone", "olena.desk=answer:8", "--webhook", "timeout")
    assert shown.exit_code == 0
    for told in ("no answer within 2 s", "ivan.desk, ivan.mobile: busy", "olena.desk", "NORMAL_CLEARING"):
        assert told in shown.stdout


def test_whoever_must_not_be_disturbed_is_told_and_not_rung(folder):
    shown = traced(folder, "--state", "ivan=dnd", "--phone", "olena.desk=answer:8")
    assert "ivan.desk, ivan.mobile: skipped, on do-not-disturb" in shown.stdout
    assert facts(folder, "--state", "ivan=dnd")["rung"] == ["olena.desk"]
    hook = ("--state", "ivan=dnd", "--webhook", '{"ring": "ivan"}')
    assert facts(folder, *hook)["rung"] == ["olena.desk"]


def test_for_programs_it_is_json(folder):
    told = facts(folder, "--phone", "olena=answers after 3s, talks 10s")
    assert (told["end"], told["talked"], told["seconds"]) == (
        "NORMAL_CLEARING",
        "olena.desk",
        pytest.approx(13.02, abs=0.1),
    )


def test_out_of_hours_is_voicemail(folder):
    assert [event["kind"] for event in facts(folder, at=CLOSED)["events"]][-2:] == ["voicemail", "end"]


def test_a_calendar_overridden_by_hand(folder):
    assert "voicemail" in [event["kind"] for event in facts(folder, "--hours", "office=closed")["events"]]


def test_the_webhook_names_a_person_and_a_number(folder):
    assert facts(folder, "--webhook", '{"ring": "olena"}')["rung"][0] == "olena.desk"
    assert "+380671112233" in str(facts(folder, "--webhook", '{"ring": "+380671112233"}')["events"])


def test_a_number_at_home_is_written_without_its_country(folder):
    assert facts(folder, to="0800330521", at=CLOSED)["events"][0]["subject"] == "+380800330521"


def test_an_unknown_number_has_no_route(folder):
    assert facts(folder, to="+380800330599")["end"] == "NO_ROUTE_DESTINATION"


def test_a_colleagues_call_to_our_own_number_goes_out_and_the_trace_says_what_comes_of_it(folder):
    shown = traced(folder, to="0800330521", caller="ivan.desk")
    told = "+380800330521 is this project's: the carrier returns it as a new call from the company's number"
    assert told in shown.output and "olena" not in shown.output
    assert "is ours" not in traced(folder, to="0501112233", caller="ivan.desk").output


def test_a_colleague_calls_an_extension(folder):
    assert facts(folder, "--phone", "ivan.desk=answers", to="101", caller="olena.desk")["talked"] == "ivan.desk"


def test_the_caller_gives_up(folder):
    told = facts(folder, "--hangs-up-after", "12s")
    assert (told["end"], told["seconds"]) == ("ORIGINATOR_CANCEL", 12)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--phone", "ivna=busy"], "did you mean ivan?"),
        (["--phone", "ivan"], "write WHO=WHAT"),
        (["--phone", "ivan=asleep"], "a phone is busy"),
        (["--hours", "shop=open"], "no calendar shop"),
        (["--hours", "office=shut"], "CALENDAR=open"),
        (["--hangs-up-after", "soon"], "not a duration"),
    ],
)
def test_mistakes_are_told_in_one_line(folder, words, said):
    with pytest.raises(UserError, match=said.replace("?", "[?]")):
        traced(folder, *words)


def test_wrong_times_and_numbers_are_the_users(folder):
    with pytest.raises(UserError, match="--at `tomorrow` is not a moment: write `2026"):
        traced(folder, at="tomorrow")
    with pytest.raises(UserError, match="not a phone number"):
        traced(folder, to="Ivan")


def test_the_engine_needs_its_own_root(folder):
    assert traced(folder, "--engine").exit_code == 2


def test_a_root_without_a_release_says_what_to_do(tmp_path):
    with pytest.raises(UserError, match="no current release"):
        CliRunner().invoke(
            trace, ["--root", str(tmp_path), "--to", "+380800330521", "--from", "anonymous"], catch_exceptions=False
        )


MENU = """
scheme: said
numbers: ["+380800330521"]
steps:
  - listen: {prompt: a.wav, keys: a.wav, options: {sales: {phrases: [sales], key: "1", steps: [hangup]}}}
  - hangup
"""


@pytest.mark.parametrize(
    ("keep", "told"), [("{utterances: 14d}", "(sales, confidence 0.90, kept)"), ("90d", "(sales, confidence 0.90)")]
)
def test_whether_what_is_said_is_kept_is_told(tmp_path, keep, told):
    company = COMPANY.replace("destinations: [UA]", f"recognisers: {{english: en}}, keep: {keep}")
    (tmp_path / "company.yaml").write_text(company)
    (tmp_path / "said.yaml").write_text(MENU)
    (tmp_path / "sounds").mkdir()
    with wave.open(str(tmp_path / "sounds/a.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000))
    assert told in traced(tmp_path, "--says", "sales").stdout
    assert "kept" not in traced(tmp_path, "--says", "recogniser down").stdout
