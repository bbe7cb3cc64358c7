"""Waiting callers and people: who is offered to whom, in which order, and when not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.decide.announcing import Announced
from routing.decide.distribution import Distribution
from routing.decide.expected_wait import TalkTimes, expected_wait_ms, minutes
from routing.decide.queued import QueuedCaller
from routing.model.queue import ENOUGH_TALKS, Announcements, DutyRecord, QueueMember, QueueSettings

PEOPLE = ("ivan", "olena", "petro")
SUPPORT = QueueSettings("support", "company", tuple(QueueMember(name, name, ("1",)) for name in PEOPLE))


def as_written(queue, members, required):
    return [member.name for member in members]


class Floor:
    """A queue with people whose phones a test sets; ``at`` is the time in ms."""

    def __init__(self, **states):
        self.at = 1_000_000
        self.states = states
        self.paused = []
        self.distribution = Distribution(as_written, lambda queue, person, until_ms: self.paused.append(person))

    def state(self, member):
        return self.states.get(member.person, "free")

    def call(self, uuid, queue=SUPPORT, **words):
        self.at += 100
        return self.distribution.joined(QueuedCaller(uuid, queue, self.at, **words), self.at)

    def offers(self):
        return [
            (offer.caller.uuid, *(each.person for each in offer.members))
            for offer in self.distribution.offers(self.at, self.state)
        ]

    def refuse(self, caller, cause="NO_ANSWER", person=""):
        person = person or caller.offered[0].person
        self.distribution.heard(caller, caller.made + 1, {person: cause}, self.at)


def test_the_first_callers_ring_the_free_people_in_parallel():
    floor = Floor(petro="busy")
    for uuid in "abc":
        floor.call(uuid)
    assert floor.offers() == [("a", "ivan"), ("b", "olena")]
    assert floor.offers() == []
    floor.states["petro"] = "free"
    assert floor.offers() == [("c", "petro")]


def test_a_refusal_changes_no_place_and_delays_the_person():
    floor = Floor(petro="busy", olena="busy")
    first = floor.call("a")
    floor.call("b")
    assert floor.offers() == [("a", "ivan")]
    floor.at += 20_000
    floor.refuse(first)
    assert (floor.offers(), floor.distribution.place(first)) == ([], 1)
    floor.at += 10_000
    assert floor.offers() == [("a", "ivan")]


@pytest.mark.parametrize(
    ("cause", "delay_ms"),
    [("NO_ANSWER", 10_000), ("USER_BUSY", 15_000), ("CALL_REJECTED", 30_000), ("SUBSCRIBER_ABSENT", 30_000)],
)
def test_each_refusal_has_its_own_delay(cause, delay_ms):
    floor = Floor(petro="busy", olena="busy")
    caller = floor.call("a")
    floor.offers()
    floor.refuse(caller, cause)
    floor.at += delay_ms - 1
    assert floor.offers() == []
    floor.at += 1
    assert floor.offers() == [("a", "ivan")]
    assert floor.distribution.next_ms(floor.at) is None


def test_a_caller_gets_one_offer_a_second():
    floor = Floor()
    caller = floor.call("a")
    assert floor.offers() == [("a", "ivan")]
    floor.refuse(caller, "USER_BUSY")
    assert floor.offers() == []
    assert floor.distribution.next_ms(floor.at) == floor.at + 1000
    floor.at += 1000
    assert floor.offers() == [("a", "olena")]


def test_who_waits_a_second_for_the_next_offer_is_not_passed_by_who_came_later():
    floor = Floor(olena="busy", petro="busy")
    first = floor.call("a")
    floor.call("b")
    assert floor.offers() == [("a", "ivan")]
    floor.refuse(first, "USER_BUSY")
    floor.states["olena"] = "free"
    assert floor.offers() == []
    floor.at += 1000
    assert floor.offers() == [("a", "olena")]


def test_missed_offers_pause_a_person_who_returns_by_themselves():
    queue = replace(SUPPORT, misses=2, pause_ms=60_000)
    floor = Floor(petro="busy", olena="busy")
    caller = floor.call("a", queue)
    for _ in range(2):
        assert floor.offers() == [("a", "ivan")]
        floor.refuse(caller)
        floor.at += 10_000
    assert (floor.paused, floor.offers()) == (["ivan"], [])
    assert floor.distribution.why_not(caller, floor.at, floor.state)["ivan"] == "paused"
    floor.at += 60_000
    assert floor.offers() == [("a", "ivan")]


def test_a_talk_forgives_misses_and_wrap_up_follows_it_in_every_queue():
    sales = replace(SUPPORT, name="sales", wrap_up_ms=15_000)
    floor = Floor(petro="busy", olena="busy")
    caller = floor.call("a", sales)
    floor.offers()
    floor.distribution.talk_began("a", "ivan", floor.at)
    other = floor.call("b")
    assert floor.distribution.place(other) == 1
    floor.at += 60_000
    floor.distribution.gone("a", floor.at)
    floor.at += 14_999
    assert floor.offers() == []
    assert floor.distribution.next_ms(floor.at) == floor.at + 1
    floor.at += 1
    assert floor.offers() == [("b", "ivan")]
    assert caller.uuid not in floor.distribution.callers


def test_who_hangs_up_frees_place_and_person_at_once():
    floor = Floor(petro="busy", olena="busy")
    floor.call("a")
    second = floor.call("b")
    floor.offers()
    floor.distribution.gone("a", floor.at)
    assert floor.distribution.place(second) == 1
    assert floor.offers() == [("b", "ivan")]


def test_priority_counts_as_time_waited_so_that_nobody_starves():
    urgent = replace(SUPPORT, name="urgent", priority=5)
    floor = Floor(petro="busy", olena="busy")
    floor.call("early")
    floor.at += 4 * 60_000
    floor.call("urgent", urgent)
    floor.at += 2 * 60_000
    floor.call("late", urgent)
    assert [each.uuid for each in floor.distribution.waiting()] == ["urgent", "early", "late"]


def test_skills_relax_with_time_and_the_last_person_is_preferred_for_a_while():
    members = (QueueMember("ivan", "ivan", skills={"language": ["uk"]}), QueueMember("olena", "olena"))
    queue = replace(SUPPORT, members=members, relax_ms=60_000, prefer_last_ms=20_000)
    floor = Floor(ivan="busy")
    caller = floor.call("a", queue, required={"language": "uk"})
    floor.at += 30_000
    assert floor.offers() == []
    assert floor.distribution.why_not(caller, floor.at, floor.state) == {"ivan": "busy", "olena": "unskilled"}
    floor.at = caller.arrived_ms + 60_000
    assert floor.offers() == [("a", "olena")]
    known = floor.call("b", queue, last_person="ivan")
    floor.states["olena"] = "free"
    floor.distribution.gone("a", floor.at)
    assert floor.offers() == []
    floor.at = known.arrived_ms + 20_000
    assert floor.offers() == [("b", "olena")]


def test_an_absent_last_person_is_not_waited_for():
    queue = replace(SUPPORT, prefer_last_ms=20_000)
    floor = Floor(ivan="absent")
    floor.call("a", queue, last_person="ivan")
    assert floor.offers() == [("a", "olena")]


def test_a_person_who_pauses_during_an_offer_is_not_offered_again():
    floor = Floor(petro="busy", olena="busy")
    caller = floor.call("a")
    floor.offers()
    floor.distribution.duties["ivan"].obey(DutyRecord(is_on_break=True))
    floor.refuse(caller, "ORIGINATOR_CANCEL")
    floor.at += 60_000
    assert floor.offers() == []
    assert floor.distribution.works(SUPPORT, floor.state) == ["olena", "petro"]


def test_an_offer_whose_event_is_lost_ends_by_itself():
    floor = Floor(petro="busy", olena="busy")
    floor.call("a")
    floor.offers()
    floor.at += 41_000
    assert floor.offers() == [("a", "ivan")]


def test_a_turn_that_crossed_an_offer_does_not_free_its_person():
    floor = Floor(petro="busy", olena="busy")
    caller = floor.call("a")
    floor.call("b")
    floor.offers()
    floor.distribution.heard(caller, 0, {}, floor.at)
    floor.at += 2000
    assert floor.offers() == []


def test_together_rings_everybody_free_for_the_first():
    queue = replace(SUPPORT, order="together")
    floor = Floor(olena="busy")
    floor.call("a", queue)
    floor.call("b", queue)
    assert floor.offers() == [("a", "ivan", "petro")]


def test_nobody_works_in_a_queue_that_needs_a_sign_in_before_they_signed_in():
    queue = replace(SUPPORT, sign_in=True)
    floor = Floor()
    floor.call("a", queue)
    assert floor.offers() == []
    assert floor.distribution.works(queue, floor.state) == []
    floor.distribution.duties["petro"].obey(DutyRecord({"support": True}))
    assert floor.offers() == [("a", "petro")]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["call", "offer", "refuse", "talk", "end", "time", "flip"]), max_size=60), st.randoms())
def test_nobody_is_offered_two_callers_and_nobody_overtakes(moves, chance):
    floor, distribution = Floor(), None
    distribution = floor.distribution
    for number, move in enumerate(moves):
        ringing = [each for each in distribution.callers.values() if each.offered]
        talking = [each for each in distribution.callers.values() if each.talks_with]
        if move == "call":
            floor.call(str(number))
        elif move == "time" and not ringing:
            floor.at += 30_000
        elif move == "flip":
            person = chance.choice(PEOPLE)
            floor.states[person] = "free" if floor.states.get(person) == "absent" else "absent"
        elif move == "refuse" and ringing:
            floor.refuse(chance.choice(ringing))
        elif move == "talk" and ringing:
            caller = chance.choice(ringing)
            person = caller.offered[0].person
            distribution.talk_began(caller.uuid, person, floor.at)
            floor.states[person] = "busy"
        elif move == "end" and talking:
            caller = chance.choice(talking)
            floor.states[caller.talks_with] = "free"
            distribution.gone(caller.uuid, floor.at)
        before = distribution.waiting()
        idle = [each for each in before if not each.offered and floor.at >= each.offered_ms + 1000]
        offered = floor.offers()
        assert [uuid for uuid, *_ in offered] == [each.uuid for each in idle[: len(offered)]]
        rung = [each.offered[0].person for each in distribution.callers.values() if each.offered]
        assert len(rung) == len(set(rung))


def test_the_expected_wait_counts_people_by_how_many_queues_they_serve():
    talks, floor = TalkTimes(), Floor(ivan="busy", olena="busy", petro="busy")
    callers = [floor.call(uuid) for uuid in "abc"]

    def expected():
        return expected_wait_ms(callers[2], floor.distribution, talks, floor.at, floor.state)

    assert expected() is None
    for _ in range(ENOUGH_TALKS):
        talks.add(SUPPORT, 180_000)
    assert expected() == pytest.approx(180_000)
    floor.call("d", replace(SUPPORT, name="sales"))
    assert expected() == pytest.approx(360_000)
    floor.states["ivan"] = "free"
    assert expected() == pytest.approx(240_000)
    assert [minutes(wait_ms) for wait_ms in (0, 60_000, 60_001)] == [1, 1, 2]


def test_announcements_name_a_place_only_when_it_got_better():
    settings = Announcements(places=3, waits=(1, 5), texts=2, every_ms=5_000, first_ms=10_000)
    heard, arrived = Announced(), 1_000_000

    def said(at, place, wait=None):
        return heard.following(settings, arrived, place, wait, arrived + at)

    assert said(9_000, 9) == ()
    assert said(10_000, 9, 4) == ("place3", "wait5")
    assert said(20_000, 2) == ()  # fifteen seconds lie between two, whatever `every` says
    assert said(25_000, 9, 7) == ("text1",)
    assert said(40_000, 2, 5) == ("place2",)
    assert said(55_000, 2, 1) == ("wait1",)
    assert said(70_000, 2, 1) == ("text2",)
    assert said(85_000, 2, 1) == ("text1",)
