"""Colleagues who await a busy person: the codes, the orders, and who is connected when."""

from __future__ import annotations

import itertools
import uuid
from dataclasses import dataclass, field, replace

import pytest

from routing.callbacks import events
from routing.callbacks.report import report
from routing.decide.directory import Directory
from routing.decide.duty import Duty
from routing.decide.freedom import why_not_free
from routing.decide.registry import decide
from routing.engine.colleague_dialler import ColleagueDialler
from routing.engine.dialler_ports import LiveRelease
from routing.engine.free_people import FreePeople
from routing.engine.states import States
from routing.esl.watch import Channel, Snapshot
from routing.model.callback import AWAITED_S, CallbackStatus, OrdersDown, awaiting
from routing.model.callback_causes import NOBODY, UNKNOWN
from routing.model.decision import Call
from routing.model.queue import DutyRecord
from support.callback_orders import NOW, PROJECT, a_plan, an_order
from support.decision_ports import given

PEOPLE = ("ivan", "olena", "petro")
DIRECTORY = Directory(
    {person: frozenset({"desk"}) for person in PEOPLE}, {}, {}, (), {"101": "ivan", "102": "olena"},
    sip={person: frozenset({f"100{at}"}) for at, person in enumerate(PEOPLE)},
)  # fmt: skip
CALL = Call("12345678", "/r", "codes", "await", "", "anonymous", person="ivan", extension="102")


def waits(person="ivan", awaits="olena", order_id="", at_s=NOW):
    return awaiting(order_id or f"{person}-{awaits}", PROJECT, person, awaits, at_s)


@dataclass
class Desk:
    store: object

    def order(self, new):
        return self.store.order(replace(new, id=new.id or f"id{new.person}{new.awaits}"))

    def no_longer_awaiting(self, *arguments):
        return self.store.no_longer_awaiting(*arguments)


@pytest.fixture
def dials(store):
    """Dials a code from a phone: its reason, and what is stored."""

    def dialled(state="order", **facts):
        step = {"kind": "camp_on", "project": PROJECT, "state": state}
        ports = given(directory=lambda release: DIRECTORY, callbacks=Desk(store), now=lambda: NOW)
        verdict = decide(step, replace(CALL, **facts), ports)
        return verdict.reason, dict(verdict.variables)

    return dialled


def test_a_code_orders_once_for_a_pair_and_another_one_cancels(dials, store):
    assert dials() == ("ivan awaits olena, order idivanol", {"routing_camped": "order"})
    assert dials()[0] == "ivan awaits olena, order idivanol"
    assert dials(person="petro", uuid="87654321")[0] == "petro awaits olena, order idpetroo"
    assert dials(extension="101", person="olena", uuid="x")[0].startswith("olena awaits ivan")
    assert [order.person for order in store.open(PROJECT)] == ["ivan", "olena", "petro"]
    assert dials("cancel") == ("ivan awaits olena no longer", {"routing_camped": "cancel"})
    assert dials("cancel") == ("there was no order", {"routing_camped": "cancel"})
    assert dials("cancel", person="petro", extension="")[0] == "petro awaits nobody no longer"
    assert [order.person for order in store.open(PROJECT)] == ["olena"]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"extension": "199"}, "nobody has the extension 199"),
        ({"extension": "101"}, "the extension is the phone's own"),
        ({"extension": ""}, "no extension was dialled"),
        ({"person": "nobody"}, "the phone belongs to no person"),
    ],
)
def test_what_cannot_be_ordered(dials, store, facts, why):
    assert dials(**facts) == (why, {})
    assert store.open(PROJECT) == []


def test_without_a_database_the_phone_hears_so():
    class Down:
        def order(self, new):
            raise OrdersDown("the engine has no database")

    step = {"kind": "camp_on", "project": PROJECT, "state": "order"}
    verdict = decide(step, CALL, given(directory=lambda release: DIRECTORY, callbacks=Down(), now=lambda: NOW))
    assert (verdict.outcome, verdict.reason, dict(verdict.variables)) == ("failed", "the engine has no database", {})


def test_colleagues_are_no_clients(store):
    """They are not dialled by a lease, not reported, not counted, and nobody else hears of them."""
    store.order(waits())
    store.order(an_order())
    assert [order.id for order in store.due(PROJECT, NOW, 9)] == ["one"]
    assert [order.id for order in store.awaiting(PROJECT, NOW)] == ["ivan-olena"]
    assert store.waiting(PROJECT, NOW)[0] == 1
    assert store.start("ivan-olena", "u1", None, NOW) and not store.start("one", "u2", None, NOW)
    assert store.under_way(PROJECT) == []
    store.finish("u1", "NORMAL_CLEARING", 60.0, NOW)
    assert (store.find("ivan-olena").status, store.talked_since(PROJECT, 0)) == (CallbackStatus.TALKED, 0.0)
    assert report(store.engine, PROJECT, 0.0).total.ordered == 1
    assert events.claim(store.engine, PROJECT, NOW, NOW + 9).order.id == "one"
    assert events.claim(store.engine, PROJECT, NOW, NOW + 9) is None


@pytest.mark.parametrize(
    ("cause", "status"),
    [
        ("USER_BUSY", CallbackStatus.ORDERED),
        (UNKNOWN, CallbackStatus.ORDERED),
        (NOBODY, CallbackStatus.GIVEN_UP),
        ("NO_ANSWER", CallbackStatus.GIVEN_UP),
    ],
)
def test_whoever_was_busy_again_is_awaited_further(store, cause, status):
    store.order(waits())
    store.start("ivan-olena", "u1", None, NOW)
    assert store.finish("u1", cause, 0.0, NOW + 5).status is status


def test_an_order_expires(store):
    store.order(waits())
    assert store.awaiting(PROJECT, NOW + AWAITED_S) == []
    assert [order.id for order in store.expire(PROJECT, NOW + AWAITED_S)] == ["ivan-olena"]


# when people are free


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({}, ""),
        ({"phones": "busy"}, "talks"),
        ({"phones": "absent"}, "no phone is registered"),
        ({"record": DutyRecord(is_away=True)}, "on do-not-disturb"),
        ({"record": DutyRecord(is_on_break=True)}, "paused"),
        ({"record": DutyRecord({"*": False})}, "signed out"),
        ({"record": DutyRecord({"*": False, "sales": True})}, ""),
        ({"duty": Duty(wrap_up_ms=1001)}, "wrap-up"),
        ({"duty": Duty(wrap_up_ms=1000)}, ""),
        ({"duty": Duty(wrap_up_ms=1001), "record": DutyRecord(ready_ms=900)}, ""),
        ({"duty": Duty(paused_ms=1001)}, "paused"),
    ],
)
def test_who_is_free(facts, why):
    words = {"phones": "free", "record": DutyRecord(), "duty": None} | facts
    assert why_not_free(**words, now_ms=1000) == why


@dataclass
class MemorySwitch:
    calls: list = field(default_factory=list)

    def name(self):
        return "node1"

    def connect(self, call):
        assert call.originate("leg_1").startswith("originate {origination_uuid=")
        self.calls.append((call.person, call.awaits))


@pytest.fixture
def node(store):
    """A node with phones of all three people, on which nobody talks; nobody has set anything."""
    states, records = States(), {}
    states.seen(Snapshot((), frozenset({"1000", "1001", "1002"})))
    free = FreePeople(states, lambda project: records, {}, lambda: NOW)
    live, chance = LiveRelease("/r/releases/a1", a_plan()), itertools.count(1)
    dialler = ColleagueDialler(
        store, MemorySwitch(), lambda: live, lambda folder: DIRECTORY, free, lambda: NOW, lambda *_, **__: None,
        lambda: uuid.UUID(int=next(chance) << 64),
    )  # fmt: skip
    return dialler, states, records


def test_a_pair_is_connected_once_both_are_free(node, store):
    dialler, states, records = node
    states.began(Channel("leg", "olena.desk"))
    store.order(waits())
    assert dialler.turn() == 0
    states.ended("leg")
    records["olena"] = DutyRecord(is_on_break=True)
    assert dialler.turn() == 0
    records.clear()
    states.began(Channel("leg", "ivan.desk"))
    assert dialler.turn() == 0
    states.ended("leg")
    assert [dialler.turn(), dialler.turn()] == [1, 0]
    assert dialler.switch.calls == [("ivan", "olena")]
    assert states.state("ivan", ("1000",), False) == "busy"  # no queue offers them a caller meanwhile


def test_of_several_who_await_one_person_the_first_is_connected(node, store):
    dialler, *_ = node
    store.order(waits("petro", at_s=NOW - 9))
    store.order(waits("ivan"))
    assert [dialler.turn(), dialler.turn()] == [1, 0]
    (attempt,) = store.find("petro-olena").attempts
    store.finish(attempt.uuid, "NO_ANSWER", 0.0, NOW)
    assert dialler.turn() == 1
    assert dialler.switch.calls == [("petro", "olena"), ("ivan", "olena")]


def test_a_pair_is_connected_by_the_node_of_the_one_who_asked(node, store):
    dialler, states, _ = node
    states.registration("1000", is_there=False)
    store.order(waits())
    assert dialler.turn() == 0


def test_nobody_is_dialled_while_the_switch_does_not_say_who_talks(node, store):
    dialler, states, _ = node
    store.order(waits())
    states.lost("gone")
    assert dialler.turn() == 0


def test_two_nodes_connect_a_pair_once(node, store):
    dialler, *_ = node
    store.order(waits())
    other = replace(dialler, switch=MemorySwitch())
    stale = store.awaiting(PROJECT, NOW)
    other.book = Stale(store, stale)
    assert (dialler.turn(), other.turn()) == (1, 0)


@dataclass
class Stale:
    """What another node has read just before."""

    store: object
    read: list

    def awaiting(self, project, now):
        return self.read

    def start(self, *arguments):
        return self.store.start(*arguments)
