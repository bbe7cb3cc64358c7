"""What the guard against floods writes down: floods, the end of callbacks, the minutes of the day."""

from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import insert

from routing.callbacks.schema import attempts
from routing.callbacks.store import CallbackStore
from routing.journal import flood_book
from routing.journal.schema import calls
from routing.model.callback import CallbackSource
from routing.model.flood import FloodRefusal, FloodSign
from routing.recorder.floods import COMPARE_SECONDS
from routing.release import floods
from routing.release.known_callers import watched_s
from support.callback_orders import an_order
from support.flood_bed import BLOCK, CUSTOMER, NUMBER, PLAN, flood_bed

MISSED = {"project": "lab", "source": CallbackSource.MISSED, "dialled": NUMBER}


@pytest.fixture
def bed(tmp_path):
    with flood_bed(tmp_path) as made:
        yield made


def test_a_flood_is_in_the_journal_until_it_ends(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    (flood,) = flood_book.standing(bed.guard.engine, "lab", bed.now)
    assert (flood.number, flood.starts, flood.sign, flood.state) == (NUMBER, ("380671112",), "block", "refused")
    assert flood.why == "8 calls in 120 s from one block of numbers"
    bed.pass_on(COMPARE_SECONDS)
    assert bed.guard.counts.floods_standing == 1
    floods.lift(bed.switch, NUMBER)
    bed.pass_on(COMPARE_SECONDS)
    assert flood_book.standing(bed.guard.engine, "lab", bed.now) == []
    assert bed.guard.counts.floods_standing == 0


def test_what_a_person_refuses_is_in_the_journal(bed):
    bed.guard.connected(bed.switch)
    floods.refuse(bed.switch, FloodRefusal(NUMBER, ("4420",), bed.now + 43_200, "by hand"), bed.now)
    bed.pass_on(COMPARE_SECONDS)
    (flood,) = flood_book.standing(bed.guard.engine, "lab", bed.now)
    assert (flood.starts, flood.sign, flood.state) == (("4420",), "hand", "refused")


@pytest.mark.parametrize("refuses", [True, False])
def test_the_callers_of_a_flood_are_not_called_back(bed, refuses):
    """Eight calls are missed before anybody knows of a flood; each would be a paid call."""
    bed.plan = replace(PLAN, refuses=refuses)
    bed.guard.connected(bed.switch)
    store = CallbackStore(bed.guard.engine)
    for at, caller in enumerate([*BLOCK[:8], CUSTOMER, "+380997776655"]):
        store.order(an_order(**MISSED, id=f"o{at}", number=caller, created_s=bed.now))
    bed.calls(BLOCK)
    bed.pass_on(COMPARE_SECONDS)
    assert {order.number for order in store.open("lab")} == {CUSTOMER, "+380997776655"}
    assert flood_book.is_of_flood(bed.guard.engine, "lab", NUMBER, BLOCK[29], bed.now)
    assert not flood_book.is_of_flood(bed.guard.engine, "lab", NUMBER, "+380997776655", bed.now)
    assert not flood_book.is_of_flood(bed.guard.engine, "lab", "+380800330999", BLOCK[29], bed.now)


def answered(bed, caller, seconds, number=NUMBER, **more):
    row = {"id": f"a{bed.now}", "project": "lab", "direction": "in", "number": number, "caller": caller}
    times = {"started": bed.now - seconds, "answered": bed.now - seconds, "ended": bed.now}
    with bed.guard.engine.begin() as connection:
        connection.execute(insert(calls).values(**row | times | more))


@pytest.mark.parametrize(("days_ago", "is_of_flood"), [(0.5, True), (2, False), (399, False), (402, True)])
def test_who_is_known_to_the_dialplan_is_of_no_flood(bed, days_ago, is_of_flood):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    talked = {"client": BLOCK[29], "talk_s": 60.0, "bridged": bed.now - days_ago * 86_400}
    answered(bed, BLOCK[29], 90, **talked)
    assert flood_book.is_of_flood(bed.guard.engine, "lab", NUMBER, BLOCK[29], bed.now) == is_of_flood


def test_the_minutes_of_the_day_count_after_a_restart_and_over_nodes(bed):
    bed.plan = replace(PLAN, minutes_a_day=10)
    answered(bed, "+380997776655", 601.0)
    bed.guard.connected(bed.switch)
    assert bed.standing() == {NUMBER: ("",)}


def test_minutes_of_known_callers_do_not_count(bed):
    bed.plan = replace(PLAN, minutes_a_day=10)
    answered(bed, CUSTOMER, 601.0)
    bed.guard.connected(bed.switch)
    assert bed.standing() == {}


def test_minutes_of_callbacks_count(bed):
    bed.plan = replace(PLAN, minutes_a_day=10)
    store = CallbackStore(bed.guard.engine)
    store.order(an_order(**MISSED, id="o1", number="+380997776655", created_s=bed.now))
    with bed.guard.engine.begin() as connection:
        row = {"uuid": "x", "callback": "o1", "began_s": bed.now, "ended_s": bed.now, "talked_s": 601.0}
        connection.execute(insert(attempts).values(**row))
    bed.guard.connected(bed.switch)
    assert bed.standing() == {NUMBER: ("",)}


@dataclass
class SharedMinutes:
    """Redis of two nodes."""

    seconds: dict[str, float] = field(default_factory=dict)

    def add(self, project, day, number, seconds):
        self.seconds[number] = self.seconds.get(number, 0.0) + seconds
        return self.seconds[number]

    def of(self, project, day):
        return self.seconds


def test_minutes_of_other_nodes_count_by_redis(bed):
    bed.plan = replace(PLAN, minutes_a_day=10)
    bed.guard.spent = SharedMinutes({NUMBER: 590.0})
    bed.guard.connected(bed.switch)
    assert bed.standing() == {}
    bed.calls(["+380997776655"], answered_s=20.0)
    assert bed.standing() == {NUMBER: ("",)}
    assert bed.guard.spent.seconds == {NUMBER: 610.0}


def test_a_guard_that_watches_says_so(bed):
    bed.guard.connected(bed.switch)
    assert watched_s(bed.guard.root) == bed.now


def test_what_a_person_has_lifted_is_not_refused_again_by_a_restart(bed):
    bed.guard.connected(bed.switch)
    bed.calls(BLOCK)
    floods.lift(bed.switch, NUMBER)
    bed.guard._judge = None  # a new process
    bed.guard._plan = None
    bed.guard.connected(bed.switch)
    bed.pass_on(COMPARE_SECONDS)
    assert bed.standing() == {}
    assert flood_book.standing(bed.guard.engine, "lab", bed.now) == []


def test_a_client_who_is_forgotten_stands_in_no_flood(bed):
    both = FloodRefusal(NUMBER, (CUSTOMER.removeprefix("+"), "44"), bed.now + 900, "test", FloodSign.TURNS)
    flood_book.noted(bed.guard.engine, "lab", "n1", [both], flood_book.REFUSED, bed.now)
    flood_book.forget(bed.guard.engine, "lab", CUSTOMER)
    (flood,) = flood_book.standing(bed.guard.engine, "lab", bed.now)
    assert flood.starts == ("380501112", "44")
