"""What a queue tells its waiting calls: places kept and given back, who may wait, announcements, wrong input."""

from __future__ import annotations

import pytest

from routing.decide.queue_turn import QueuePorts, QueueTurn, turn_of
from routing.decide.queueing import Queueing
from routing.model.decision import Call
from routing.model.memory import Forgotten, Talk
from routing.model.queue import DutyRecord
from routing.process.memory import NoMemory

PEOPLE = [{"name": name, "person": name, "sip": [name], "outside": False, "seconds": 20} for name in ("ivan", "olena")]


class Remembers(NoMemory):
    """A Redis that knows the last talk alone."""

    def talks(self, project, caller):
        return [Talk("olena", 0.0, 60.0, "in")]


class Queue:
    """One queue; ``states`` of phones and ``records`` of people are the test's."""

    def __init__(self, memory=None, **settings):
        self.step = {"kind": "queue", "project": "p", "people": PEOPLE, "order": "in_order", **settings}
        self.states, self.records, self.at = {}, {}, 1_000_000
        state = lambda member: self.states.get(member.person, "free")  # noqa: E731
        ports = QueuePorts(state, memory or NoMemory(), lambda project: self.known(), lambda: 0.5, lambda zone: "")
        self.queueing = Queueing(ports)

    def known(self):
        if self.records is None:
            raise Forgotten("down")
        return self.records

    def tell(self, uuid, turn="x", caller="+380671234567", **facts):
        """A call's turn; what it alone is told: its variables."""
        call = Call(uuid, "/r", "support", "1", "+380441112233", caller)
        orders = self.queueing.heard(QueueTurn(call, self.step, turn, **facts), self.at)
        return next(dict(order.variables) for order in orders if order.call.uuid == uuid)

    def all_busy(self):
        self.states = dict.fromkeys(("ivan", "olena"), "busy")


def test_who_calls_again_soon_has_their_place_again():
    queue = Queue(resume_ms=300_000)
    queue.all_busy()
    queue.tell("first", caller="+380670000001")
    queue.at += 10_000
    queue.tell("second", caller="+380670000002")
    queue.queueing.gone("first", queue.at)
    queue.at += 299_000
    queue.tell("second", "xx", caller="+380670000002")
    assert queue.tell("again", caller="+380670000001")["routing_arrived"] == "1000000"
    queue.queueing.gone("again", queue.at)
    queue.at += 301_000
    assert queue.tell("late", caller="+380670000001")["routing_arrived"] == str(queue.at)


def test_who_came_while_no_engine_was_there_has_the_place_of_their_call():
    queue = Queue()
    queue.all_busy()
    queue.tell("first")
    call = Call("early", "/r", "support", "1", "", "+380670000002", started=900.0)
    (order,) = queue.queueing.heard(QueueTurn(call, queue.step, "xxxx"), queue.at)
    assert order.variables["routing_arrived"] == "900000"
    assert queue.queueing.distribution.place(queue.queueing.distribution.callers["early"]) == 1


def test_the_place_is_the_moment_that_the_switch_wrote_down_whoever_is_heard_first():
    queue = Queue()
    queue.all_busy()
    queue.tell("second", arrived_ms=999_900)
    assert "routing_arrived" not in queue.tell("first", arrived_ms=999_800)
    callers = queue.queueing.distribution.callers
    assert [queue.queueing.distribution.place(callers[uuid]) for uuid in ("first", "second")] == [1, 2]


def test_who_waits_already_takes_no_place_of_a_lost_call():
    queue = Queue(resume_ms=300_000)
    queue.all_busy()
    queue.tell("first", arrived_ms=900_000)
    queue.queueing.gone("first", queue.at)
    assert "routing_arrived" not in queue.tell("waits", "xx", arrived_ms=999_000)
    assert queue.tell("again", arrived_ms=queue.at + 10)["routing_arrived"] == "900000"


def test_nobody_without_a_number_takes_the_place_of_another():
    queue = Queue(resume_ms=300_000)
    queue.all_busy()
    queue.tell("first", caller="anonymous")
    queue.queueing.gone("first", queue.at)
    queue.at += 1000
    assert queue.tell("second", caller="anonymous")["routing_arrived"] == str(queue.at)


def test_who_is_beyond_its_size_or_waits_for_nobody_is_let_go():
    queue = Queue(size=1)
    queue.all_busy()
    assert "routing_decision" not in queue.tell("first")
    full = queue.tell("second", caller="+380670000002")
    assert (full["routing_decision"], full["routing_verdict"]) == ("1:nobody", "decided the queue is full: 1 wait")
    queue.states = dict.fromkeys(("ivan", "olena"), "absent")
    assert queue.tell("third", caller="+380670000003")["routing_verdict"] == "decided nobody works in the queue"
    # a moment without phones throws out nobody who waits already
    assert "routing_decision" not in queue.tell("first", "xx", has_entered=True)
    queue.at += 30_000
    assert queue.tell("first", "xxx", has_entered=True)["routing_decision"] == "1:nobody"


def test_a_call_without_a_turn_for_three_turns_is_forgotten():
    queue = Queue()
    queue.all_busy()
    queue.tell("first")
    queue.at += 92_001
    queue.queueing.changed(queue.at)
    assert len(queue.queueing) == 0


def test_who_has_nothing_to_hear_sleeps_long_and_who_has_until_shortly_before_it():
    queue = Queue()
    queue.all_busy()
    assert queue.tell("first", "xx", has_entered=True)["routing_rest"] == "25000"
    queue = Queue(announce={"places": 1, "waits": [], "texts": 0, "every_ms": 20_000, "first_ms": 30_000})
    queue.all_busy()
    queue.tell("first")
    rests = []
    for turn in range(4):
        told = queue.tell("first", "x" * (turn + 2), has_entered=True)
        rests.append((told.get("routing_rest"), told.get("routing_say")))
        queue.at += 5000 + int(told.get("routing_rest", 0))
    assert rests == [("20000", None), (None, "place1"), ("25000", None), ("25000", None)]


def test_an_order_ends_a_long_sleep():
    queue = Queue()
    queue.all_busy()
    queue.tell("first", "xx", has_entered=True)
    queue.states = {"ivan": "free"}
    (order,) = queue.queueing.changed(queue.at)
    assert (order.variables["routing_rest"], order.wakes) == ("0", True)


def test_who_sleeps_leaves_when_nobody_has_worked_in_the_queue_for_half_a_minute():
    queue = Queue()
    queue.all_busy()
    queue.tell("first")
    queue.tell("first", "xx", has_entered=True)
    queue.states = dict.fromkeys(("ivan", "olena"), "absent")
    assert queue.queueing.changed(queue.at) == []
    queue.at = queue.queueing.next_ms(queue.at)
    assert queue.at == 1_030_000
    (order,) = queue.queueing.changed(queue.at)
    assert (order.variables["routing_decision"], order.variables["routing_rest"], order.wakes) == (
        "1:nobody",
        "0",
        True,
    )
    assert queue.queueing.changed(queue.at + 1) == []


def test_the_person_of_the_last_talk_is_preferred_where_the_memory_answers():
    assert Queue(Remembers(), prefer_last_ms=5000).tell("first")["routing_decision"] == "1:order:olena"
    assert Queue(prefer_last_ms=5000).tell("first")["routing_decision"] == "1:order:ivan"


def test_pauses_are_obeyed_and_last_known_while_the_memory_is_down():
    queue = Queue()
    queue.records = {"ivan": DutyRecord(is_on_break=True)}
    assert queue.tell("first")["routing_decision"] == "1:order:olena"
    queue.records = None
    queue.queueing.gone("first", queue.at)
    assert queue.tell("second")["routing_decision"] == "1:order:olena"
    queue.records = {"ivan": DutyRecord(ready_ms=1)}
    queue.queueing.gone("second", queue.at)
    assert queue.tell("third")["routing_decision"] == "1:order:ivan"


def test_announcements_are_named_for_the_moment_when_they_are_played():
    queue = Queue(announce={"places": 2, "waits": [], "texts": 1, "every_ms": 20_000, "first_ms": 10_000})
    queue.all_busy()
    queue.tell("first")
    heard = []
    for turn in range(8):
        heard.append(queue.tell("first", "x" * (turn + 2), has_entered=True).get("routing_say", ""))
        queue.at += 5000
    assert heard == ["", "place1", "", "", "", "text1", "", ""]


@pytest.mark.parametrize(
    ("tried", "people"),
    [
        ("1:order:ivan:NO_ANSWER", {"ivan": "NO_ANSWER"}),
        ("1.open.2:order:ivan.mobile:USER_BUSY", {"ivan": "USER_BUSY"}),
        ("1:together:ivan,olena:NO_ANSWER", {"ivan": "NO_ANSWER", "olena": "NO_ANSWER"}),
        ("1:order:ivan:", {}),
        ("1:order:${system(x)}:NO_ANSWER", {}),
        ("", {}),
    ],
)
def test_only_strict_forms_of_a_calls_variables_are_read(tried, people):
    call = Call("u", "/r", "support", "1", "", "anonymous")
    facts = {"routing_waits": "xx", "routing_tried": tried, "routing_offers": "x", "routing_arrived": "12a",
             "routing_entered": "1"}  # fmt: skip
    turn = turn_of(call, {}, facts.get)
    assert (turn.tried, turn.offers, turn.arrived_ms, turn.has_entered) == (people, 1, 0, True)
    assert turn_of(call, {}, {"routing_waits": "talk"}.get) is None


def test_a_step_of_another_shape_is_no_crash_of_others():
    queue = Queue()
    with pytest.raises(KeyError):
        queue.queueing.heard(QueueTurn(Call("u", "/r", "s", "1", "", "anonymous"), {"kind": "queue"}, "x"), queue.at)
    assert queue.tell("first")["routing_decision"] == "1:order:ivan"
