"""``nodes.yaml``: what is refused before anything is done, and what a node's lines mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from routing.cluster.bundle import Bundle, BundledFile, BundleFault, BundleWriter
from routing.cluster.link import SSH, command_of
from routing.cluster.settings import ClusterNode, read_nodes
from routing.model.problem import Problems


def nodes(folder: Path, text: str) -> tuple[ClusterNode, ...]:
    (folder / "nodes.yaml").write_text(text)
    return read_nodes(folder / "nodes.yaml")


def test_what_stands_above_the_nodes_is_theirs_and_a_proxy_has_no_freeswitch_by_that(tmp_path):
    text = """
root: /srv/root
node: /srv/node
nodes:
  kyiv2: {ssh: routing@10.0.0.2, node: /srv/other, engine: "10.0.0.2:8084"}
  kyiv1: {ssh: 10.0.0.1}
  proxy: {ssh: sip.example, proxy: /srv/proxy, command: /opt/bin/routing}
"""
    assert nodes(tmp_path, text) == (
        ClusterNode("kyiv1", "/srv/root", "10.0.0.1", "/srv/node"),
        ClusterNode("kyiv2", "/srv/root", "routing@10.0.0.2", "/srv/other", "10.0.0.2:8084"),
        ClusterNode("proxy", "/srv/root", "sip.example", "", "", "/opt/bin/routing", "/srv/proxy"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nodes: {}", "nodes"),
        ("nodes: {a: {root: /r, node: /n, ssh: -oProxyCommand=x}}", "`-oProxyCommand=x` is not a host of ssh"),
        ("nodes: {a: {root: /r, node: /n, ssh: 'a b'}}", "`a b` is not a host of ssh"),
        ("nodes: {a: {root: /r, node: /n, ssh: a, command: 'x; y'}}", "`x; y` is not a command"),
        ("nodes: {a: {root: r, node: /n}}", "`r` is not an absolute path"),
        ("nodes: {a: {root: /r}}", "neither `node` nor `proxy` is written"),
        ("nodes: {a: {node: /n}}", "`root` is missing"),
        ("nodes: {a: {root: /r, node: /n}, b: {root: /r, node: /m}}", "has the place and root of `a`"),
        ("nodes: {a: {root: /r, node: /n, adress: 10.0.0.1}}", "adress"),
        ("nodes: {a: {root: /r, node: /n, address: somewhere}}", "`somewhere` is not an IP address"),
        ("nodes: {'a b': {root: /r, node: /n}}", "`a b` is not a node's name"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path, text, message):
    with pytest.raises(Problems) as raised:
        nodes(tmp_path, text)
    assert message in str(raised.value.problems[0])
    assert "nodes.yaml:1:" in str(raised.value.problems[0])


def test_ssh_gets_a_command_that_a_shell_takes_as_it_is():
    node = ClusterNode("a", "/r", "routing@10.0.0.1", command="/opt/bin/routing")
    assert command_of(node) == [*SSH, "--", "routing@10.0.0.1", "/opt/bin/routing", "node", "agent"]


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a/../../b", "", "a\0b"])
def test_a_list_of_files_leads_nowhere_else(path):
    listed = Bundle("r", {path: BundledFile("0" * 64, False)}).to_json().encode()
    with pytest.raises(BundleFault, match="no file of a release"):
        Bundle.from_json("r", listed)


def test_content_that_is_not_what_its_hash_says_is_refused(tmp_path):
    bundle = Bundle("r", {"a.xml": BundledFile("0" * 64, False)})
    with pytest.raises(BundleFault, match="damaged"):
        BundleWriter(tmp_path, bundle, None).put("0" * 64, b"text")
