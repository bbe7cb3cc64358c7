"""Calls on imported projects, written by hand from what the old systems did: the offline switch carries them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group

DUMPS = Path(__file__).parent / "dumps"
FUSION = """
tests:
  - name: at ten on Tuesday the menu, then sales, where Olena joins after five seconds
    call: {to: "+380441234567", from: "+380671234567", at: "2026-11-24 10:00"}
    caller: {digits: "1"}
    phones: {olena_lena_o_shea.desk: answers after 3s}
    expect:
      - {play: imported/greeting.wav}
      - {ring: ivan_petrenko.desk}
      - {ring: olena_lena_o_shea.desk}
      - {talk: olena_lena_o_shea.desk}
  - name: the second number is the same
    call: {to: "+380441234568", from: "+380671234567", at: "2026-11-24 10:00"}
    caller: {digits: "3"}
    expect: [{play: imported/greeting.wav}, {ring: outside_380441234500.line}]
  - name: nine sharp is open, a minute before is not, six sharp is not
    call: {to: "+380441234567", from: "+380671234567", at: "2026-11-24 09:00"}
    expect: [{scheme: main_menu}]
  - name: a minute before nine
    call: {to: "+380441234567", from: "+380671234567", at: "2026-11-24 08:59"}
    expect: [{voicemail: box_600}]
    never: [{scheme: main_menu}]
  - name: at six
    call: {to: "+380441234567", from: "+380671234567", at: "2026-11-24 18:00"}
    expect: [{voicemail: box_600}]
    never: [{scheme: main_menu}]
  - name: Christmas comes before the week, as the first group of the condition
    call: {to: "+380441234567", from: "+380671234567", at: "2026-12-25 10:00"}
    phones: {warehouse.desk: busy, taras_melnyk.forward: "answers after 4s, confirms after 2s"}
    expect: [{play: imported/night.wav}, {ring: warehouse.desk}, {talk: taras_melnyk.forward}]
  - name: summer time moves nothing
    call: {to: "+380441234567", from: "+380671234567", at: "2027-03-29 09:00"}
    expect: [{scheme: main_menu}]
  - name: the call flow by hand
    call: {to: "+380441234570", from: "+380671234567", at: "2026-11-24 10:00"}
    hours: {lunch: closed}
    expect: [{scheme: night_duty}]
  - name: follow-me asks for a key
    call: {to: "+380441234571", from: "+380671234567", at: "2026-11-24 10:00"}
    phones: {ivan_petrenko.mobile: "answers after 2s, confirms after 1s"}
    expect: [{ring: ivan_petrenko.desk}, {ring: ivan_petrenko.mobile, at: 10s}, {talk: ivan_petrenko.mobile}]
"""
FREEPBX = """
tests:
  - name: office hours end at the end of 17:59
    call: {to: "+380441234567", from: "+380671234567", at: "2026-11-24 17:59"}
    expect: [{scheme: main_menu}, {play: imported/welcome.wav}]
  - name: New Year's Eve until two
    call: {to: "+380441234567", from: "+380671234567", at: "2026-12-31 13:59"}
    expect: [{scheme: we_are_closed}, {play: imported/closed.wav}, {play: imported/address.wav}]
  - name: and the week after it
    call: {to: "+380441234567", from: "+380671234567", at: "2026-12-31 14:00"}
    expect: [{scheme: main_menu}]
  - name: a time condition in the zone of Warsaw
    call: {to: "+380441234568", from: "+380671234567", at: "2026-11-24 09:30"}
    expect: [{voicemail: ivan_petrenko}]
    never: [{scheme: support}]
  - name: an option to an outside number behind the prefix 9
    call: {to: "+380441234567", from: "+380671234567", at: "2026-11-24 10:00"}
    caller: {digits: "3"}
    phones: {outside_380441234500.line: answers after 5s}
    expect: [{talk: outside_380441234500.line}]
  - name: memoryhunt adds a phone every ten seconds
    call: {to: "+380441234572", from: "+380671234567", at: "2026-11-24 10:00"}
    expect: [{ring: ivan_petrenko.desk}, {ring: olena_o_shea_lena.desk}, {ring: taras.desk}]
  - name: a partner has a route of their own
    call: {to: "+380441234571", from: "+380501112233", at: "2026-11-24 10:00"}
    phones: {outside_380501110103.line: "answers after 3s, confirms after 1s"}
    expect: [{ring: taras.desk}, {ring: outside_380501110103.line}, {talk: outside_380501110103.line}]
"""


@pytest.mark.parametrize(
    ("system", "name", "tests"), [("fusionpbx", "fusionpbx_5", FUSION), ("freepbx", "freepbx_16", FREEPBX)]
)
def test_calls_go_as_they_went(system: str, name: str, tests: str, tmp_path: Path) -> None:
    into = tmp_path / "new"
    words = [
        "import",
        system,
        str(DUMPS / f"{name}.sql"),
        "--into",
        str(into),
        "--country",
        "UA",
        "--today",
        "2026-11-23",
    ]
    assert CliRunner().invoke(group, words).exit_code == 0
    (tmp_path / "own.test.yaml").write_text(tests, "utf-8")
    result = CliRunner().invoke(group, ["test", str(tmp_path / "own.test.yaml"), "--schemes", str(into / "schemes")])
    assert result.exit_code == 0, result.output
