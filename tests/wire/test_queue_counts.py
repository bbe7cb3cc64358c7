"""Calls in queues, by their events: acknowledged, offered, counted; what the switch is told, in order."""

from __future__ import annotations

import gevent
import pytest
from prometheus_client import REGISTRY

from routing.engine.ports import queueing
from routing.engine.queue_calls import QueueCalls
from routing.engine.states import States
from routing.esl.facts import call_of
from routing.esl.protocol import Message
from routing.esl.watch import Channel, Snapshot
from support.waiting import until

PEOPLE = [{"name": name, "person": name, "sip": [name], "outside": False, "seconds": 20} for name in ("ivan", "olena")]
UUIDS = [f"3740e285-2bb6-4782-99e3-8733cc79240{number}" for number in range(3)]


class Switch:
    """FreeSWITCH as the engine tells it; ``gone`` are calls that are not there any more."""

    def __init__(self):
        self.told, self.woken, self.gone = [], [], set()

    def ask(self, *commands):
        if commands[0] == "api status":
            return ["0 session(s) - peak 9, last 5min 9\n", '{"row_count": 0}']
        (command,) = commands
        _, _, uuid, variables = command.split(" ", 3)
        self.told.append((uuid, dict(each.split("=", 1) for each in variables.split(";"))))
        return ["-ERR no such channel\n" if uuid in self.gone else "+OK\n"]


class Desk:
    """The queue ``support`` of this test alone; phones by a snapshot of FreeSWITCH."""

    def __init__(self, name, **settings):
        self.step = {"kind": "queue", "name": name, "project": "p", "people": PEOPLE, "order": "in_order", **settings}
        self.at, self.switch, self.states, self.logged = 1000.0, Switch(), States(), []
        self.states.seen(Snapshot((), frozenset({"ivan", "olena"})))
        self.calls = QueueCalls(
            queueing(self.states, None, lambda *_: None), self.states,
            lambda call, step, order: self.logged.append((call.uuid, order.variables["routing_decision"])),
            lambda client, uuid: self.switch.woken.append(uuid), "9", lambda call: self.step, now=lambda: self.at,
        )  # fmt: skip
        self.states.changed, self.states.leg_ended = self.calls.changed, self.calls.leg_ended
        self.calls.leads = True
        self.serving = gevent.spawn(self.calls.serve, self.switch)

    def heard(self, uuid, turn="x", **variables):
        """A call reports a turn."""
        facts = {"routing_release": "/r", "routing_scheme": "s", "routing_step": "1", "routing_waits": turn} | {
            f"routing_{name}": value for name, value in variables.items()
        }
        event = Message(
            f"\nUnique-ID: {uuid}\n".encode() + b"".join(f"variable_{n}: {v}\n".encode() for n, v in facts.items() if v)
        )
        self.calls.heard(call_of(event), self.step, event)
        self.settle()

    def busy(self, *people):
        for person in people:
            self.states.began(Channel(f"{person}'s", person, "another"))
        self.settle()

    def settle(self):
        """Everything that was put in is handled."""
        until(lambda: self.calls._work.empty())
        gevent.sleep(0)


@pytest.fixture
def desk(request):
    made = Desk(request.node.name)
    yield made
    made.serving.kill()


def counted(name, queue, **labels):
    return REGISTRY.get_sample_value(name, {"queue": queue, **labels}) or 0


def test_a_new_caller_is_offered_to_who_is_free_and_woken(desk):
    desk.heard(UUIDS[0])
    ((uuid, told),) = desk.switch.told
    assert (uuid, told["routing_decision"], told["routing_noted"]) == (UUIDS[0], "1:order:ivan", "x")
    assert desk.switch.woken == [UUIDS[0]]
    assert desk.logged == [(UUIDS[0], "1:order:ivan")]
    assert counted("routing_queue_offers_total", desk.step["name"]) == 1


def test_a_caller_who_waits_is_given_a_place_and_wakes_only_once(desk):
    desk.busy("ivan", "olena")
    desk.heard(UUIDS[0])
    desk.heard(UUIDS[0], "xx", entered="1")
    assert [told.get("routing_noted") for _, told in desk.switch.told] == ["x", "xx"]
    assert desk.switch.told[0][1]["routing_arrived"] == "1000000"
    assert desk.switch.woken == [UUIDS[0]]
    assert desk.logged == []


def test_who_becomes_free_is_offered_the_longest_wait_at_once(desk):
    desk.busy("ivan", "olena")
    for uuid in UUIDS[:2]:
        desk.heard(uuid)
        desk.at += 1
    desk.states.ended("olena's")
    desk.settle()
    assert desk.switch.told[-1][0] == UUIDS[0]
    assert desk.switch.told[-1][1]["routing_decision"] == "1:order:olena"


def test_an_offer_to_a_call_that_is_gone_goes_to_the_next(desk):
    desk.busy("ivan", "olena")
    for uuid in UUIDS[:2]:
        desk.heard(uuid)
        desk.at += 1
    desk.switch.gone.add(UUIDS[0])
    desk.states.ended("olena's")
    desk.settle()
    assert [told[0] for told in desk.switch.told if "order" in told[1].get("routing_decision", "")] == UUIDS[:2]


def test_a_talk_is_counted_with_its_wait_and_ends_with_its_leg(desk):
    queue = desk.step["name"]
    desk.heard(UUIDS[0])
    desk.at += 7
    desk.busy("ivan")
    desk.heard(UUIDS[0], "talk", decision="1:order:ivan")
    assert counted("routing_queue_calls_total", queue, ended="talk") == 1
    assert counted("routing_queue_wait_seconds_sum", queue) == pytest.approx(7)
    assert desk.calls.facts()[0]["callers"][0]["talks_with"] == "ivan"
    desk.states.ended("ivan's")
    desk.settle()
    assert desk.calls.facts() == []


def test_a_talk_whose_end_was_missed_is_not_kept(desk):
    desk.states.alive = desk.calls.alive
    desk.heard(UUIDS[0])
    desk.busy("ivan")
    desk.heard(UUIDS[0], "talk", decision="1:order:ivan")
    desk.states.seen(Snapshot((Channel(UUIDS[0], ""), Channel("ivan's", "ivan", UUIDS[0])), frozenset({"ivan"})))
    desk.settle()
    assert len(desk.calls) == 1
    desk.states.seen(Snapshot((), frozenset({"ivan"})))
    desk.settle()
    assert len(desk.calls) == 0


@pytest.mark.parametrize("ended", ["hangup", "left"])
def test_who_hangs_up_and_who_leaves_are_counted_apart(desk, ended):
    desk.busy("ivan", "olena")
    desk.heard(UUIDS[0])
    if ended == "left":
        desk.heard(UUIDS[0], "")
    else:
        desk.states.ended(UUIDS[0])
        desk.settle()
    assert counted("routing_queue_calls_total", desk.step["name"], ended=ended) == 1
    assert len(desk.calls) == 0


def test_a_worker_that_does_not_lead_tells_nobody_anything(desk):
    desk.calls.leads = False
    desk.heard(UUIDS[0])
    assert (desk.switch.told, desk.calls.facts()) == ([], [])


def test_a_call_of_a_release_that_it_does_not_understand_stops_nobody_elses(desk):
    faults, whole = [], desk.step
    desk.calls.fault = faults.append
    desk.step = {"kind": "queue"}
    desk.heard(UUIDS[0])
    desk.step = whole
    desk.heard(UUIDS[1])
    assert [type(each) for each in faults] == [KeyError]
    assert [uuid for uuid, _ in desk.switch.told] == [UUIDS[1]]


def test_events_of_another_engine_are_left_alone(desk):
    assert desk.calls.is_ours(Message(b"\nvariable_routing_engine_port: 9\n"))
    assert not desk.calls.is_ours(Message(b"\nvariable_routing_engine_port: 10\n"))
    assert not desk.calls.is_ours(Message(b"\n"))
