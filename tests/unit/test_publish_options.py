"""A publish keeps what the last one was given of the node: engine, secrets file; new passwords are said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli import group
from routing.process.secrets import read_secrets
from routing.release.node_options import FILE, NodeOptions, changed_passwords, engine_of, kept

PROJECT = """project: {name: p, timezone: Europe/Kyiv, country: UA, secrets: {file: ../var/secrets}}
people:
  ivan: {name: Ivan, phones: {desk: {sip: "1001"}}}
  olena: {name: Olena, phones: {desk: {sip: "1002"}}}
"""
SCHEME = """scheme: main
numbers: ["+380441234567"]
steps:
  - sticky
  - hangup
"""


class NodePlace:
    """Schemes of a project, and a root."""

    def __init__(self, place: Path) -> None:
        self.place, self.root, self.schemes = place, place / "root", place / "schemes"
        self.schemes.mkdir()
        (self.schemes / "p.yaml").write_text(PROJECT)
        (self.schemes / "main.yaml").write_text(SCHEME)

    def run(self, *words: str) -> Result:
        """A command on the schemes."""
        result = CliRunner().invoke(group, [words[0], "--schemes", str(self.schemes), *words[1:]])
        assert result.exit_code == 0, f"{result.output}{result.exception}"
        return result

    def publish(self, *words: str) -> str:
        """What a publish complains of."""
        return str(self.run("publish", "--root", str(self.root), "--no-reload", *words).stderr)


@pytest.fixture
def node(tmp_path: Path) -> NodePlace:
    node = NodePlace(tmp_path)
    node.run("secrets")
    return node


def test_the_engine_of_last_time_is_asked(node: NodePlace) -> None:
    assert node.publish("--engine", "127.0.0.1:18084") == ""
    assert "--engine 127.0.0.1:18084, as at the last publish" in node.publish()
    assert engine_of(node.root / "current") == "127.0.0.1:18084"
    node.publish("--engine", "127.0.0.1:8084")
    assert "--engine" not in node.publish()
    assert engine_of(node.root / "current") == "127.0.0.1:8084"


def test_that_of_the_live_release_where_no_publish_has_noted_it(node: NodePlace) -> None:
    node.publish("--engine", "127.0.0.1:18084")
    (node.root / FILE).unlink()
    assert "--engine 127.0.0.1:18084, as at the last publish" in node.publish()
    (node.root / FILE).write_text("[]")
    assert kept(node.root) == NodeOptions(engine="127.0.0.1:18084")


def test_compile_asks_it_too(node: NodePlace) -> None:
    node.publish("--engine", "127.0.0.1:18084")
    name = node.run("compile", "--root", str(node.root), "--quiet").stdout.strip()
    assert name == (node.root / "current").resolve().name


def test_the_secrets_file_of_last_time_is_read(node: NodePlace) -> None:
    other = node.place / "node.secrets"
    other.touch(0o600)
    other.write_text("SIP_PASSWORD_1001=one\nSIP_PASSWORD_1002=two\n")
    node.publish("--secrets", str(other))
    assert f"--secrets {other}, as at the last publish" in node.publish()
    assert json.loads((node.root / FILE).read_text())["secrets"] == str(other)
    assert "one" in (node.root / "current" / "directory.xml").read_text()


def test_new_passwords_are_warned_of(node: NodePlace) -> None:
    assert node.publish() == ""
    other = node.place / "node.secrets"
    other.touch(0o600)
    other.write_text("SIP_PASSWORD_1001=one\nSIP_PASSWORD_1002=two\n")
    assert "warning: 2 of 2 SIP accounts get another password" in node.publish("--secrets", str(other))
    found = changed_passwords(node.root / "nowhere", node.root / "current")
    assert (found.changed, found.accounts) == (0, 0)


def test_a_second_secrets_file_has_the_passwords_of_the_first(node: NodePlace) -> None:
    other = node.place / "srv" / "secrets"
    assert "2 secrets copied from the project's own file" in node.run("secrets", "--file", str(other)).output
    assert read_secrets(other, {}) == read_secrets(node.place / "var" / "secrets", {})
    (node.schemes / "q.yaml").write_text("people: {petro: {name: Petro, phones: {desk: {sip: '1003'}}}}\n")
    assert node.run("secrets", "--file", str(other)).output == f"{other}: 1 secret added\n"
