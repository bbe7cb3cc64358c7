"""A node that gets no new calls is marked in Kamailio's list, and stays so until it is taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from routing.cli.proxy import proxy
from routing.proxy.drained import drained_of, drained_places, marked, places_of

_LIST = """1 sip:10.0.0.1:5060 0 0 rweight=1
2 sip:10.0.0.1:5080 0 0 rweight=1
1 sip:[2001:db8::1]:5060 0 0 rweight=3
2 sip:[2001:db8::1]:5080 0 0 rweight=3
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(proxy, [str(word) for word in words])


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert run("init", tmp_path / "p", "--node", "10.0.0.1", "--node", "10.0.0.2*2").exit_code == 0
    return tmp_path / "p"


def test_both_sides_of_a_node_are_marked_and_no_others():
    assert places_of(_LIST)[1] == ("sip:[2001:db8::1]:5060", "sip:[2001:db8::1]:5080")
    one = marked(_LIST, ["[2001:db8::1]:5060"])
    assert [line.split()[2] for line in one.splitlines()] == ["0", "0", "4", "4"]
    assert drained_places(one) == ["[2001:db8::1]:5060"]
    assert marked(one, []) == _LIST


def test_it_holds_over_another_init_until_it_is_taken_back(home):
    assert "Kamailio does not run" in run("drain", home, "10.0.0.2:5060").output
    assert run("init", home, "--node", "10.0.0.1", "--node", "10.0.0.2*2", "--node", "10.0.0.3").exit_code == 0
    assert drained_of(home) == ["10.0.0.2:5060"]
    assert (home / "dispatcher.list").read_text().count(" 4 0 ") == 2
    assert run("undrain", home, "10.0.0.2:5060").exit_code == 0
    assert drained_of(home) == []


def test_a_node_that_the_proxy_has_not_is_named_with_those_that_it_has(home):
    result = run("drain", home, "10.0.0.9:5060")
    assert "has no node 10.0.0.9:5060 (hint: it has 10.0.0.1:5060, 10.0.0.2:5060)" in str(result.exception)


def test_the_last_node_is_not_drained(home):
    assert run("drain", home, "10.0.0.2:5060").exit_code == 0
    assert "the last node" in str(run("drain", home, "10.0.0.1:5060").exception)
    assert run("drain", home, "10.0.0.2:5060").exit_code == 0  # once more changes nothing
    assert drained_of(home) == ["10.0.0.2:5060"]


def test_a_folder_of_no_proxy_is_refused(tmp_path):
    assert "has not written it" in str(run("drain", tmp_path, "10.0.0.2:5060").exception)
