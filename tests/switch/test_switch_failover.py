"""The Redis master dies while callers wait in a queue over two nodes: Sentinel, or the other masters of a Redis
Cluster, make the replica the next one, nobody who waits is lost, and the order is again that of all nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from routing.store import keys
from routing.store.client import StoreDown
from support.redis_needed import needs_redis
from support.redis_server import Server
from support.switchbed.dialog import Call
from support.switchbed.lab import NUMBER, until
from support.switchbed.proxied import QUEUE, ProxiedNodes, RoutedAgent, missing, queued, two_engines
from support.switchbed.redises import clustered, replicated, store_at

pytestmark = [needs_redis, pytest.mark.skipif(bool(missing()), reason=f"not found: {missing()}")]
_WAITING = 6
#: What nodes tell each other.
KEY = keys.node_leases("lab")


@dataclass
class Cluster:
    """Two nodes with their engines, and the master of what nodes tell each other, which may die. ``url``: as the
    engines have it; it finds the next master."""

    nodes: ProxiedNodes
    master: Server
    url: str

    def fail_over(self) -> None:
        """Kill the master, and wait until another one is written to."""
        self.master.process.kill()
        assert until(lambda: _writes(self.url), 60), "no replica became the master"

    @staticmethod
    def offers(phone: RoutedAgent) -> int:
        """How many calls have come to a phone."""
        return len({each.header("Call-ID") for each in phone.received("INVITE")})


def _writes(url: str) -> bool:
    store = store_at(url)
    try:
        return bool(store.ask(KEY, ("SET", f"{KEY}:test", "1")))
    except StoreDown:
        return False
    finally:
        store.close()


@pytest.fixture(params=["sentinel", "cluster"])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    place = tmp_path_factory.mktemp("failover")
    redis = replicated(place / "redis") if request.param == "sentinel" else clustered(place / "redis", KEY)
    with redis as (master, url), two_engines(place, url, queued("3m")) as running:
        yield Cluster(running, master, url)


def all_waiting(cluster: ProxiedNodes, caller: RoutedAgent, first: int) -> list[Call]:
    """Callers who wait, by turns at both nodes, in the order in which they came."""
    waiting = []
    for at in range(_WAITING):
        cluster.send_to(cluster.nodes[(first + at) % 2])
        call = caller.call(QUEUE)
        assert caller.answered(call, 15).start == "200"  # the music
        waiting.append(call)
    cluster.send_to(*cluster.nodes)
    assert until(lambda: cluster.lengths() == (_WAITING // 2, _WAITING // 2), 20)
    return waiting


def served(cluster: ProxiedNodes, phone: RoutedAgent, waiting: list[Call]) -> list[Call]:
    """Talk with one after another, hang up; in which order their calls ended."""
    order: list[Call] = []
    talked = cluster.joined()
    while len(order) < len(waiting):
        rung = phone.rung(60)
        assert until(lambda rung=rung: phone.answers(rung))
        # a talk that ends as it begins reaches nobody: the caller waits on
        assert until(lambda seen=talked: cluster.joined() - seen, 15)
        talked |= cluster.joined()
        phone.calls.clear()
        assert rung.request("BYE").start == "200"
        left = [each for each in waiting if each not in order]
        assert until(lambda left=left: any(each.is_over() for each in left), 10)
        order += [each for each in left if each.is_over()]
    return order


@pytest.mark.parametrize("first", [0, 1])
def test_the_order_of_all_nodes_outlives_the_master(cluster, first):
    nodes = cluster.nodes
    with nodes.phone("2002") as phone, nodes.caller() as caller:
        busy = caller.call(NUMBER)
        assert caller.answered(busy, 15).start == "200"
        assert until(lambda: nodes.know_busy("support"))
        waiting = all_waiting(nodes, caller, first)
        cluster.fail_over()
        assert until(lambda: nodes.know_busy("support"))  # the engines tell each other again
        assert nodes.lengths() == (_WAITING // 2, _WAITING // 2)
        phone.calls.clear()
        offers = cluster.offers(phone)
        busy.hang_up()
        assert served(nodes, phone, waiting) == waiting
        assert cluster.offers(phone) - offers == len(waiting), "somebody was offered twice"


def test_nobody_who_waits_is_lost_when_a_person_gets_free_without_a_master(cluster):
    nodes = cluster.nodes
    with nodes.phone("2002") as phone, nodes.caller() as caller:
        busy = caller.call(NUMBER)
        assert caller.answered(busy, 15).start == "200"
        assert until(lambda: nodes.know_busy("support"))
        waiting = all_waiting(nodes, caller, 0)
        phone.calls.clear()
        cluster.master.process.kill()
        busy.hang_up()
        hung_up: set[str] = set()

        def all_over() -> bool:
            # without a master each node knows its own people only: both may ring the one phone at a time
            for each in list(phone.calls.values()):
                if phone.answers(each) and not each.is_over() and each.id not in hung_up and nodes.joined():
                    hung_up.add(each.id)
                    each.request("BYE")
            return all(each.is_over() for each in waiting)

        assert until(all_over, 120), [each.is_over() for each in waiting]
