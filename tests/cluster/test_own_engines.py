"""Nodes whose engines are at different addresses: each has a release of its own; their schemes are compared."""

from __future__ import annotations

import pytest

from support.cluster_bed import NAMES, ClusterBed

pytestmark = pytest.mark.process


@pytest.fixture
def own_engines(bed: ClusterBed) -> ClusterBed:
    """Each node's engine is at an address of its own, so that each has a release of its own; published twice."""
    text = bed.file.read_text()
    for at, name in enumerate(NAMES):
        text = text.replace(f"  {name}: {{", f"  {name}: {{engine: '127.0.0.1:{9001 + at}', ")
    bed.file.write_text(text)
    for cause in ("NO_ANSWER", "USER_BUSY"):
        bed.change(cause)
        assert bed.publish("--engine", "127.0.0.1:9001").exit_code == 0
        assert len({*bed.live()}) == 3
    return bed


def test_a_node_that_was_left_behind_is_seen_where_each_has_a_release_of_its_own(own_engines):
    status = ("node", "status", "--nodes", str(own_engines.file))
    assert own_engines.run(*status).exit_code == 0
    assert own_engines.run("rollback", "--root", str(own_engines.root("second")), "--no-reload").exit_code == 0
    said = own_engines.run(*status)
    assert said.exit_code == 1
    assert "do not run the same release" in said.stderr


def test_a_rollback_to_different_schemes_is_refused_where_each_has_a_release_of_its_own(own_engines):
    assert own_engines.run("rollback", "--root", str(own_engines.root("second")), "--no-reload").exit_code == 0
    before = own_engines.live()
    said = own_engines.run("rollback", "--nodes", str(own_engines.file))
    assert said.exit_code != 0
    assert "different releases before" in str(said.exception)
    assert own_engines.live() == before
