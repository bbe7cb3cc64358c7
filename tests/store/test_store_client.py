"""Redis stopped, paused, restarted, failed over, resharded: what a question costs and says until all is well."""

from __future__ import annotations

import contextlib
import time

import gevent
import pytest

from routing.store.client import StoreDown
from routing.store.nodes import FAILURES_TO_OPEN
from support.redis_server import Said, free_port
from support.waiting import until

pytestmark = pytest.mark.process


def asked(store) -> str:
    """What a question comes to: its answer or why there is none."""
    try:
        return store.ask("k", ("SET", "k", "1"), ("GET", "k"))[1].decode()
    except StoreDown as problem:
        return str(problem)


BREAKER_OPEN = "Redis does not answer (breaker open)"


def test_commands_of_one_write_answer_in_order(store):
    assert store.ask("k", ("SET", "k", 5), ("INCR", "k"), ("GET", "none")) == [b"OK", 6, None]


def test_a_refused_command_is_said_and_leaves_redis_in_use(store):
    for _ in range(FAILURES_TO_OPEN + 1):
        with pytest.raises(StoreDown, match="WRONGTYPE"):
            store.ask("k", ("SET", "k", "1"), ("HGET", "k", "x"))
    assert asked(store) == "1"


def test_a_stopped_redis_costs_a_few_refusals_and_then_nothing(servers, store_at):
    server, said = servers(), Said()
    store = store_at(server.url, report=said)
    assert asked(store) == "1"
    server.stop()
    assert all("refused" in asked(store) for _ in range(FAILURES_TO_OPEN))
    assert asked(store) == asked(store) == BREAKER_OPEN
    server.start()
    until(lambda: store.is_up)
    assert asked(store) == "1"
    assert [words.partition(":")[0] for words in said] == ["breaker open", "answers again"]


def test_a_paused_redis_costs_a_few_budgets_and_then_nothing(servers, store_at):
    server = servers()
    store = store_at(server.url, budget_s=0.05)
    until(lambda: asked(store) == "1")
    server.pause()
    assert [asked(store) for _ in range(FAILURES_TO_OPEN)] == ["no answer from Redis within 50 ms"] * FAILURES_TO_OPEN
    began = time.process_time()
    assert {asked(store) for _ in range(1000)} == {BREAKER_OPEN}
    assert time.process_time() - began < 1
    server.go_on()
    until(lambda: store.is_up)
    until(lambda: asked(store) == "1")


def test_many_at_once_wait_one_budget_together(servers, store_at):
    server = servers()
    store = store_at(server.url, budget_s=0.05)
    until(lambda: asked(store) == "1")
    server.pause()
    with gevent.Timeout(9, AssertionError("they waited for one another")):  # that takes ten seconds
        answers = [gevent.spawn(asked, store) for _ in range(200)]
        gevent.joinall(answers)
    assert {each.value for each in answers} <= {"no answer from Redis within 50 ms", BREAKER_OPEN}


def test_a_connection_that_redis_closed_meanwhile_is_replaced(store, store_at, shared):
    other = store_at(shared.url)
    assert asked(store) == "1"
    other.ask("x", ("CLIENT", "KILL", "TYPE", "normal"))
    assert asked(store) == "1"


def test_a_silent_server_is_no_redis(store_at):
    listener = gevent.socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    try:
        store = store_at(f"redis://127.0.0.1:{listener.getsockname()[1]}", budget_s=0.02)
        assert asked(store) == "no answer from Redis within 20 ms"
    finally:
        listener.close()


def test_a_password_and_a_database(servers, store_at):
    port = free_port()
    servers(port, "--requirepass", "se:cret")
    right = store_at(f"redis://default:se%3Acret@127.0.0.1:{port}/2")
    assert asked(right) == "1"
    wrong = asked(store_at(f"redis://:hush@127.0.0.1:{port}"))
    assert "WRONGPASS" in wrong or "invalid" in wrong
    assert "hush" not in wrong


def ask(store_at, port: int, *command: str):
    """One command to the Redis at a port."""
    return store_at(f"redis://127.0.0.1:{port}").ask("x", command)[0]


WATCHING = """
sentinel monitor shop 127.0.0.1 {port} 1
sentinel down-after-milliseconds shop 200
sentinel failover-timeout shop 1000
"""


def test_a_replica_takes_over_from_a_stuck_master_under_load(servers, store_at):
    first, second, told = free_port(), free_port(), free_port()
    master = servers(first)
    servers(second, "--replicaof", "127.0.0.1", str(first))
    servers(told, watching=WATCHING.format(port=first))
    said = Said()
    # the first of the two Sentinels is not there
    store = store_at(f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{told}/shop", budget_s=0.2, report=said)
    until(lambda: asked(store) == "1")
    until(lambda: ask(store_at, second, "ROLE")[3] == b"connected")
    until(lambda: ask(store_at, told, "SENTINEL", "REPLICAS", "shop"))
    master.pause()
    outcomes = [asked(store)]

    def load() -> None:
        while outcomes[-1] != "1":
            outcomes.append(asked(store))
            gevent.sleep(0.005)

    gevent.spawn(load).join(30)
    assert outcomes[-1] == "1"
    assert set(outcomes) <= {"1", BREAKER_OPEN, "no answer from Redis within 200 ms"}
    assert outcomes.count("no answer from Redis within 200 ms") <= FAILURES_TO_OPEN
    assert ask(store_at, second, "ROLE")[0] == b"master"
    assert said[-1] == "answers again"


def test_a_master_that_became_a_replica_is_left_at_once(servers, store_at):
    first, second = free_port(), free_port()
    servers(first)
    servers(second)
    store = store_at(f"redis://127.0.0.1:{first}")
    assert asked(store) == "1"
    ask(store_at, first, "REPLICAOF", "127.0.0.1", str(second))
    assert "read only" in asked(store)
    assert asked(store) == BREAKER_OPEN
    ask(store_at, first, "REPLICAOF", "NO", "ONE")
    until(lambda: store.is_up)
    assert asked(store) == "1"


def test_a_cluster_is_asked_where_the_slot_is_and_followed_when_it_moves(cluster, store_at):
    first, second = cluster
    store = store_at(f"redis+cluster://127.0.0.1:{first}")
    keys = [f"routing:{{p:talk:+38067{number}}}" for number in range(20)]
    for key in keys:
        assert store.ask(key, ("SET", key, key), ("GET", key)) == [b"OK", key.encode()]
    counts = [len(ask(store_at, port, "KEYS", "*")) for port in (first, second)]
    assert sum(counts) == len(keys)
    assert min(counts) > 0
    slot = str(ask(store_at, first, "CLUSTER", "KEYSLOT", "moving"))
    ids = {port: ask(store_at, port, "CLUSTER", "MYID").decode() for port in (first, second)}
    to = second if int(slot) < 8192 else first
    assert store.ask("moving", ("GET", "moving")) == [None]
    for port in (to, second if to == first else first):
        ask(store_at, port, "CLUSTER", "SETSLOT", slot, "NODE", ids[to])
    assert store.ask("moving", ("SET", "moving", "x"), ("GET", "moving")) == [b"OK", b"x"]
    assert ask(store_at, to, "GET", "moving") == b"x"


@pytest.mark.parametrize("rights", ["+@all -role", "+@all -role -ping -info", "+set +get", "-@all +set +get"])
def test_a_user_with_few_rights_gets_redis_back(servers, store_at, rights):
    port = free_port()
    server = servers(port, "--user", *f"few on >secret ~* resetchannels {rights}".split())
    store = store_at(f"redis://few:secret@127.0.0.1:{port}")
    assert asked(store) == "1"
    server.stop()
    until(lambda: asked(store) == BREAKER_OPEN)
    server.start()
    until(lambda: store.is_up)
    assert asked(store) == "1"


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_sentinels_and_masters_under_kill_are_followed_to_whoever_is_left(servers, store_at, how):
    """One Sentinel of three killed, then the master: the others vote, nobody asks the dead."""
    first, second, told = free_port(), free_port(), [free_port() for _ in range(3)]
    master = servers(first)
    servers(second, "--replicaof", "127.0.0.1", str(first))
    sentinels = [servers(port, watching=WATCHING.format(port=first).replace(" 1\n", " 2\n", 1)) for port in told]
    hosts = ",".join(f"127.0.0.1:{port}" for port in told)
    store = store_at(f"redis+sentinel://{hosts}/shop", budget_s=0.2)
    until(lambda: asked(store) == "1")
    until(lambda: ask(store_at, second, "ROLE")[3] == b"connected")
    until(lambda: all(len(ask(store_at, port, "SENTINEL", "SENTINELS", "shop")) == 2 for port in told), 20)
    until(lambda: all(ask(store_at, port, "SENTINEL", "REPLICAS", "shop") for port in told), 20)
    sentinels[0].stop()
    getattr(master, how)()
    until(lambda: asked(store) == "1", 30)
    assert ask(store_at, second, "ROLE")[0] == b"master"


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_a_node_of_a_cluster_under_kill_costs_its_own_keys_until_it_is_back(servers, cluster_servers, store_at, how):
    first, second = cluster_servers
    store = store_at(f"redis+cluster://127.0.0.1:{first.port},127.0.0.1:{second.port}", budget_s=0.2)
    keys = [f"k{number}" for number in range(20)]
    for key in keys:
        assert store.ask(key, ("SET", key, key)) == [b"OK"]
    getattr(second, how)()
    until(lambda: not all(answered(store, key) for key in keys))
    (second.go_on if how == "pause" else second.start)()
    until(lambda: all(answered(store, key) for key in keys), 30)


def answered(store, key) -> bool:
    with contextlib.suppress(StoreDown):
        return store.ask(key, ("SET", key, key)) == [b"OK"]
    return False
