"""Emergency numbers: always dialled, by the first gateway that lives; never an extension."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from routing.compile.build import build
from routing.model import emergency, numbers
from routing.model.problem import Problems
from support.folders import AnyPassword

COMPANY = """\
project: {name: p, timezone: UTC, country: %s, destinations: [%s]}
people: {ivan: {name: I, phones: {desk: {sip: "%s"}}, extension: "%s"}}
gateways:
  first: {proxy: one.example, register: false, numbers: ["+380800330521"], caller_id: caller}
  second: {proxy: two.example, register: false}
"""
SCHEME = """\
scheme: s
numbers: ["+380800330521"]
steps: [{ring: ivan}, hangup]
"""


def compiled(path: Path, country: str, account: str = "1001", extension: str = "201", scheme: str = SCHEME) -> Path:
    (path / "schemes").mkdir()
    (path / "schemes/company.yaml").write_text(COMPANY % (country, country, account, extension))
    (path / "schemes/s.yaml").write_text(scheme)
    return build(path / "schemes", path / "root", lambda _: AnyPassword()).folder


@pytest.mark.parametrize(
    ("country", "reached", "others"),
    [
        ("UA", ["112", "101", "102", "103", "116123"], ["100", "1121", "0800", "12345"]),
        ("US", ["911", "112", "988"], ["912", "411"]),
        ("GB", ["999", "112", "116123"], ["998"]),
        ("JP", ["110", "119"], ["111"]),
        ("GQ", ["112"], ["113"]),
    ],
)
def test_what_reaches_help(country: str, reached: list[str], others: list[str]) -> None:
    dialled = re.compile(f"^({emergency.pattern(country)})$")
    assert [number for number in reached if not dialled.search(number)] == []
    assert [number for number in others if dialled.search(number)] == []


@pytest.mark.parametrize(
    ("country", "account", "extension"),
    [("UA", "1001", "112"), ("US", "911", "201"), ("GB", "1001", "999"), ("JP", "1001", "110"), ("PL", "1001", "997")],
)
def test_no_extension_and_no_account_takes_help_away(
    tmp_path: Path, country: str, account: str, extension: str
) -> None:
    with pytest.raises(Problems, match="is an emergency number"):
        compiled(tmp_path, country, account, extension)


def test_every_gateway_is_tried_in_turn_with_a_number_of_its_own(tmp_path: Path) -> None:
    text = (compiled(tmp_path, "UA", extension="102") / "emergency.xml").read_text()
    assert "^(?!(?:1001|102)$)((?=" in text
    first, second = re.search(r'data="\{[^}]*\}(.*?)"', text)[1].split("|")  # type: ignore[index]
    assert "origination_caller_id_number=+380800330521" in first
    assert first.endswith("]sofia/gateway/first/$1")
    assert second.endswith("]sofia/gateway/second/$1")
    assert "routing_caller" not in text


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("0577 700 70", "UA"), ("+38057770070", "UA"), ("067 123 45 6", "UA"), ("067 123 45 678", "UA"),
        ("22 123 45 6", "PL"), ("212 555 123", "US"), ("+1 112 555 1234", None), ("+99912345678", None),
    ],
)  # fmt: skip
def test_a_digit_too_few_or_too_many_is_no_number(text: str, country: str | None) -> None:
    with pytest.raises(ValueError, match="`"):
        numbers.normalise(text, country)


def test_a_number_to_show_is_the_companys(tmp_path: Path) -> None:
    shown = SCHEME.replace("ring: ivan", 'ring: {to: ivan, caller_id: "+380800330522"}')
    with pytest.raises(Problems, match=r"caller_id: \+380800330522 is on no gateway's list .*\+380800330521"):
        compiled(tmp_path, "UA", scheme=shown)
