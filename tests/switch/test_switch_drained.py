"""Many nodes as operators work on them: a release on all, one drained, upgraded, taken back, while calls come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from routing.proxy.drained import drained_of
from routing.release.publish import current
from support.redis_needed import needs_redis
from support.switchbed.lab import HOST, NUMBER, Call, Message, until
from support.switchbed.proxied import QUEUE, ProxiedNodes, RoutedAgent, missing, queued, two_engines
from support.switchbed.redises import alone
from support.switchbed.switch import Switch

pytestmark = [needs_redis, pytest.mark.skipif(bool(missing()), reason=f"not found: {missing()}")]
#: Calls after which each node has had one, surely enough.
_MANY = 8


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProxiedNodes]:
    place = tmp_path_factory.mktemp("drained")
    with alone(place / "redis") as redis, two_engines(place, redis.url, queued("60s")) as running:
        yield running


def done(cluster: ProxiedNodes, *words: str, code: int = 0) -> str:
    result = cluster.run(*words)
    assert result.returncode == code, f"{result.stdout}{result.stderr}"
    return result.stdout + result.stderr


def test_a_drained_node_gets_no_new_call_and_its_talks_go_on_to_their_end(cluster):
    staying, drained = cluster.nodes
    with cluster.phone("2002"), cluster.caller() as caller:
        talks = [cluster.talk_of(caller) for _ in range(_MANY)]
        assert {node for _, node in talks} == {staying, drained}
        assert "drained" in done(cluster, "node", "drain", "node2")
        assert "left" in done(cluster, "node", "drain", "node2", "--wait", "1s", code=1)
        for again in (lambda: None, lambda: cluster.proxy.ask("dispatcher.reload")):
            again()  # as after `proxy init` with one more node
            for _ in range(_MANY):
                call, node = cluster.talk_of(caller)
                assert node is staying
                call.hang_up()
        cluster.proxy.stop()  # it holds after a restart
        cluster.proxy.boot()
        for call, _ in talks:
            assert call.request("INVITE", body=caller.offer()).start == "200"
            assert call.request("BYE").start == "200"
        assert "has no call" in done(cluster, "node", "drain", "node2", "--wait", "30s")
        assert {cluster.talk_of(caller)[1] for _ in range(_MANY)} == {staying}
        status = done(cluster, "node", "status")
        assert [line.split()[0] for line in status.splitlines() if line.rstrip().endswith("drained")] == ["node2"]
        done(cluster, "node", "undrain", "node2")
        assert until(lambda: cluster.proxy.active() == 4)
        assert until(lambda: cluster.talk_of(caller)[1] is drained)


def test_the_last_node_that_takes_calls_is_not_drained(cluster):
    done(cluster, "node", "drain", "first")
    assert "is the last node that takes calls" in done(cluster, "node", "drain", "node2", code=1)
    assert drained_of(cluster.proxy.home) == [f"127.0.0.1:{cluster.nodes[0].settings.sip_port}"]


def test_who_waits_in_a_queue_of_a_drained_node_is_connected_in_their_turn(cluster):
    drained = cluster.nodes[1]
    with cluster.phone("2002") as phone, cluster.caller() as caller:
        busy, _ = cluster.talk_of(caller)
        assert until(lambda: cluster.know_busy("support"))
        cluster.send_to(drained)
        waiting = caller.call(QUEUE)
        assert caller.answered(waiting, 15).start == "200"  # the music
        cluster.send_to(*cluster.nodes)
        assert until(lambda: cluster.lengths() == (0, 1))
        done(cluster, "node", "drain", "node2")
        phone.calls.clear()
        talked = cluster.joined()
        busy.hang_up()
        rung = phone.rung(30)
        assert until(lambda: phone.answers(rung))
        assert drained.channels() == 2
        assert until(lambda: cluster.joined() - talked)
        assert rung.request("BYE").start == "200"
        assert until(waiting.is_over)


def waiting_at(cluster: ProxiedNodes, node: Switch, caller: RoutedAgent) -> Call:
    """A caller who waits in the queue at a node."""
    before = sum(cluster.lengths())
    cluster.send_to(node)
    call = caller.call(QUEUE)
    assert caller.answered(call, 15).start == "200"  # the music
    assert until(lambda: sum(cluster.lengths()) == before + 1)
    cluster.send_to(*cluster.nodes)
    return call


def test_who_waits_at_a_drained_node_keeps_their_place_among_the_callers_of_all_nodes(cluster):
    """Two of the drained node, one of the other between them: they talk in the order in which they came."""
    staying, drained = cluster.nodes
    with cluster.phone("2002") as phone, cluster.caller() as caller:
        busy, _ = cluster.talk_of(caller)
        assert until(lambda: cluster.know_busy("support"))
        waiting = [waiting_at(cluster, node, caller) for node in (drained, staying, drained)]
        done(cluster, "node", "drain", "node2")
        busy.hang_up()
        for at, each in enumerate(waiting):
            phone.calls.clear()
            talked = cluster.joined()
            rung = phone.rung(30)
            assert until(lambda rung=rung: phone.answers(rung))
            assert until(lambda talked=talked: cluster.joined() - talked)
            phone.calls.clear()
            assert rung.request("BYE").start == "200"
            assert until(each.is_over)
            assert not any(other.is_over() for other in waiting[at + 1 :])
    assert "has no call" in done(cluster, "node", "drain", "node2", "--wait", "20s")


def test_who_still_waits_at_the_limit_leaves_the_queue_as_after_its_longest_wait(cluster):
    staying, drained = cluster.nodes
    with cluster.phone("2002"), cluster.caller() as caller:
        cluster.send_to(staying)
        busy, _ = cluster.talk_of(caller)
        assert until(lambda: cluster.know_busy("support"))
        waiting = waiting_at(cluster, drained, caller)
        assert "1 caller in queues" in done(cluster, "node", "drain", "node2", "--wait", "1s", code=1)
        assert not waiting.is_over()
        assert "has no call" in done(cluster, "node", "drain", "node2", "--wait", "30s", "--queues", "1s")
        assert until(waiting.is_over)
        record = cluster.variables(waiting)
        assert (record["hangup_cause"], record["routing_step"]) == ("NO_ANSWER", "1.otherwise.1")
        assert record["routing_why"] == "decided the node is drained"
        assert until(lambda: cluster.lengths() == (0, 0))
        assert not busy.is_over()


@dataclass(eq=False)
class Hesitating(RoutedAgent):
    """A phone during whose call, between the node's challenge and the answer to it, something happens."""

    meanwhile: Callable[[], object] = lambda: None

    def _credentials(self, challenge: Message, method: str, uri: str) -> str:
        if method == "INVITE":
            self.meanwhile()
        return super()._credentials(challenge, method, uri)


def test_a_phone_whose_call_was_challenged_by_the_node_is_not_challenged_anew_by_another(cluster):
    """As it is drained: phones answer one challenge, and take a second one for a wrong password."""
    staying, drained = cluster.nodes
    with Hesitating((HOST, cluster.proxy.port), "2001", cluster.lab.password("2001")) as phone:
        assert phone.register().start == "200"
        with cluster.phone("2002"):
            done(cluster, "node", "drain", "first")
            call = phone.call("102")
            assert phone.answered(call, 15).start == "200"  # at node2, which the phone's calls stay with
            call.hang_up()
            done(cluster, "node", "undrain", "first")
            assert until(lambda: cluster.proxy.active() == 4)
            phone.meanwhile = lambda: done(cluster, "node", "drain", "node2")
            call = phone.call("102")
            answer = phone.answered(call, 15)
            assert answer.start == "200", answer.text
            assert (staying.channels(), drained.channels()) == (0, 2)
            call.hang_up()
            phone.meanwhile = lambda: None
            call = phone.call("102")
            assert phone.answered(call, 15).start == "200"
            assert (staying.channels(), drained.channels()) == (2, 0)
            call.hang_up()
        phone.register(seconds=0)


@dataclass
class Callers:
    """Somebody who calls again and again: how many were answered, and what became of the others."""

    cluster: ProxiedNodes
    carried: int = 0
    lost: list[str] = field(default_factory=list)
    _is_open: bool = True

    @contextmanager
    def calling(self) -> Iterator[Callers]:
        thread = threading.Thread(target=self._keep_calling, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._is_open = False
            thread.join(30)

    def carry(self, count: int) -> None:
        """Wait until so many more were carried."""
        until_s, goal = time.monotonic() + 60, self.carried + count
        while self.carried < goal and time.monotonic() < until_s:
            time.sleep(0.05)
        assert self.carried >= goal, self.lost

    def _keep_calling(self) -> None:
        with self.cluster.caller() as caller:
            while self._is_open:
                call = caller.call(NUMBER)
                try:
                    start = caller.answered(call, 20).start
                    time.sleep(0.2)
                    ended = call.request("BYE").start
                except AssertionError as problem:
                    start, ended = "nothing", str(problem)
                if (start, ended) == ("200", "200"):
                    self.carried += 1
                else:
                    self.lost.append(f"{start} {ended}")


def test_a_node_is_upgraded_without_a_lost_call(cluster):
    """Drained, its FreeSWITCH stopped and started anew, published to with the others, taken back, while calls come."""
    upgraded = cluster.nodes[1]
    with cluster.phone("2002"), Callers(cluster).calling() as callers:
        callers.carry(5)
        assert "has no call" in done(cluster, "node", "drain", "node2", "--wait", "30s")
        cluster.restart(upgraded)
        callers.carry(5)
        assert upgraded.channels() == 0, "it is back, and nobody has taken it back yet"
        (cluster.lab.place / "schemes/new.yaml").write_text("scheme: new\nsteps: [hangup]\n")
        published = cluster.publish()
        assert published.returncode == 0, published.stderr
        assert "live on all 3" in published.stdout
        done(cluster, "node", "undrain", "node2")
        assert until(lambda: upgraded.channels() > 0, 30)
        callers.carry(5)
    assert callers.lost == []


def test_a_node_whose_freeswitch_is_gone_keeps_the_old_release_on_all(cluster):
    before = [current(node.root) for node in cluster.nodes]
    (cluster.lab.place / "schemes/new.yaml").write_text("scheme: new\nsteps: [hangup]\n")
    cluster.nodes[1].kill()
    published = cluster.publish()
    assert published.returncode == 1
    assert "node2 (this machine)" in published.stderr
    assert "every node runs what it ran before" in published.stderr
    assert [current(node.root) for node in cluster.nodes] == before
    assert "FreeSWITCH does not answer" in done(cluster, "node", "status", code=1)
