"""The dialler over a real database and a switch in memory, in virtual time: what is dialled when, and that no order is
lost and no client rung twice for an attempt, wherever the engine is killed."""

from __future__ import annotations

import contextlib
import itertools
import random
import uuid
from dataclasses import dataclass, field, replace

import pytest

from routing.callbacks import leases
from routing.callbacks.store import CallbackStore
from routing.engine import dialler
from routing.engine.dialler import BEGINS_S, Dialler, is_among, of_node
from routing.engine.dialler_ports import LiveRelease
from routing.esl.client import SwitchFault
from routing.journal.database import open_database
from routing.model.calendar import Period
from routing.model.callback import CallbackStatus
from routing.model.callback_call import CallbackCall
from routing.model.callback_causes import NOBODY, UNKNOWN
from routing.model.callback_plan import CallbackScheme
from support.callback_orders import CLIENT, NOW, PROJECT, a_plan, an_order
from support.journal_bed import Fuse, Killed, mortal

RELEASE = "/root/releases/a1"


@dataclass
class Book:
    """The orders of a database; every method burns the fuse before it and after it."""

    store: CallbackStore
    fuse: Fuse = field(default_factory=Fuse)

    def __getattr__(self, name):
        def burning(*arguments):
            self.fuse.burn()
            result = (
                getattr(leases, name)(self.store.engine, *arguments)
                if name in ("take", "release")
                else getattr(self.store, name)(*arguments)
            )
            self.fuse.burn()
            return result

        return burning


@dataclass
class MemorySwitch:
    """FreeSWITCH: what it was asked for, and whose numbers are on its channels."""

    fuse: Fuse = field(default_factory=Fuse)
    calls: list[CallbackCall] = field(default_factory=list)
    on_channels: set[str] = field(default_factory=set)
    called: str = "node1"
    is_gone: bool = False

    def name(self):
        return self.called

    def numbers(self):
        return self.on_channels

    def originate(self, call):
        self.fuse.burn()
        if self.is_gone:
            raise SwitchFault("gone")
        call.originate("leg_1")
        self.calls.append(call)
        self.fuse.burn()

    def has_begun(self, attempt):
        return any(call.uuid == attempt for call in self.calls)


@dataclass
class Clock:
    """Virtual seconds since the epoch."""

    at_s: float = NOW

    def __call__(self):
        return self.at_s


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def switch():
    return MemorySwitch()


@pytest.fixture
def make(store, clock, switch):
    """Makes diallers of engines."""
    chance = random.Random(7)

    def made(owner="engine-1", fuse=None, plan=None, **facts):
        book = Book(store, fuse or Fuse())
        live = LiveRelease(RELEASE, plan or a_plan())
        words = {"new_uuid": lambda: uuid.UUID(int=chance.getrandbits(128), version=4), "switch": switch} | facts
        return Dialler(book, words.pop("switch"), lambda: live, owner, clock, lambda *_, **__: None, **words)

    return made


def numbered(count):
    return [an_order(id=f"o{at}", number=f"+3806712300{at:02}", place_s=None) for at in range(count)]


def test_a_due_order_is_dialled_once_and_waits_for_its_record(make, store, switch):
    store.order(
        an_order(
            dialled="+380800330522", place_s=NOW - 9.5, entities={"region": "521"}, source_facts={"utm_source": "a b"}
        )
    )
    one = make(plan=a_plan(own=frozenset({"+380800330522"})))
    counted = []
    one.count = counted.append
    assert [one.turn(), one.turn(), counted] == [1, 0, ["begun"]]
    (call,) = switch.calls
    assert (call.first, call.client, call.number, call.scheme, call.release) == (
        "person", CLIENT, "+380800330522", "sales", RELEASE,
    )  # fmt: skip
    assert call.variables == {"routing_entity_region": "521", "routing_source_utm_source": "a~20b"}
    assert f",routing_place={int(NOW * 1000) - 9500}}}" in call.originate("leg_1")
    order = store.find("one")
    assert (order.status, [each.uuid for each in order.attempts]) == (CallbackStatus.DIALLING, [call.uuid])


@pytest.mark.parametrize("dialled", ["", "+12125550123"])
def test_an_order_without_a_number_of_the_company_shows_the_schemes_first_one(make, store, switch, dialled):
    store.order(an_order(dialled=dialled))
    make().turn()
    assert switch.calls[0].number == "+380800330521"


def test_a_busy_client_is_called_again_by_a_new_attempt(make, store, switch, clock):
    store.order(an_order())
    one = make()
    one.turn()
    store.finish(switch.calls[0].uuid, "USER_BUSY", 0.0, clock())
    assert one.turn() == 0
    clock.at_s += 181
    assert one.turn() == 1
    assert len({call.uuid for call in switch.calls}) == 2


def test_no_more_at_once_than_the_project_says(make, store, switch):
    for order in numbered(5):
        store.order(order)
    one = make()
    assert [one.turn(), one.turn()] == [2, 0]
    store.finish(switch.calls[0].uuid, NOBODY, 0.0, NOW)
    assert one.turn() == 1


def test_nobody_is_called_in_their_quiet_hours_or_while_the_company_is_closed(make, store, switch, clock):
    store.order(an_order(expires_s=NOW + 7 * 86400))
    clock.at_s = NOW + 11 * 3600  # 21:00 in Kyiv
    one = make()
    assert one.turn() == 0
    assert store.find("one").not_before_s == NOW + 23 * 3600  # 9:00 the next day
    clock.at_s = NOW + 23 * 3600
    assert one.turn() == 1


@pytest.mark.parametrize("form", ["380671234567", "0671234567", "00380671234567"])
def test_a_client_who_calls_at_this_moment_is_not_called(make, store, switch, clock, form):
    store.order(an_order())
    switch.on_channels = {"380800330521", form}
    one = make()
    assert one.turn() == 0
    switch.on_channels = set()
    clock.at_s += 21
    assert one.turn() == 1
    assert not is_among(CLIENT, {"380671234568", "1001"})


def test_minutes_of_talks_are_bounded(make, store, switch):
    for order in numbered(3):
        store.order(order)
    one = make(plan=a_plan(at_once=1, minutes_a_day=10))
    one.turn()
    store.finish(switch.calls[0].uuid, "NORMAL_CLEARING", 600.0, NOW)
    assert one.turn() == 0


def test_a_scheme_that_is_gone_is_not_dialled(make, store, switch):
    store.order(an_order(scheme="gone"))
    assert make().turn() == 0
    assert (switch.calls, store.find("one").status) == ([], CallbackStatus.ORDERED)


def test_one_engine_dials(make, store, switch, clock):
    for order in numbered(4):
        store.order(order)
    one, other = make("engine-1"), make("engine-2", switch=MemorySwitch(called="node2"))
    assert (one.turn(), other.turn()) == (2, 0)
    for call in switch.calls:
        store.finish(call.uuid, NOBODY, 0.0, clock())
    one.give_up_lease()
    assert other.turn() == 2


def test_an_engine_that_hung_while_another_took_over_dials_nothing(make, store, switch, clock):
    """It had looked at the orders before; its token is old."""
    store.order(an_order())
    other = make("engine-2", switch=MemorySwitch(called="node2"))

    class Hangs(Book):
        def talked_since(self, *arguments):
            clock.at_s += dialler.LEASE_S + 1
            other.turn()
            return self.store.talked_since(*arguments)

    one = make()
    one.book = Hangs(store)
    assert one.turn() == 0
    assert (len(switch.calls), len(other.switch.calls)) == (0, 1)


def test_an_attempt_that_the_switch_has_not_begun_ends_as_unknown(make, store, switch, clock):
    store.order(an_order())
    switch.is_gone = True
    one = make()
    with pytest.raises(SwitchFault):
        one.turn()
    switch.is_gone = False
    clock.at_s += BEGINS_S - 1
    assert one.turn() == 0 and store.find("one").status is CallbackStatus.DIALLING
    clock.at_s += dialler.SWEEP_S
    one.turn()
    order = store.find("one")
    assert (order.status, order.attempts[0].cause, order.tries_left) == (CallbackStatus.ORDERED, UNKNOWN, 2)
    clock.at_s = order.not_before_s
    assert one.turn() == 1


def test_an_attempt_that_the_switch_has_begun_waits_for_its_record(make, store, switch, clock):
    """However long the journal is down."""
    store.order(an_order(expires_s=NOW + 9 * 86400))
    one = make()
    one.turn()
    clock.at_s += dialler.RECORDED_S - 1
    one.turn()
    assert store.find("one").status is CallbackStatus.DIALLING
    clock.at_s += dialler.SWEEP_S
    one.turn()
    assert store.find("one").attempts[0].cause == UNKNOWN


def test_another_nodes_attempt_is_that_nodes_to_ask_about(make, store, switch, clock):
    store.order(an_order())
    one = make("engine-1")
    one.turn()
    other = make("engine-2", switch=MemorySwitch(called="node2"))
    clock.at_s += 600
    other.turn()
    assert store.find("one").status is CallbackStatus.DIALLING
    switch.calls.clear()  # that switch was restarted
    one.turn()
    assert store.find("one").attempts[0].cause == UNKNOWN


def test_nothing_is_written_while_nothing_is_due(make, clock):
    """Nor read, but the orders that are due; every ten seconds also those without a result and the expired ones."""
    one, asked = make(), []

    class Counts(Book):
        def __getattr__(self, name):
            asked.append(name)
            return super().__getattr__(name)

    one.book = Counts(one.book.store)
    for _ in range(30):
        one.turn()
        clock.at_s += 1
    assert {name: asked.count(name) for name in asked} == {"due": 30, "unfinished": 3, "expire": 3}


def test_a_uuid_says_whose_it_is():
    assert of_node(uuid.uuid4(), "a").hex[-12:] == of_node(uuid.uuid4(), "a").hex[-12:]
    assert of_node(uuid.uuid4(), "a").hex[-12:] != of_node(uuid.uuid4(), "b").hex[-12:]


@pytest.mark.thorough
@pytest.mark.parametrize("begins", [True, False], ids=["the switch lives", "the switch is restarted too"])
def test_killed_at_every_step(database, clock, begins):
    """Killed before and after every transaction and command: every order comes to its end, no attempt rings twice."""
    kills = 0
    for left in itertools.count():
        switch, fuse = MemorySwitch(), Fuse(left)
        clock.at_s = NOW + left * 86400 * 7  # a Monday of its own
        engine = open_database(database, migrate=False)
        store = CallbackStore(engine)
        orders = [
            replace(each, id=f"{left}-{each.id}", created_s=clock(), not_before_s=clock(), expires_s=clock() + 80000)
            for each in numbered(2)
        ]
        for order in orders:
            store.order(order)
        was_killed, rung = _carried(store, switch, fuse, clock, orders, begins)
        kills += was_killed
        for order in orders:
            found = store.find(order.id)
            assert found.status in (CallbackStatus.TALKED, CallbackStatus.GIVEN_UP), found
            assert all(attempt.ended_s for attempt in found.attempts)
        assert max(map(rung.count, rung)) == 1
        engine.dispose()
        if not was_killed:
            break
    print(f"{kills} kills")
    assert kills > 20


def _carried(store, switch, fuse, clock, orders, begins):
    """Run engines until the orders are closed: the first one burns the fuse. Whether it was killed, and the uuids that
    FreeSWITCH was asked for."""
    was_killed, rung, recorded = False, [], 0
    live = LiveRelease(RELEASE, a_plan())
    one = Dialler(Book(store, fuse), replace(switch, fuse=fuse, calls=switch.calls), lambda: live, "a", clock, _silent)
    for _ in range(200):
        try:
            one.turn()
        except Killed:
            was_killed, rung = True, [call.uuid for call in switch.calls]
            if not begins:
                switch.calls.clear()
                recorded = 0
            one = Dialler(Book(store), switch, lambda: live, "b", clock, _silent)
        for call in switch.calls[recorded:]:  # their records: the first attempt finds the client busy
            attempts = store.of_attempt(call.uuid).attempts
            busy = len(attempts) == 1
            store.finish(call.uuid, "USER_BUSY" if busy else "NORMAL_CLEARING", 0.0 if busy else 30.0, clock())
        recorded = len(switch.calls)
        clock.at_s += 20
        if all(not store.find(order.id).is_open for order in orders):
            break
    return was_killed, [*rung, *(call.uuid for call in switch.calls if call.uuid not in rung)]


def _silent(*_, **__):
    pass


@pytest.mark.parametrize("left", range(0, 40, 3))
def test_a_database_that_fails_in_any_statement(database, clock, left):
    """A transaction that fails leaves nothing behind; nobody is dialled without a committed attempt."""
    store = CallbackStore(open_database(database, migrate=False))
    for order in numbered(2):
        store.order(order)
    switch, live = MemorySwitch(), LiveRelease(RELEASE, a_plan())
    fuse = Fuse(left)
    failing = CallbackStore(mortal(open_database(database, migrate=False), fuse))
    one = Dialler(Book(failing), switch, lambda: live, "a", clock, _silent)
    with contextlib.suppress(Killed):
        one.turn()
    failing.engine.dispose()
    committed = {attempt.uuid for at in range(2) for attempt in store.find(f"o{at}").attempts}
    assert {call.uuid for call in switch.calls} <= committed
    store.engine.dispose()


# free people


@dataclass
class People:
    """Who is not free, and the calls for which somebody rings or talks."""

    busy: set[str] = field(default_factory=set)
    carried: set[str] = field(default_factory=set)

    def why_not(self, project, directory, people):
        return {person: "talks" if person in self.busy else "" for person in people}

    def carries(self, call):
        return call in self.carried


def staffed(at_once=9, **schemes):
    return a_plan(
        at_once=at_once,
        schemes={name: CallbackScheme("+380800330521", "office", people=people) for name, people in schemes.items()},
    )


def test_no_more_are_rung_at_once_than_people_are_free(make, store, switch, clock):
    for order in numbered(4):
        store.order(order)
    people = People({"olena"})
    one = make(plan=staffed(sales=("ivan", "olena", "petro")), free=people)
    assert [one.turn(), one.turn()] == [2, 0]
    assert {store.find(f"o{at}").held for at in (2, 3)} == {"nobody of its scheme is free"}
    people.busy, people.carried = {"olena", "ivan"}, {switch.calls[0].uuid}  # the first call rings ivan
    assert one.turn() == 0
    people.busy = {"ivan"}
    clock.at_s += dialler.REST_S
    assert one.turn() == 1
    assert store.find("o2").held == ""


def test_people_of_several_schemes_are_kept_for_one_call_each(make, store, switch):
    """Ivan, whom both schemes ring, is left to the one that has nobody else."""
    orders = numbered(3)
    for order, scheme in zip(orders, ("both", "ivans", "ivans"), strict=True):
        store.order(replace(order, scheme=scheme))
    one = make(plan=staffed(both=("ivan", "olena"), ivans=("ivan",)), free=People())
    assert (one.turn(), [call.scheme for call in switch.calls]) == (2, ["both", "ivans"])


def test_a_queue_or_a_webhook_has_no_bound_but_at_once(make, store):
    for order in numbered(4):
        store.order(order)
    one = make(plan=staffed(at_once=3, sales=()), free=People())
    assert one.turn() == 3
    assert store.find("o3").held == "at_once: 3 are being dialled"


def test_an_attempt_of_another_node_keeps_nobody_for_ever(make, store, switch, clock):
    for order in numbered(2):
        store.order(order)
    plan = staffed(sales=("ivan",))
    one = make("engine-1", plan=plan, free=People())
    other = make("engine-2", plan=plan, free=People(), switch=MemorySwitch(called="node2"))
    assert one.turn() == 1
    one.give_up_lease()
    assert other.turn() == 0
    clock.at_s += 61
    assert other.turn() == 1


def test_where_nobody_is_free_another_node_dials(make, store):
    store.order(an_order())
    plan = staffed(sales=("ivan",))
    one = make("engine-1", plan=plan, free=People({"ivan"}))
    other = make("engine-2", plan=plan, free=People(), switch=MemorySwitch(called="node2"))
    assert (one.turn(), other.turn()) == (0, 1)


def test_why_an_order_waits_is_written_once(make, store, clock):
    store.order(an_order())
    one, written = make(plan=staffed(sales=("ivan",)), free=People({"ivan"})), []

    class Notes(Book):
        def __getattr__(self, name):
            written.append(name)
            return super().__getattr__(name)

    one.book = Notes(store)
    assert [one.turn(), one.turn()] == [0, 0]
    assert written.count("hold") == 1


@pytest.mark.parametrize(
    ("plan", "on_channels", "why"),
    [
        (a_plan(minutes_a_day=0), (), "minutes_a_day: they are used up"),
        (a_plan(quiet=Period(0, 1439)), (), "quiet hours, or the calendar is closed"),
        (a_plan(), {"380671234567"}, "the client is in a call at this moment"),
    ],
)
def test_an_order_says_why_it_waits(make, store, switch, plan, on_channels, why):
    store.order(an_order(expires_s=NOW + 9 * 86400))
    switch.on_channels = set(on_channels)
    assert make(plan=plan).turn() == 0
    assert store.find("one").held == why


# other nodes


@dataclass
class Nodes:
    """What the other nodes say; what this one said."""

    elsewhere: set[str] | None = field(default_factory=set)
    said: list = field(default_factory=list)

    def exchange(self, project, node, numbers):
        self.said.append((node, numbers))
        return self.elsewhere


def test_a_client_who_calls_on_another_node_is_not_called(make, store, clock):
    store.order(an_order())
    others = Nodes({CLIENT[-9:]})
    one = make(others=others)
    assert one.turn() == 0
    assert store.find("one").held == "the client is in a call at this moment"
    others.elsewhere = set()
    clock.at_s += 21
    assert one.turn() == 1


def test_nobody_is_dialled_before_the_other_nodes_have_said_who_calls(make, store):
    store.order(an_order())
    others = Nodes(None)
    one = make(others=others)
    assert (one.turn(), store.find("one").held) == (0, "another node has not said yet who calls there")
    others.elsewhere = set()
    assert one.turn() == 1


def test_a_node_that_does_not_dial_says_who_calls_there(make, store, switch):
    one = make(others=(others := Nodes()))
    one.turn()
    store.order(an_order())
    switch.on_channels = {"0671234567"}
    leases.take(store.engine, PROJECT, "engine-2", NOW, 60)
    assert one.turn() == 0
    assert others.said == [("node1", None), ("node1", {"0671234567"})]
