"""Calls that wait for a busy person, by their events: noted, sent on in order, left to others."""

from __future__ import annotations

from collections.abc import Iterator

import gevent
import gevent.event
import pytest

from routing.engine.ports import queueing
from routing.engine.queue_calls import QueueCalls
from routing.engine.states import States
from routing.engine.waiting import Waiting, wake
from routing.esl.client import SwitchFault
from routing.esl.protocol import Message
from routing.esl.watch import Channel, Snapshot
from routing.model.decision import Call

STEP = {"people": [{"person": name, "sip": [name], "outside": False} for name in ("ivan", "olena")]}
UUIDS = [f"3740e285-2bb6-4782-99e3-8733cc79240{number}" for number in range(3)]


class Client:
    """FreeSWITCH as one that waits sees it; ``does`` is what each call does when it is looked at."""

    def __init__(self, does: str = "sleep") -> None:
        self.asked: list[str] = []
        self.does = does
        self.events: list[Message] = []

    def ask(self, *commands: str) -> list[str]:
        self.asked += [command.removeprefix("api ") for command in commands]
        return [f"{self.does}\n" if "uuid_getvar" in command else "+OK\n" for command in commands]


class Company:
    """Ivan, who talks, and Olena, who is free; the engine's decisions by their states."""

    def __init__(self) -> None:
        self.now = 100.0
        self.states = States(clock=lambda: self.now)
        self.states.seen(Snapshot((Channel("ivan's", "ivan.desk", "a call"),), frozenset({"ivan", "olena"})))
        self.waiting = Waiting(
            self.decide,
            lambda call: STEP,
            self.states,
            "an engine",
            QueueCalls(
                queueing(self.states, None, lambda *_: None), self.states, lambda *_: None, wake, "9", lambda call: STEP
            ),
            clock=lambda: self.now,
            leads=True,
        )
        self.client = Client()
        self.decided: list[str] = []

    def rings(self, person: str) -> None:
        """FreeSWITCH rings a person."""
        self.states.began(Channel(f"{person}'s", f"{person}.desk", "a call"))

    def frees(self, person: str) -> None:
        """They have hung up."""
        self.states.ended(f"{person}'s")

    def leaves(self, person: str) -> None:
        """Their phone is off."""
        self.states.registration(person, is_there=False)

    def decide(self, call: Call) -> dict[str, str]:
        self.decided.append(call.uuid)
        states = {name: self.states.presence_of(call.uuid).state(name, (name,), False) for name in ("ivan", "olena")}
        there = [name for name, state in states.items() if state != "absent"]
        waits = there and (states[there[0]] == "busy" or not self.waiting.reserve(call, there[0]))
        decision = "nobody" if not there else "wait" if waits else f"order:{','.join(there)}"
        return {"routing_decision": f"{call.step}:{decision}"}

    def asks(self, uuid: str) -> str:
        """What a call is told that asks by its socket."""
        return self.decide(Call(uuid, "/srv/releases/a", "a", "1", "+380800330001", "anonymous"))["routing_decision"]

    def tells(self, uuid: str, turn: str = "x", keeper: str = "", **more: str) -> list[str]:
        """A call tells that it waits; what FreeSWITCH is asked then."""
        known = {"release": "/srv/releases/a", "scheme": "a", "step": "1", "waits": turn, "asked": "x"}
        known |= {"keeper": keeper or self.waiting.keeper} | more
        lines = "".join(f"variable_routing_{name}: {value}\n" for name, value in known.items())
        return self._asked(lambda: self.waiting._heard(self.client, Message(f"\nUnique-ID: {uuid}\n{lines}".encode())))

    def looks(self) -> list[str]:
        """Somebody changed; what FreeSWITCH is asked then."""
        return self._asked(lambda: self.waiting._look(self.client))

    def _asked(self, happens) -> list[str]:
        self.client.asked.clear()
        happens()
        return [text for text in self.client.asked if "uuid_getvar" not in text]


@pytest.fixture
def company() -> Iterator[Company]:
    return Company()


def sent(uuid: str, decision: str) -> list[str]:
    return [f"uuid_setvar_multi {uuid} routing_decision=1:{decision}", f"uuid_break {uuid}"]


def test_a_turn_is_noted_until_the_person_is_free(company):
    assert company.tells(UUIDS[0]) == [f"uuid_setvar {UUIDS[0]} routing_noted x"]
    assert company.looks() == []
    assert company.tells(UUIDS[0], "xx") == [f"uuid_setvar {UUIDS[0]} routing_noted xx"]
    company.frees("ivan")
    assert company.looks() == sent(UUIDS[0], "order:ivan,olena")
    assert company.looks() == []
    assert len(company.waiting) == 0


def test_whoever_waits_longest_goes_first_and_the_next_when_that_talk_is_over(company):
    for uuid in UUIDS:
        company.tells(uuid)
    company.tells(UUIDS[0], "xx")
    company.frees("ivan")
    assert company.looks() == sent(UUIDS[0], "order:ivan,olena")
    assert company.tells(UUIDS[2], "xx") == [f"uuid_setvar {UUIDS[2]} routing_noted xx"]
    company.rings("ivan")
    assert company.looks() == []
    company.frees("ivan")
    assert company.looks() == sent(UUIDS[1], "order:ivan,olena")


def test_somebody_whom_the_first_never_rang_is_free_again_soon(company):
    for uuid in UUIDS[:2]:
        company.tells(uuid)
    company.frees("ivan")
    assert company.looks() == sent(UUIDS[0], "order:ivan,olena")
    company.now += 2.5
    assert company.looks() == sent(UUIDS[1], "order:ivan,olena")


def test_who_is_away_is_waited_for_no_more(company):
    company.tells(UUIDS[0])
    company.frees("ivan")
    company.leaves("ivan")
    assert company.looks() == sent(UUIDS[0], "order:olena")


def test_a_call_that_says_nothing_more_is_forgotten(company):
    company.tells(UUIDS[0])
    company.now += 8
    company.frees("ivan")
    assert company.looks() == []
    assert len(company.waiting) == 0


@pytest.mark.parametrize(
    "words", [{"keeper": "another"}, {"turn": ""}, {"turn": "y"}, {"release": "no path"}, {"step": "no step"}]
)
def test_calls_of_others_and_what_is_none_are_left_alone(company, words):
    assert company.tells(UUIDS[0], **words) == []
    assert len(company.waiting) == 0


def test_a_call_that_has_gone_on_by_itself_is_not_interrupted(company):
    company.tells(UUIDS[0])
    company.frees("ivan")
    company.client.does = "bridge"
    assert company.looks() == sent(UUIDS[0], "order:ivan,olena")[:1]


def test_whoever_tells_of_a_turn_when_the_person_is_free_does_not_overtake(company):
    for uuid in UUIDS[:2]:
        company.tells(uuid)
    company.frees("ivan")
    noted = f"uuid_setvar {UUIDS[1]} routing_noted xx"
    assert company.tells(UUIDS[1], "xx") == [*sent(UUIDS[0], "order:ivan,olena"), noted]


def test_a_turn_that_is_told_while_its_call_is_sent_on_costs_nobody_their_place(company):
    """The call is sent past everybody, so nobody is promised; its next turn was heard meanwhile."""
    for uuid in UUIDS[:2]:
        company.tells(uuid)
    company.frees("ivan")
    company.leaves("ivan"), company.leaves("olena")
    decide = company.waiting.decide

    def tells_meanwhile(call: Call) -> dict[str, str]:
        company.waiting.decide = decide
        heard.append(gevent.spawn(company.tells, UUIDS[0], "xx"))
        gevent.idle()
        return decide(call)

    heard: list[gevent.Greenlet] = []
    company.waiting.decide = tells_meanwhile
    company.waiting._look(company.client)
    gevent.joinall(heard, raise_error=True)
    assert len(company.waiting) == 0
    assert company.client.asked.count(f"uuid_break {UUIDS[0]}") <= 1


def test_who_calls_anew_does_not_overtake_a_call_that_is_on_its_way(company):
    company.tells(UUIDS[0])
    company.frees("ivan")
    assert company.looks() == sent(UUIDS[0], "order:ivan,olena")
    assert company.states.presence_of(UUIDS[1]).state("ivan", ("ivan",), False) == "busy"
    assert company.states.presence_of(UUIDS[0]).state("ivan", ("ivan",), False) == "free"
    company.now += 2.5
    assert company.states.presence_of(UUIDS[1]).state("ivan", ("ivan",), False) == "free"


def test_who_asks_by_a_socket_is_sent_past_nobody_who_waits(company):
    company.tells(UUIDS[0])
    company.frees("ivan")
    assert company.asks(UUIDS[1]) == "1:wait"
    assert company.looks() == sent(UUIDS[0], "order:ivan,olena")
    assert company.asks(UUIDS[0]) == "1:order:ivan,olena"


def test_two_who_ask_at_once_are_not_sent_to_the_same_person(company):
    company.frees("ivan")
    assert [company.asks(uuid) for uuid in UUIDS[:2]] == ["1:order:ivan,olena", "1:wait"]


def test_a_worker_that_does_not_lead_tells_nobody_anything_and_sends_nobody_past_those_who_wait(company):
    company.waiting.leads = False
    assert company.tells(UUIDS[0]) == []
    company.frees("ivan")
    assert company.looks() == []
    assert company.asks(UUIDS[1]) == "1:wait"
    company.states.began(Channel("ivan's", "ivan.desk", UUIDS[0]))  # the worker that leads has sent it on
    assert company.looks() == []
    company.frees("ivan")
    assert company.asks(UUIDS[1]) == "1:order:ivan,olena"


def test_two_workers_send_no_two_new_calls_to_one_person(company):
    company.waiting.leads, company.waiting.hears = False, True
    company.frees("ivan")
    assert company.asks(UUIDS[0]) == "1:wait"
    assert company.tells(UUIDS[0]) == []
    company.waiting.leads = True  # as in the worker that hears the same event
    assert company.tells(UUIDS[0]) == sent(UUIDS[0], "order:ivan,olena")
    assert company.asks(UUIDS[1]) == "1:wait"


def test_a_worker_that_leads_and_hangs_holds_nobody_longer_than_a_turn(company):
    company.waiting.leads, company.waiting.hears = False, True
    company.frees("ivan")
    assert company.asks(UUIDS[0]) == "1:wait"
    company.tells(UUIDS[0])
    assert company.asks(UUIDS[1]) == "1:wait"
    assert company.asks(UUIDS[0]) == "1:order:ivan,olena"


def test_another_engine_sends_on_whoever_has_waited_longest_whoever_it_heard_first(company):
    for uuid, turn in zip(UUIDS, ("xx", "xxx", "x"), strict=True):
        company.tells(uuid, turn)
    company.frees("ivan")
    assert company.looks() == sent(UUIDS[1], "order:ivan,olena")


def test_whoever_waits_in_another_scheme_for_the_same_person_goes_in_their_turn(company):
    company.tells(UUIDS[0])
    company.now += 1
    company.tells(UUIDS[1], scheme="b")
    company.frees("ivan")
    noted = f"uuid_setvar {UUIDS[1]} routing_noted xx"
    assert company.tells(UUIDS[1], "xx", scheme="b") == [*sent(UUIDS[0], "order:ivan,olena"), noted]


def test_only_the_first_of_a_queue_costs_decisions(company):
    for uuid in UUIDS:
        company.tells(uuid)
    company.decided.clear()
    for uuid in UUIDS:
        company.tells(uuid, "xx")
    assert company.decided == UUIDS[:1]


def test_a_call_that_is_gone_holds_nobody_up(company):
    company.tells(UUIDS[0])
    company.now += 5
    company.tells(UUIDS[1])
    company.now += 5
    company.decided.clear()
    company.tells(UUIDS[1], "xx")
    assert company.decided == UUIDS[1:2]


def test_where_nothing_can_be_decided_one_is_sent_on_and_those_behind_wait(company, monkeypatch):
    """A Redis that stalls sends nobody to who talks."""
    monkeypatch.setattr(company.waiting, "decide", lambda call: {"routing_decision": f"{call.step}:continue"})
    for uuid in UUIDS[:2]:
        assert company.tells(uuid) == [f"uuid_setvar {uuid} routing_noted x"]
    company.frees("ivan")
    assert company.looks() == sent(UUIDS[0], "continue")
    assert company.tells(UUIDS[1], "xx") == [f"uuid_setvar {UUIDS[1]} routing_noted xx"]


def test_a_freeswitch_that_answers_late_is_connected_to_anew(company, monkeypatch):
    """Else nobody would look any more, and callers would wait for their next turn."""
    company.tells(UUIDS[0])
    company.frees("ivan")
    closed = gevent.event.Event()
    monkeypatch.setattr(company.client, "ask", late)
    monkeypatch.setattr(company.client, "close", closed.set, raising=False)
    looking = gevent.spawn(company.waiting._look_when_somebody_changed, company.client)
    company.waiting.somebody_changed()
    looking.get(timeout=30)
    assert closed.is_set()


def late(*commands: str) -> list[str]:
    raise SwitchFault("FreeSWITCH did not answer within 5 s")
