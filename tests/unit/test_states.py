"""Who is free, from what FreeSWITCH tells."""

from __future__ import annotations

from routing.engine.states import States
from routing.esl.watch import Channel, Snapshot


def picture(*channels: Channel, registered: tuple[str, ...] = ("1001",)) -> Snapshot:
    return Snapshot(channels, frozenset(registered))


def ivan(states: States, call: str = "", outside: bool = False) -> str:
    return states.presence_of(call).state("ivan", ("1001",), outside)


def test_everybody_is_free_until_something_is_known_and_again_when_nothing_is():
    said = []
    states = States(said.append)
    assert ivan(states) == "free"
    states.seen(picture(registered=()))
    assert ivan(states) == "absent"
    states.lost("gone")
    states.lost("still gone")
    assert ivan(states) == "free"
    assert [words.partition(":")[0] for words in said] == ["known", "unknown, everybody counts as free"]


def test_operators_are_told_who_is_taken_for_what():
    states = States()
    assert states.facts() == {"known": False, "registered": [], "busy": [], "busy_elsewhere": []}
    states.seen(picture(Channel("leg", "ivan.desk"), Channel("call", ""), registered=("1002", "1001")))
    assert states.facts() == {"known": True, "registered": ["1001", "1002"], "busy": ["ivan"], "busy_elsewhere": []}
    assert states.counts() == (2, 1)
    states.lost("gone")
    assert states.counts() == (0, 0)


def test_registrations_come_and_go():
    states = States()
    states.seen(picture())
    assert ivan(states) == "free"
    states.registration("1001", is_there=False)
    assert ivan(states) == "absent"
    assert ivan(states, outside=True) == "free"
    states.registration("1001", is_there=True)
    assert ivan(states) == "free"


def test_a_person_is_busy_as_long_as_any_of_his_legs_is_there():
    states = States()
    states.seen(picture(Channel("a", "ivan.desk", "caller")))
    states.began(Channel("b", "ivan", ""))
    states.began(Channel("x", "", ""))
    states.began(Channel("y", "+380501112233", "caller"))
    assert ivan(states) == "busy"
    states.ended("a")
    states.ended("a")
    assert ivan(states) == "busy"
    states.ended("b")
    assert ivan(states) == "free"


def test_a_calls_own_legs_keep_nobody_busy():
    states = States()
    states.seen(picture(Channel("a", "ivan.desk", "call-1")))
    assert ivan(states, call="call-1") == "free"
    assert ivan(states, call="call-2") == "busy"


def test_a_new_picture_replaces_the_old_one():
    states = States()
    states.seen(picture(Channel("a", "ivan.desk")))
    states.seen(picture(Channel("b", "olena.desk"), registered=("1001", "1002")))
    assert ivan(states) == "free"
    assert states.presence_of("").state("olena", ("1002",), False) == "busy"
