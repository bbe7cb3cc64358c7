"""One longest wait: what `compile` lists, what `check` complains of and what `graph` writes above the picture."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.compile.waits import bound, longest_waits

PROJECT = """
project: {name: p, timezone: Europe/Kyiv, country: UA, longest_wait: 1s}
gateways: {main: {proxy: sip.example.com, register: false, numbers: ["+380800330501"]}}
people: {ivan: {name: I, phones: {desk: {sip: "1001"}}}, olena: {name: O, phones: {desk: {sip: "1002"}}}}
"""
FRONT = 'scheme: front\nnumbers: [{number: "+380800330501", caller_pays: false}]\n'
#: Name -> the schemes, and how long a caller of front waits.
KINDS = {
    "alone": ([FRONT + "steps: [{ring: {to: ivan, for: 20s}}, hangup]"], "20 s"),
    "a jump": (
        [
            FRONT + "steps: [{ring: {to: ivan, for: 20s}}, {scheme: back}]",
            "scheme: back\nsteps: [{ring: {to: olena, for: 30s}}, hangup]",
        ],
        "50 s",
    ),
    "a circle, left after ten": (
        [
            FRONT + "steps: [{ring: {to: ivan, for: 20s}}, {scheme: back}]\n"
            "otherwise: [{ring: {to: ivan, for: 7s}}, hangup]",
            "scheme: back\nsteps: [{ring: {to: olena, for: 30s}}, {scheme: front}]",
        ],
        "4 min 17 s",
    ),
    "a handler, whose answer is not followed": (
        [
            FRONT + 'steps: [{webhook: {url: "https://h.example.com/", timeout: 2s, ring: 20s}}, hangup]',
            "scheme: back\nsteps: [{ring: {to: olena, for: 2m}}, hangup]",
        ],
        "24 s",
    ),
}


def _said(tmp_path: Path, *words: str) -> str:
    done = CliRunner().invoke(group, [*words, *(["--root", str(tmp_path / "root")] if words[0] == "compile" else [])])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("kind", KINDS)
def test_compile_check_and_graph_tell_one_longest_wait(kind: str, tmp_path: Path) -> None:
    schemes, longest = KINDS[kind]
    folder = tmp_path / "schemes"
    folder.mkdir()
    (folder / "project.yaml").write_text(PROJECT)
    for number, text in enumerate(schemes):
        (folder / f"{number}.yaml").write_text(text + "\n")
    secrets = tmp_path / "secrets"
    secrets.write_text("SIP_PASSWORD_1001=aaaaaaaaaaaaaaaaaaaa\nSIP_PASSWORD_1002=bbbbbbbbbbbbbbbbbbbb\n")
    secrets.chmod(0o600)
    compiled = _said(tmp_path, "compile", str(folder), "--secrets", str(secrets))
    assert re.search(rf"(?m)^front +1  {longest}$", compiled)
    assert ("handlers may transfer calls" in compiled) == ("handler" in kind)
    assert f"a caller may wait {longest};" in _said(tmp_path, "check", str(folder))
    assert f"front: longest wait {longest}: " in _said(tmp_path, "graph", "front", "--schemes", str(folder))


def test_a_picture_says_when_a_scheme_that_it_leads_to_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "project.yaml").write_text(PROJECT)
    (tmp_path / "front.yaml").write_text(FRONT + "steps: [{ring: ivan}, {scheme: back}]\n")
    (tmp_path / "back.yaml").write_text("scheme: back\nsteps: [{ring: nobody_here}, hangup]\n")
    told = _said(tmp_path, "graph", "front", "--schemes", str(tmp_path))
    assert "longest wait unknown, because it jumps to an invalid scheme" in told


@dataclass
class Lasting:
    """A scheme's times."""

    scheme: str
    longest: float
    longer: float = 0.0
    otherwise: float = 0.0
    jumps: tuple[tuple[str, float, None], ...] = ()


def test_the_bound_holds_whatever_ring_time_a_handler_names() -> None:
    schemes = [Lasting("a", 24, 280, jumps=(("b", 24, None),)), Lasting("b", 10)]
    assert longest_waits(schemes) == {"a": 34, "b": 10}
    assert bound(schemes) == 314
