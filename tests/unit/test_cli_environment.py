"""ROUTING_NODE, ROUTING_ROOT, ROUTING_SECRETS: a command on a node needs no option and no password on its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli import group
from routing.cli.environment import of_node


@pytest.fixture
def node(tmp_path: Path) -> Path:
    (tmp_path / "spool").mkdir()
    (tmp_path / "event_socket.json").write_text('{"port": 18021, "password": "a secret"}')
    return tmp_path


def test_a_node_answers_its_event_socket_and_spool(node: Path) -> None:
    assert of_node({"ROUTING_NODE": str(node)}) == {
        "ROUTING_SPOOL": str(node / "spool"),
        "ROUTING_ESL": "127.0.0.1:18021",
        "ROUTING_ESL_PASSWORD": "a secret",
    }


def test_what_somebody_has_set_stays(node: Path) -> None:
    given = {"ROUTING_NODE": str(node), "ROUTING_ESL_PASSWORD": "mine", "ROUTING_ESL": "127.0.0.1:1"}
    assert of_node(given) == {"ROUTING_SPOOL": str(node / "spool")}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"port": "x", "password": 1}', '{"port": null}'])
def test_a_broken_file_answers_nothing(node: Path, text: str) -> None:
    (node / "event_socket.json").write_text(text)
    assert "ROUTING_ESL_PASSWORD" not in of_node({"ROUTING_NODE": str(node)})


@pytest.mark.parametrize("environment", [{}, {"ROUTING_NODE": ""}, {"ROUTING_NODE": "/nowhere"}])
def test_without_a_folder_nothing_is_known(environment: dict[str, str]) -> None:
    assert of_node(environment) == {}


def test_a_command_asks_the_event_socket_of_the_node(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROUTING_ESL", "ROUTING_ESL_PASSWORD", "ROUTING_SPOOL"):
        monkeypatch.setenv(name, "")  # put back afterwards, for the command sets them
    monkeypatch.setenv("ROUTING_NODE", str(node))
    monkeypatch.setenv("ROUTING_ROOT", str(node))
    said = CliRunner().invoke(group, ["doctor"])
    assert said.exit_code == 1 and "127.0.0.1:18021" in said.output and "a secret" not in said.output


def test_a_root_that_is_missing_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUTING_ROOT", "/nowhere/root")
    said = CliRunner().invoke(group, ["doctor"])
    assert said.exit_code == 2 and "/nowhere/root" in said.output
