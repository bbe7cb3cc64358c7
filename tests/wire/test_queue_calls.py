"""Calls that wait in queues, by their events: what FreeSWITCH is asked while offers, talks and hangups cross."""

from __future__ import annotations

import json
from collections.abc import Iterator

import gevent
import pytest

from routing.engine.ports import queueing
from routing.engine.queue_calls import QueueCalls
from routing.engine.states import States
from routing.engine.steady_clock import SteadyClock
from routing.esl.protocol import Message
from routing.esl.watch import Channel, Snapshot
from routing.model.decision import Call

UUIDS = [f"3740e285-2bb6-4782-99e3-8733cc79240{number}" for number in range(3)]


NAMES = ("ivan", "olena")
PEOPLE = [{"name": name, "person": name, "sip": [name], "outside": False, "seconds": 20} for name in NAMES]


class Floor:
    """Ivan and Olena, both free; ``gone``: calls that FreeSWITCH does not know any more."""

    def __init__(self, **settings) -> None:
        self.step = {"kind": "queue", "project": "company", "people": PEOPLE, "order": "in_order", **settings}
        self.now = 1000.0
        self.states = States(clock=lambda: self.now)
        self.states.seen(Snapshot((), frozenset(NAMES)))
        self.gone: set[str] = set()
        self.asked: list[str] = []
        #: Calls that FreeSWITCH lists, with what it says of each.
        self.dumps: dict[str, str] = {}
        #: How often its list lacks the first of them.
        self.behind = 0
        self.queueing = queueing(self.states, None, lambda *_: None)
        self.calls = QueueCalls(
            self.queueing,
            self.states,
            lambda *_: None,
            lambda *_: None,
            "9",
            lambda call: self.step,
            now=lambda: self.now,
            leads=True,
        )
        self.states.changed, self.states.leg_ended = self.calls.changed, self.calls.leg_ended

    def ask(self, *commands: str) -> list[str]:
        self.asked += [each for each in commands if " uuid_setvar" in each]
        return [self._answer(command) for command in commands]

    def _answer(self, command: str) -> str:
        if command == "api status":
            return f"UP 0 years\n{len(self.dumps)} session(s) - peak 9, last 5min 9\n"
        if command == "api show channels as json":
            if self.behind:
                self.behind -= 1
                return json.dumps({"rows": [{"uuid": uuid} for uuid in [*self.dumps][1:]]})
            return json.dumps({"rows": [{"uuid": uuid, "application": "sleep"} for uuid in self.dumps]})
        uuid = command.split()[2]
        if "uuid_dump" in command:
            return self.dumps[uuid]
        return "-ERR No such channel!\n" if uuid in self.gone else "+OK\n"

    def tells(self, place: int, waits: str = "x", **variables: str) -> list[tuple[int, str]]:
        """A call's event; the decisions that calls are told then."""
        self.hears(place, waits, **variables)
        return self.told()

    def hears(self, place: int, waits: str = "x", **variables: str) -> None:
        """A call's event, which is not handled yet."""
        lines = "".join(f"variable_{name}: {value}\n" for name, value in variables.items())
        event = Message(f"\nvariable_routing_waits: {waits}\n{lines}".encode())
        call = Call(UUIDS[place], "/srv/releases/a", "a", "1", "+380800330001", f"+3806700000{place:02}")
        self.calls.heard(call, self.step, event)

    def waits(self, place: int, arrived_ms: int, port: str = "9", **facts: str) -> None:
        """A call is in a queue of FreeSWITCH that this worker has not heard."""
        variables = {
            "release": "/srv/releases/a", "scheme": "a", "step": "1", "caller": f"+3806700000{place:02}",
            "waits": "xx", "noted": "xx", "arrived": str(arrived_ms), "engine_port": port, **facts,
        }  # fmt: skip
        lines = "".join(f"variable_routing_{name}: {value}\n" for name, value in variables.items())
        self.dumps[UUIDS[place]] = f"Unique-ID: {UUIDS[place]}\n{lines}"

    def told(self) -> list[tuple[int, str]]:
        """What happened is worked off; the decisions that calls are told."""
        self.asked.clear()
        while not self.calls._work.empty():
            self.calls._work.get()(self)
        self.calls.acknowledge(self)
        found = [(each.split()[2], each.partition("routing_decision=1:")[2]) for each in self.asked]
        return [(UUIDS.index(uuid), decision.partition(";")[0]) for uuid, decision in found if decision]

    def talk(self, place: int, person: str) -> None:
        """A person answers a call."""
        decision = "1:together:ivan,olena" if self.step["order"] == "together" else f"1:order:{person}"
        self.tells(place, "talk", routing_decision=decision, bridge_uuid=f"{person}'s")

    def rings(self, *people: str, caller: int) -> None:
        """FreeSWITCH rings people."""
        for person in people:
            self.states.began(Channel(f"{person}'s", f"{person}.desk", UUIDS[caller]))
        self.told()


@pytest.fixture
def floor() -> Iterator[Floor]:
    return Floor()


def test_who_hangs_up_while_their_offer_is_on_its_way_frees_the_person_at_once(floor):
    floor.states.registration("olena", is_there=False)
    assert floor.tells(0) == [(0, "order:ivan")]
    assert floor.tells(1) == []
    floor.states.ended(UUIDS[0])
    assert floor.told() == [(1, "order:ivan")]


def test_the_person_of_an_offer_that_reached_no_call_is_offered_the_next_one_at_once(floor):
    floor.states.registration("olena", is_there=False)
    floor.rings("ivan", caller=2)
    assert floor.tells(0) == floor.tells(1) == []
    floor.gone.add(UUIDS[0])
    floor.states.ended("ivan's")
    assert floor.told() == [(0, "order:ivan"), (1, "order:ivan")]


def test_what_freeswitch_has_said_already_comes_before_an_offer(floor):
    """After a stall the timers of an engine fire before it reads: who came first is only known then."""
    floor.states.registration("olena", is_there=False)
    floor.rings("ivan", caller=2)
    assert floor.tells(1, routing_arrived="2000") == []
    floor.states.ended("ivan's")
    floor.hears(0, routing_arrived="1000")
    assert floor.told() == [(0, "order:ivan")]


def test_offers_are_not_put_off_by_event_after_event(floor, monkeypatch):
    floor.states.registration("olena", is_there=False)
    floor.rings("ivan", caller=2)
    assert floor.tells(1, routing_arrived="2000") == []
    floor.states.ended("ivan's")
    floor.hears(2, "talk", bridge_uuid="nobody's")
    looked = []
    monkeypatch.setattr(floor.queueing, "changed", lambda now_ms: looked.append(now_ms) or [])
    for _ in range(5):
        floor.calls._work.get()(floor)
        floor.hears(2, "talk", bridge_uuid="nobody's")
    assert looked


def test_a_worker_that_takes_over_offers_as_soon_as_somebody_is_free(floor):
    """It has heard of people's changes before it led, and could do nothing about them."""
    floor.calls.leads = False
    floor.states.registration("olena", is_there=False)
    floor.rings("ivan", caller=2)
    floor.calls.lead()
    assert floor.tells(0) == []
    floor.states.ended("ivan's")
    assert floor.told() == [(0, "order:ivan")]


def test_the_talk_of_together_is_with_who_answered():
    floor = Floor(order="together", wrap_up_ms=10_000)
    assert floor.tells(0) == [(0, "together:ivan,olena")]
    floor.rings("ivan", "olena", caller=0)
    floor.talk(0, "olena")
    floor.states.ended("ivan's")
    assert floor.told() == []
    assert floor.tells(1) == [(1, "together:ivan")]
    floor.states.ended("olena's")
    floor.told()
    assert floor.calls.facts()[0]["people"]["olena"] == "wrap-up"


def test_who_is_transferred_back_into_the_queue_waits_anew(floor):
    assert floor.tells(0) == [(0, "order:ivan")]
    floor.rings("ivan", caller=0)
    floor.tells(0, routing_offers="x", routing_tried="1:order:ivan:NO_ANSWER")
    floor.states.ended("ivan's")
    floor.rings("olena", caller=0)
    floor.talk(0, "olena")
    assert floor.tells(0) == []
    floor.states.ended("olena's")
    assert floor.told() == [(0, "order:olena")]
    assert floor.calls.facts()[0]["callers"][0]["place"] == 1


def test_lost_calls_are_kept_only_while_they_may_be_resumed(floor):
    floor.step["resume_ms"] = 300_000
    floor.rings("ivan", "olena", caller=2)
    floor.tells(0)
    floor.states.ended(UUIDS[0])
    floor.told()
    floor.now += 301
    floor.tells(1)
    floor.states.ended(UUIDS[1])
    floor.told()
    assert len(floor.queueing._lost) == 1


def test_a_call_is_told_its_place_who_is_not_offered_and_what_it_hears():
    floor = Floor(announce={"every_ms": 20_000, "first_ms": 10_000, "places": 3, "texts": 0, "waits": []})
    floor.states.registration("olena", is_there=False)
    assert floor.tells(0) == [(0, "order:ivan")]
    assert "routing_verdict=decided place 1: olena absent" in " ".join(floor.asked)
    floor.tells(1)
    floor.now += 30
    floor.rings("ivan", caller=0)
    floor.tells(1, routing_entered="1", routing_arrived="1000000")
    assert "routing_verdict=decided place 2: ivan busy, olena absent (hears place2)" in " ".join(floor.asked)


def test_a_worker_that_begins_to_lead_knows_the_order_before_it_offers_anybody(floor):
    floor.states.registration("olena", is_there=False)
    floor.calls.leads = False
    floor.waits(0, arrived_ms=990_000)
    floor.waits(1, arrived_ms=980_000)
    floor.waits(2, arrived_ms=970_000, port="another")
    floor.calls.lead()
    floor.states.changed()
    assert floor.told() == [(1, "order:ivan")]
    assert [each["place"] for each in floor.calls.facts()[0]["callers"]] == [1, 2]


def test_who_is_missing_in_a_list_that_is_behind_is_not_passed(floor, monkeypatch):
    """FreeSWITCH has just started: the table of channels lacks who called first, and their event is long gone."""
    monkeypatch.setattr("routing.engine.queue_recall._LOOK_SECONDS", 0)
    floor.states.registration("olena", is_there=False)
    floor.waits(0, arrived_ms=980_000)
    floor.waits(1, arrived_ms=990_000)
    floor.behind = 2
    floor.calls.lead()
    assert floor.told() == [(0, "order:ivan")]


def test_a_list_that_stays_behind_holds_nobody_up_for_long(floor, monkeypatch):
    monkeypatch.setattr("routing.engine.queue_recall._LOOK_SECONDS", 0)
    floor.waits(0, arrived_ms=980_000)
    floor.waits(1, arrived_ms=990_000)
    floor.behind = 1_000
    floor.calls.lead()
    assert floor.told() == [(1, "order:ivan")]


def test_a_worker_that_begins_to_lead_acknowledges_turns_that_nobody_heard(floor):
    """They would go on without an engine, and the last of them could ring before the first."""
    floor.rings("ivan", "olena", caller=2)
    floor.waits(0, arrived_ms=990_000, noted="x")
    floor.waits(1, arrived_ms=980_000)
    floor.calls.lead()
    assert floor.told() == []
    assert [each.split()[2] for each in floor.asked if "routing_noted=xx" in each] == [UUIDS[0]]


def test_a_call_that_was_told_to_ring_before_its_worker_died_is_told_again_and_nobody_else_is_sent_there(floor):
    floor.states.registration("olena", is_there=False)
    floor.waits(0, arrived_ms=990_000, decision="1:order:ivan")
    floor.waits(1, arrived_ms=980_000)
    floor.calls.lead()
    assert floor.told() == [(0, "order:ivan")]
    floor.now += 2
    floor.tells(0, "xxx", routing_offers="x", routing_tried="1:order:ivan:USER_BUSY")
    floor.now += 15
    floor.states.changed()
    assert floor.told() == [(1, "order:ivan")]


def test_a_wrap_up_follows_a_talk_that_began_before_its_worker_died():
    floor = Floor(wrap_up_ms=10_000)
    floor.states.registration("olena", is_there=False)
    floor.rings("ivan", caller=0)
    floor.waits(0, arrived_ms=900_000, waits="talk", decision="1:order:ivan")
    floor.dumps[UUIDS[0]] += "Caller-Channel-Bridged-Time: 940000000\nvariable_bridge_uuid: 3740e285-0000\n"
    floor.calls.lead()
    floor.told()
    assert floor.calls.facts()[0]["callers"][0]["talks_with"] == "ivan"
    floor.states.ended("ivan's")
    assert (floor.tells(1), floor.calls.facts()[0]["people"]["ivan"]) == ([], "wrap-up")
    assert [*floor.queueing.talks._talks["company", "a"]] == [60_000]


def test_a_new_connection_learns_who_waits_before_what_the_lost_one_had_heard(floor):
    floor.states.registration("olena", is_there=False)
    floor.waits(0, arrived_ms=990_000)
    floor.waits(1, arrived_ms=999_000, noted="x")
    floor.hears(1, routing_arrived="999000")
    serving = gevent.spawn(floor.calls.serve, floor)
    gevent.idle()
    serving.kill()
    decided = [each.split()[2] for each in floor.asked if "routing_decision=1:order:ivan" in each]
    assert decided == [UUIDS[0]]


def test_a_call_that_ended_while_the_connection_was_lost_waits_no_more(floor):
    floor.states.registration("olena", is_there=False)
    assert floor.tells(0) == [(0, "order:ivan")]
    floor.waits(1, arrived_ms=999_000)
    floor.calls.lead()
    assert floor.told() == [(1, "order:ivan")]


def test_calls_that_wait_on_are_acknowledged_at_once_and_one_that_is_gone_frees_its_place(floor):
    floor.rings("ivan", "olena", caller=2)
    floor.gone.add(UUIDS[0])
    floor.hears(0)
    floor.hears(1)
    serving = gevent.spawn(floor.calls.serve, floor)
    gevent.idle()
    serving.kill()
    assert [each.split()[2] for each in floor.asked if "routing_noted=x" in each] == UUIDS[:2]
    assert [each["call"] for each in floor.calls.facts()[0]["callers"]] == [UUIDS[1]]


def test_a_late_acknowledgement_does_not_follow_an_offer(floor):
    """It would clear what came of the offer, and let the call sleep on."""
    floor.rings("ivan", "olena", caller=2)
    floor.hears(0, routing_entered="1")
    while not floor.calls._work.empty():
        floor.calls._work.get()(floor)  # the machine is too busy to acknowledge
    floor.states.ended("ivan's")
    assert floor.told() == [(0, "order:ivan")]
    assert [UUIDS.index(each.split()[2]) for each in floor.asked] == [0]


def test_a_call_that_ended_while_it_was_recalled_is_none(floor):
    floor.waits(0, arrived_ms=990_000)
    floor.dumps[UUIDS[0]] = "-ERR No such channel!\n"
    floor.calls.lead()
    assert floor.told() == []


def test_nobody_is_rung_before_it_is_known_who_talks(floor):
    picture = Snapshot((Channel("a leg", "ivan.desk", "a call"),), frozenset(NAMES))
    floor.states.lost("the connection broke off")
    assert floor.tells(0) == []
    assert [each for each in floor.asked if "routing_noted=x" in each]
    floor.states.seen(picture)
    assert floor.told() == [(0, "order:olena")]


def test_who_waits_keeps_their_place_when_the_system_s_clock_is_set_ahead(floor):
    ahead_s = 0.0
    floor.calls.now = SteadyClock(lambda: floor.now + ahead_s, lambda: floor.now)
    floor.states.registration("olena", is_there=False)
    floor.rings("ivan", caller=2)
    assert floor.tells(0) == []
    ahead_s = 600.0
    floor.now += 1
    assert floor.tells(1) == []
    floor.states.ended("ivan's")
    assert floor.told() == [(0, "order:ivan")]
