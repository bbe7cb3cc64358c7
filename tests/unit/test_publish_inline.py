"""A publish says when the node cannot decide inside what the release wants decided there; it is live anyway."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from routing import __version__
from routing.cli import group, releases
from routing.model.problem import UserFailure
from routing.release.inline import wants_inline

PROJECT = "project: {name: p, timezone: Europe/Kyiv, country: UA, engine: {transport: %s}}\n"
SCHEME = 'scheme: main\nnumbers: ["+380441234567"]\nsteps:\n  - hangup\n'
READY = json.dumps({"state": "ready", "decisions": 3, "version": __version__, "python": "3.11.2"})
USUAL = {
    "reloadxml": "+OK [Success]",
    "global_getvar routing_phones_at": "@${domain}",
    "global_getvar domain": "127.0.0.1",
    "module_exists mod_python3": "true",
    "python routing_inline": READY,
}


class Publishing:
    """A project, and a FreeSWITCH that answers as told."""

    def __init__(self, place: Path) -> None:
        self.place, self.answers = place, dict(USUAL)
        (place / "schemes").mkdir()
        (place / "schemes" / "main.yaml").write_text(SCHEME)

    def ask(self, command: str) -> str:
        """FreeSWITCH's answer; it has hung up on the event socket when there is none."""
        if not (answer := self.answers.get(command, "+OK")):
            raise UserFailure("FreeSWITCH did not answer within 60 s")
        return answer

    def publish(self, transport: str, *words: str) -> str:
        """What a publish complains of."""
        (self.place / "schemes" / "p.yaml").write_text(PROJECT % transport)
        where = ["--schemes", str(self.place / "schemes"), "--root", str(self.place / "root")]
        result = CliRunner().invoke(group, ["publish", *where, *words])
        assert result.exit_code == 0, f"{result.output}{result.exception}"
        assert "live: release" in result.stdout
        assert wants_inline(self.place / "root" / "current") is (transport == "inline")
        return str(result.stderr)


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Publishing:
    node = Publishing(tmp_path)
    monkeypatch.setattr(releases, "_switch", lambda *_: node.ask)
    return node


def test_a_node_that_decides_inside_is_no_news(node: Publishing) -> None:
    assert node.publish("inline") == ""


def test_a_node_without_mod_python3_is_reported(node: Publishing) -> None:
    node.answers["module_exists mod_python3"] = "false"
    assert "FreeSWITCH has not loaded mod_python3: the engine decides every call (hint: " in node.publish("inline")
    assert node.publish("socket") == ""


def test_a_node_that_cannot_be_asked_is_reported(node: Publishing) -> None:
    node.publish("inline")
    node.answers["module_exists mod_python3"] = ""
    assert "warning: not asked whether FreeSWITCH decides inside: FreeSWITCH did not" in node.publish("inline")
    assert node.publish("inline", "--no-reload") == ""
