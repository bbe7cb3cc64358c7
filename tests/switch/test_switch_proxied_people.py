"""People over two nodes, an engine each, one Redis: who talks on one is busy on the other, while that one lives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.redis_needed import needs_redis
from support.switchbed.dialog import Call
from support.switchbed.lab import NUMBER, until
from support.switchbed.proxied import QUEUE, ProxiedNodes, RoutedAgent, missing, queued, two_engines
from support.switchbed.redises import alone
from support.switchbed.switch import Switch

pytestmark = [needs_redis, pytest.mark.skipif(bool(missing()), reason=f"not found: {missing()}")]
_ONLY_FREE = "380800330994"
_SCHEME = f"""
scheme: only_free
numbers: ["+{_ONLY_FREE}"]
steps:
  - ring: {{to: [support], only: free, for: 5s}}
  - hangup: USER_BUSY
"""
#: Calls after which each node has had one, surely enough.
_MANY = 6


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedNodes]:
    place = tmp_path_factory.mktemp("people")
    more = {"only_free.yaml": _SCHEME} | queued("60s")
    with alone(place / "redis") as redis, two_engines(place, redis.url, more) as running:
        yield running


def talk(cluster: ProxiedNodes, caller: RoutedAgent, number: str = NUMBER) -> tuple[Call, Switch]:
    """A talk with 2002, and the node that carries it."""
    before = {node: node.channels() for node in cluster.nodes}
    call = caller.call(number)
    assert caller.answered(call, 15).start == "200"
    return call, next(node for node, count in before.items() if node.channels() > count)


def reaches(cluster: ProxiedNodes, caller: RoutedAgent) -> bool:
    """Whether a new call rings who is free: 2002, if nobody else has called them."""
    call = caller.call(_ONLY_FREE)
    answer = caller.answered(call, 15)
    if answer.start == "200":
        call.hang_up()
    return answer.start == "200"


def test_who_talks_on_one_node_is_busy_on_the_other(cluster):
    with cluster.phone("2002"), cluster.caller() as caller:
        for _ in range(_MANY):  # a moment after the call before, at the other node perhaps
            assert until(lambda: reaches(cluster, caller))
        for _ in range(2):
            call, _ = talk(cluster, caller)
            assert until(lambda: {reaches(cluster, caller) for _ in range(_MANY)} == {False}, 20)
            assert {reaches(cluster, caller) for _ in range(_MANY)} == {False}
            call.hang_up()
            assert until(lambda: all(reaches(cluster, caller) for _ in range(2)), 15)


def test_a_dead_node_keeps_nobody_busy(cluster):
    with cluster.phone("2002"), cluster.caller() as caller:
        while True:
            call, node = talk(cluster, caller)
            if node is cluster.nodes[1]:
                break
            call.hang_up()
        assert until(lambda: not reaches(cluster, caller))
        cluster.nodes[1].kill()
        assert until(lambda: reaches(cluster, caller), 30)


@pytest.mark.parametrize("first", [0, 1])
def test_a_queue_over_two_nodes_has_one_order(cluster, first):
    """Three callers wait, by turns at both nodes; whoever has waited longest is served first, wherever they wait."""
    with cluster.phone("2002") as phone, cluster.caller() as caller:
        busy, _ = talk(cluster, caller)
        assert until(lambda: cluster.know_busy("support"))
        waiting = []
        for at in range(3):
            cluster.send_to(cluster.nodes[(first + at) % 2])
            call = caller.call(QUEUE)
            assert caller.answered(call, 15).start == "200"  # the music
            waiting.append(call)
        cluster.send_to(*cluster.nodes)
        assert until(lambda: cluster.lengths() in ((2, 1), (1, 2)), 20)
        phone.calls.clear()
        talked = cluster.joined()
        busy.hang_up()
        for done in range(1, len(waiting) + 1):
            rung = phone.rung(30)
            assert until(lambda rung=rung: phone.answers(rung))
            # a talk that ends as it begins reaches nobody: the caller waits on
            assert until(lambda seen=talked: cluster.joined() - seen, 15)
            talked |= cluster.joined()
            phone.calls.clear()
            assert rung.request("BYE").start == "200"
            assert until(lambda: [each for each in waiting if each.is_over()], 10) == waiting[:done]
