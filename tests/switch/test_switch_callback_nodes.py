"""Two nodes on one Redis and one database: two FreeSWITCH and two engines share the callbacks of a project. One dials;
when it is killed the other takes over; nobody is rung twice; a client who is in a call on either is not called."""

import signal
import time

import pytest

from routing.callbacks.store import CallbackStore
from routing.journal.database import open_database
from routing.model.callback import CallbackOrder, CallbackSource, First
from routing.release.drained import mark
from routing.store import keys
from support.switchbed.callbacks import NUMBER, SCHEMES, CallbackLab, until
from support.switchbed.engines import serving
from support.switchbed.redises import alone, store_at

pytestmark = pytest.mark.switch
PROJECT, ORDERS = "lab", 12
#: Rings nobody: how many are dialled at once does not hang on who is free.
EMPTY = {"empty.yaml": "scheme: empty\nsteps: [hangup]\n"}


class Nodes:
    """Both nodes, and what they share."""

    def __init__(self, place):
        names = ("one", "two")
        self.labs = [CallbackLab(place / name, more=SCHEMES | EMPTY, changes={"name": name}) for name in names]
        self.database = str(place / "journal.db")
        self.engine = open_database(self.database)
        self.store = CallbackStore(self.engine)

    def stop(self):
        self.engine.dispose()
        for lab in self.labs:
            lab.stop()

    def serving(self, which, redis):
        lab = self.labs[which]
        options = ("--database", self.database, "--redis", redis)
        return serving(lab, *options, watches=lab.switch.settings.esl_port)

    def order(self, name, number, in_s=0.0, scheme="empty"):
        now = time.time()
        self.store.order(
            CallbackOrder(
                name, PROJECT, number, scheme, CallbackSource.API, now, now + in_s, now + 3600, dialled=NUMBER,
                first=First.CLIENT,
            )
        )  # fmt: skip

    def rung(self):
        """The numbers that were called, on both nodes."""
        requests = [each for lab in self.labs for each in lab.carrier.received("INVITE")]
        return [each.text.split("sip:")[1].split("@")[0] for each in requests]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    made = Nodes(tmp_path_factory.mktemp("nodes"))
    yield made
    made.stop()


@pytest.fixture
def redis(tmp_path):
    with alone(tmp_path / "redis") as server:
        yield server.url


def there(redis):
    """How many nodes say who calls there."""
    return store_at(redis).ask(keys.calling(PROJECT), ("HLEN", keys.calling(PROJECT)))


def test_one_node_dials_and_the_other_takes_over(nodes, redis):
    numbers = {f"o{at}": f"+3806712500{at:02}" for at in range(ORDERS)}
    before, after = list(numbers.items())[: ORDERS // 2], list(numbers.items())[ORDERS // 2 :]
    for at, (name, number) in enumerate(before):
        nodes.order(name, number, in_s=at * 0.5)
    busy = [lab.client(status=486) for lab in nodes.labs]
    with busy[0], busy[1], nodes.serving(0, redis) as first, nodes.serving(1, redis) as second:
        assert until(lambda: len(nodes.rung()) >= 3, 30)
        leader, other = (first, second) if list(first.lines("callback")) else (second, first)
        assert not list(other.lines("callback"))
        leader.send(signal.SIGKILL)
        for name, number in after:
            nodes.order(name, number)
        assert until(lambda: len(set(nodes.rung())) == ORDERS, 60), nodes.rung()
        assert list(other.lines("callback"))
    attempts = {name: nodes.store.find(name).attempts for name in numbers}
    assert {name: len(each) for name, each in attempts.items()} == dict.fromkeys(numbers, 1)
    assert sorted(nodes.rung()) == sorted(number for number in numbers.values())


def test_a_drained_node_dials_no_more_and_the_other_does(nodes, redis):
    busy = [lab.client(status=486) for lab in nodes.labs]
    with busy[0], busy[1], nodes.serving(0, redis) as first, nodes.serving(1, redis) as second:
        nodes.order("first", "+380671251001")
        assert until(lambda: list(first.lines("callback")) or list(second.lines("callback")), 30)
        at = 0 if list(first.lines("callback")) else 1
        root, other = nodes.labs[at].root, (second, first)[at]
        mark(root, drained=True)
        assert ["routing_drained 1.0" in each.metrics() for each in (first, second)] == [at == 0, at == 1]
        try:
            assert not list(other.lines("callback"))
            nodes.order("second", "+380671251002", in_s=3.0)  # it looks once a second
            assert until(lambda: list(other.lines("callback")), 30)
        finally:
            mark(root, drained=False)
    assert len([each for each in nodes.rung() if each.endswith("1002")]) == 1


def test_a_client_who_talks_on_one_node_is_not_called_by_the_other(nodes, redis):
    lab, number = nodes.labs[0], "+380671234567"
    with nodes.serving(1, redis) as second:
        nodes.order("before", "+380671259999")
        with nodes.labs[1].client(status=486):
            assert until(lambda: list(second.lines("callback")), 30)  # the second node has the lease
        with lab.phone("2002") as phone, lab.caller() as caller, nodes.serving(0, redis):
            talk = caller.call("380800330902")
            assert caller.answered(talk).start == "200"
            assert until(lambda: there(redis) == [2], 30)  # the first node has said who calls there
            nodes.order("talks", number)
            is_held = until(lambda: nodes.store.find("talks").held == "the client is in a call at this moment", 30)
            assert is_held, nodes.store.find("talks")
            assert not nodes.store.find("talks").attempts
            talk.hang_up()
            assert until(phone.rung().is_over)
            nodes.store.put_off("talks", time.time())
            with nodes.labs[1].client(status=486):
                assert until(lambda: nodes.store.find("talks").attempts, 30)
