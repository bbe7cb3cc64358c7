"""A part of a cluster dies, hangs, is restarted or drained: calls of others go on, new ones find another way."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from support.switchbed.lab import NUMBER, until
from support.switchbed.proxied import ProxiedNodes, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"not found: {missing()}")
#: Calls after which every node has had one, surely enough: both have the same weight.
_MANY = 10


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedNodes]:
    running = ProxiedNodes(tmp_path_factory.mktemp("faults"))
    yield running
    running.stop()


def test_a_killed_node_loses_its_own_calls_only_and_the_next_ones_find_the_other(cluster):
    with cluster.phone("2002"), cluster.caller() as caller:
        talks = [cluster.talk_of(caller) for _ in range(_MANY)]
        assert {node for _, node in talks} == set(cluster.nodes)
        killed, living = cluster.nodes[1], cluster.nodes[0]
        killed.kill()
        for _ in range(_MANY):  # the first ones meet the dead node, and go on to the other within their INVITE
            call, node = cluster.talk_of(caller)
            assert node is living
            assert call.request("BYE").start == "200"
        for call, node in talks:
            assert (call.request("BYE").start == "200") is (node is living)
        assert until(lambda: living.channels() == 0)


def test_a_node_that_wakes_takes_back_the_calls_that_have_gone_to_the_other(cluster):
    hanging, living = cluster.nodes[1], cluster.nodes[0]
    with cluster.phone("2002") as phone, cluster.caller() as caller:
        os.killpg(hanging.process.pid, signal.SIGSTOP)
        try:
            calls = [caller.call(NUMBER) for _ in range(_MANY)]
            assert [caller.answered(call, 15).start for call in calls] == ["200"] * len(calls)
        finally:
            os.killpg(hanging.process.pid, signal.SIGCONT)
        assert until(lambda: cluster.proxy.active() == 4)
        assert until(lambda: hanging.channels() == 0, 15), "a call that went elsewhere is carried here too"
        assert len([each for each in phone.calls.values() if not each.received("CANCEL")]) == len(calls)
        for call in calls:
            assert call.request("BYE").start == "200"
        assert until(lambda: living.channels() == 0)


def test_a_drained_node_takes_no_new_call_while_its_talks_go_on(cluster):
    with cluster.phone("2002"), cluster.caller() as caller:
        talks = [cluster.talk_of(caller) for _ in range(_MANY)]
        drained, other = cluster.nodes[1], cluster.nodes[0]
        drained.esl.api("fsctl pause inbound")
        for _ in range(_MANY):
            call, node = cluster.talk_of(caller)
            assert node is other
            call.hang_up()
        for call, _ in talks:
            assert call.request("INVITE", body=caller.offer()).start == "200"
            assert call.request("BYE").start == "200"
        assert cluster.quiet()
        assert until(lambda: cluster.proxy.active() == 2)
        drained.esl.api("fsctl resume inbound")
        assert until(lambda: cluster.proxy.active() == 4)


def test_a_restarted_proxy_knows_who_is_registered_and_talks_go_on(cluster):
    for how in (signal.SIGTERM, signal.SIGKILL):
        with cluster.phone("2002") as phone, cluster.caller() as caller:
            talk, _ = cluster.talk_of(caller)
            os.killpg(cluster.proxy.process.pid, how)
            cluster.proxy.process.wait(10)
            cluster.proxy.boot()
            assert talk.request("BYE").start == "200"
            assert until(phone.rung().is_over)
            phone.calls.clear()
            call, _ = cluster.talk_of(caller)
            call.hang_up()
            assert until(phone.rung().is_over)
