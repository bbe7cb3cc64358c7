"""What an engine that takes over queues knows of the time before: from the calls themselves, and from the memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from routing.decide.queue_turn import QueuePorts, QueueTurn
from routing.decide.queueing import Queueing
from routing.model.decision import Call
from routing.model.memory import Forgotten
from routing.model.queue import DutyRecord
from routing.process.memory import NoMemory

PEOPLE = [{"name": name, "person": name, "sip": [name], "outside": False, "seconds": 20} for name in ("ivan", "olena")]


@dataclass
class Remembered:
    """`QueueFacts` in a dictionary; ``is_down``: it answers nothing."""

    people: dict = field(default_factory=dict)
    times: dict = field(default_factory=dict)
    calls: dict = field(default_factory=dict)
    is_down: bool = False

    def _must_answer(self):
        if self.is_down:
            raise Forgotten("down")

    def work(self, project):
        self._must_answer()
        return dict(self.people)

    def keep_work(self, project, person, facts):
        self._must_answer()
        self.people[person] = facts

    def talks(self, project, queue):
        self._must_answer()
        return self.times.get(queue, [])

    def keep_talk(self, project, queue, talk_ms):
        self._must_answer()
        self.times.setdefault(queue, []).append(talk_ms)

    def lost(self, project, queue, number):
        self._must_answer()
        return self.calls.get((queue, number))

    def keep_lost(self, project, queue, number, call):
        self._must_answer()
        self.calls[queue, number] = call


class Floor:
    """A queue whose engines die: ``engine`` is the one that leads now."""

    def __init__(self, **settings):
        self.step = {"kind": "queue", "project": "p", "people": PEOPLE, "order": "in_order", **settings}
        self.states, self.records, self.at, self.facts = {"olena": "absent"}, {}, 1_000_000, Remembered()
        self.begin()

    def begin(self):
        """Another engine leads."""
        ports = QueuePorts(
            lambda member: self.states.get(member.person, "free"), NoMemory(), lambda project: self.records,
            lambda: 0.5, lambda zone: "", self.facts,
        )  # fmt: skip
        self.engine = Queueing(ports)

    def turn(self, uuid, turn="x", caller="+380671234567", **facts):
        return QueueTurn(Call(uuid, "/r", "support", "1", "+380441112233", caller), self.step, turn, **facts)

    def tell(self, uuid, turn="x", caller="+380671234567", **facts):
        """A call's turn: what it alone is told."""
        orders = self.engine.heard(self.turn(uuid, turn, caller, **facts), self.at)
        return next(dict(order.variables) for order in orders if order.call.uuid == uuid)

    def is_offered(self, uuid, **facts):
        """Whether a caller who waits is offered ivan now."""
        return self.tell(uuid, **facts).get("routing_decision") == "1:order:ivan"

    def talk(self, uuid, lasts_ms):
        """A call is offered ivan, and they talk."""
        assert self.is_offered(uuid)
        self.engine.talk_began(uuid, "ivan", self.at)
        self.at += lasts_ms


@pytest.mark.parametrize(
    ("cause", "delay_ms"), [("NO_ANSWER", 10_000), ("USER_BUSY", 15_000), ("CALL_REJECTED", 30_000)]
)
def test_the_delay_after_an_offer_without_a_talk_goes_on(cause, delay_ms):
    floor = Floor()
    assert floor.is_offered("one")
    floor.tell("one", "xx", offers=1, tried={"ivan": cause})
    floor.begin()
    floor.at += delay_ms - 1
    assert not floor.is_offered("two")
    floor.at += 1
    assert floor.is_offered("two")


def test_missed_offers_before_and_after_pause_a_person_together_and_the_pause_goes_on():
    floor = Floor(misses=2, pause_ms=60_000)
    for offers in (1, 2):
        floor.begin()
        assert floor.is_offered("one", offers=offers - 1)
        floor.tell("one", "xx", offers=offers, tried={"ivan": "NO_ANSWER"})
        floor.at += 10_000
    floor.begin()
    assert not floor.is_offered("two")
    floor.at += 50_000
    assert floor.is_offered("two")


def test_a_refusal_that_no_engine_heard_counts_once():
    floor = Floor()
    floor.engine.recall(floor.turn("one", "xx", offers=1, tried={"ivan": "CALL_REJECTED"}), floor.at)
    (told,) = floor.engine.recalled(floor.at)
    assert ("routing_decision" in told.variables, told.variables["routing_tried"]) == (False, "")
    assert not floor.is_offered("two")


def test_the_wrap_up_of_a_talk_goes_on():
    floor = Floor(wrap_up_ms=20_000)
    floor.talk("one", 60_000)
    floor.engine.gone("one", floor.at)
    floor.begin()
    floor.at += 19_999
    assert not floor.is_offered("two")
    floor.at += 1
    assert floor.is_offered("two")


def test_a_wrap_up_follows_a_talk_that_began_before():
    floor = Floor(wrap_up_ms=20_000)
    floor.talk("one", 60_000)
    floor.begin()
    floor.engine.recall_talk(floor.turn("one", ""), "ivan", floor.at - 60_000, floor.at)
    floor.engine.recalled(floor.at)
    floor.engine.talk_ended("ivan", floor.at)
    assert not floor.is_offered("two")
    assert floor.facts.times == {"support": [60_000]}


def test_a_wrap_up_follows_a_talk_that_ended_while_there_was_no_engine():
    floor = Floor(wrap_up_ms=20_000)
    floor.talk("one", 60_000)
    floor.begin()
    floor.engine.recalled(floor.at)
    assert not floor.is_offered("two")
    floor.at += 20_000
    assert floor.is_offered("two")


def test_who_was_ready_before_is_not_freed_again_and_who_is_ready_now_is():
    floor = Floor(wrap_up_ms=20_000)
    floor.records["ivan"] = DutyRecord(ready_ms=floor.at - 1)
    floor.talk("one", 60_000)
    floor.engine.gone("one", floor.at)
    floor.begin()
    assert not floor.is_offered("two")
    floor.records["ivan"] = DutyRecord(ready_ms=floor.at)
    assert floor.is_offered("two")


def test_the_last_talks_of_a_queue_tell_the_expected_wait_at_once():
    floor = Floor(announce={"waits": [1, 5], "first_ms": 0})
    for number in range(20):
        floor.talk(f"talk{number}", 120_000)
        floor.engine.gone(f"talk{number}", floor.at)
    floor.begin()
    floor.states["ivan"] = "busy"
    assert floor.tell("one", "xx", has_entered=True)["routing_say"] == "wait5"


def test_who_calls_again_after_the_death_has_their_place_again():
    floor = Floor(resume_ms=300_000)
    floor.states["ivan"] = "busy"
    floor.tell("one", arrived_ms=900_000)
    floor.engine.gone("one", floor.at)
    floor.begin()
    assert floor.tell("again", arrived_ms=floor.at + 10)["routing_arrived"] == "900000"
    floor.begin()
    assert "routing_arrived" not in floor.tell("third", arrived_ms=floor.at + 20)


def test_no_place_is_said_again_so_soon_as_the_call_carries_what_it_has_heard():
    floor = Floor(announce={"places": 3, "every_ms": 20_000, "first_ms": 10_000})
    floor.states["ivan"] = "busy"
    floor.tell("one", arrived_ms=floor.at)
    floor.at += 10_000
    told = floor.tell("one", "xx", has_entered=True, arrived_ms=1_000_000)
    assert (told["routing_say"], told["routing_heard"]) == ("place1", f"{floor.at + 5000},1,0,0")
    floor.facts.is_down = True
    floor.begin()
    floor.at += 60_000
    again = {"has_entered": True, "arrived_ms": 1_000_000, "heard": told["routing_heard"]}
    assert "routing_say" not in floor.tell("one", "xxx", **again)


def test_without_the_memory_only_what_calls_do_not_carry_is_lost():
    floor = Floor(wrap_up_ms=20_000, resume_ms=300_000)
    floor.facts.is_down = True
    floor.talk("one", 60_000)
    floor.engine.gone("one", floor.at)
    assert not floor.is_offered("two")  # it is known here
    floor.begin()
    assert floor.is_offered("three")
    assert (
        floor.tell("two", "xx", arrived_ms=900_000) and floor.engine.distribution.callers["two"].arrived_ms == 900_000
    )


def test_a_memory_that_answers_again_does_not_undo_what_was_seen_since():
    floor = Floor(wrap_up_ms=20_000)
    assert floor.is_offered("one")
    floor.tell("one", "xx", offers=1, tried={"ivan": "USER_BUSY"})
    floor.facts.is_down = True
    floor.begin()
    floor.talk("two", 60_000)
    floor.engine.gone("two", floor.at)
    floor.facts.is_down = False
    assert not floor.is_offered("three")
