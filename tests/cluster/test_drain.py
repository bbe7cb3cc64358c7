"""``routing node drain`` where a part of what it asks is not there: what people read."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from routing.cli.node import node
from routing.cli.proxy import proxy
from routing.release.drained import is_drained

pytestmark = pytest.mark.process


@pytest.fixture
def nodes(tmp_path: Path) -> Path:
    """Two nodes without a FreeSWITCH, and a proxy without a Kamailio."""
    home = tmp_path / "proxy"
    made = CliRunner().invoke(proxy, ["init", str(home), "--node", "10.0.0.1", "--node", "10.0.0.2"])
    assert made.exit_code == 0
    file = tmp_path / "nodes.yaml"
    lines = [f"  {name}: {{root: {tmp_path}/{name}, node: {tmp_path}/node-{name}, address: 10.0.0.{at}}}"
             for at, name in enumerate(("kyiv", "lviv"), 1)]  # fmt: skip
    file.write_text("\n".join(["nodes:", *lines, f"  sip: {{root: {tmp_path}/sip, proxy: {home}}}", ""]))
    return file


def test_it_is_done_where_neither_kamailio_nor_the_nodes_freeswitch_runs(nodes):
    root = nodes.parent / "kyiv"
    said = CliRunner().invoke(node, ["drain", "kyiv", "--nodes", str(nodes)])
    assert said.exit_code == 0
    assert "kyiv (this machine): drained; its calls go on" in said.stdout
    assert said.stderr == "warning: sip (this machine): Kamailio does not run; it holds from its start\n"
    assert is_drained(root)
    said = CliRunner().invoke(node, ["undrain", "kyiv", "--nodes", str(nodes)])
    assert said.exit_code == 0
    assert "kyiv (this machine): gets calls again as soon as it answers the proxy" in said.stdout
    assert not is_drained(root)


def test_a_limit_for_queues_is_a_part_of_the_wait(nodes):
    said = CliRunner().invoke(node, ["drain", "kyiv", "--nodes", str(nodes), "--queues", "10m"])
    assert said.exit_code == 2
    assert "--queues is a part of --wait: write a shorter time than that" in said.output
    assert not is_drained(nodes.parent / "kyiv")


def test_the_last_node_that_takes_calls_is_not_drained(nodes):
    assert CliRunner().invoke(node, ["drain", "kyiv", "--nodes", str(nodes)]).exit_code == 0
    said = CliRunner().invoke(node, ["drain", "lviv", "--nodes", str(nodes)])
    assert said.exit_code != 0
    assert "10.0.0.2:5060 is the last node that takes calls" in str(said.exception or said.output)
