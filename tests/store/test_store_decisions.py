"""Sticky and ring steps through the engine with a real Redis: there, away, stuck and back."""

from __future__ import annotations

import json
from pathlib import Path

import gevent
import pytest

from routing.engine.deciding import Engine
from routing.engine.handlers import Handlers
from routing.engine.ports import ports_of
from routing.engine.states import States
from routing.esl.watch import Channel, Snapshot
from routing.http.breaker import Breaker
from routing.model.decision import Call
from routing.model.memory import Talk
from routing.process.log import Lines
from routing.process.memory import memory_in
from routing.release.tables import Releases
from routing.store.memory import RedisMemory
from support.waiting import until

pytestmark = pytest.mark.process

NOW, CALLER, NAME = 1_800_000_000.0, "+380671234567", "abcdef012345"
PEOPLE = {
    "ivan": {"phones": ["desk", "mobile"], "sip": {"1001": "desk"}},
    "olena": {"phones": ["desk"], "sip": {"1002": "desk"}},
    "petro": {"phones": ["desk"], "sip": {"1003": "desk"}},
}
STICKY = {
    "kind": "sticky", "project": "p", "timeout_s": 0.5, "calls": "both", "within_s": 86_400, "talked_s": 10,
    "ring_s": 20,
}  # fmt: skip


def ring(order: str, **more) -> dict:
    rung = [
        {
            "name": name,
            "person": name,
            "sip": [f"100{place}"],
            "outside": False,
            "seconds": 20,
            "weight": 1,
            "skills": {},
        }
        for place, name in enumerate(PEOPLE, 1)
    ]
    return {
        "kind": "ring", "order": order, "project": "p", "timezone": "UTC", "timeout_s": 0.5, "at_most_s": None,
        "skills": {}, "people": rung, **more,
    }  # fmt: skip


class Desk:
    """Engines on one release; `store` is the test's own way into Redis."""

    def __init__(self, root: Path, store) -> None:
        self.root, self.memory = root, RedisMemory(store)
        home = root / "releases" / NAME
        (home / "schemes").mkdir(parents=True)
        table = {"project": "p", "people": PEOPLE, "accounts": {}, "destinations": []}
        (home / "table.json").write_text(json.dumps(table))
        steps = {"1": STICKY, "2": ring("round_robin"), "3": ring("by_skill", skills={"old": "known"})}
        (home / "schemes/s.json").write_text(json.dumps({"scheme": "s", "answers_first": False, "steps": steps}))
        self.states = States()

    def engine(self, memory) -> Engine:
        releases = Releases(self.root)
        handlers = Handlers(None, Breaker(lambda: 0.0), {})
        ports = ports_of(releases, handlers, memory=memory, presence=self.states.presence_of, now=lambda: NOW)
        return Engine(releases, ports, Lines())

    def decide(self, engine: Engine, step: str, caller: str = CALLER) -> str:
        call = Call("u-1", f"{self.root}/releases/{NAME}", "s", step, "+380800111222", caller)
        return engine.decide(call)["routing_decision"]


@pytest.fixture
def desk(tmp_path, store) -> Desk:
    return Desk(tmp_path, store)


def test_the_last_talk_is_rung_and_none_for_others(desk):
    engine = desk.engine(desk.memory)
    desk.memory.remember("p", CALLER, Talk("olena", NOW - 60, 30, "out"))
    assert desk.decide(engine, "1") == "1:ring:person:olena"
    assert desk.decide(engine, "1", "+380509998877") == "1:continue"
    assert desk.decide(engine, "1", "anonymous") == "1:continue"


def test_who_is_away_busy_or_off_is_passed(desk):
    engine = desk.engine(desk.memory)
    desk.memory.remember("p", CALLER, Talk("olena", NOW - 60, 30, "out"))
    desk.memory.disturb("p", "olena", may_disturb=False)
    assert desk.decide(engine, "1") == "1:continue"
    assert desk.decide(engine, "2") == "2:order:ivan,petro"
    desk.memory.disturb("p", "olena", may_disturb=True)
    desk.states.seen(Snapshot((Channel("leg", "olena.desk", "another"),), frozenset({"1002", "1003"})))
    assert desk.decide(engine, "1") == "1:continue"
    assert desk.decide(engine, "2") == "2:order:petro"
    desk.states.ended("leg")
    assert desk.decide(engine, "1") == "1:ring:person:olena"
    assert desk.decide(engine, "2").startswith("2:order:olena")


def test_two_engines_share_the_turns(desk, store_at, shared):
    engines = [desk.engine(RedisMemory(store_at(shared.url))) for _ in range(2)]
    first = [desk.decide(engines[turn % 2], "2").partition(":order:")[2].split(",")[0] for turn in range(6)]
    assert first == ["ivan", "olena", "petro"] * 2


def test_an_existing_customer_is_known(desk):
    engine = desk.engine(desk.memory)
    assert desk.decide(engine, "3").startswith("3:order:ivan")
    desk.memory.remember("p", CALLER, Talk("olena", NOW - 60, 30, "out"))
    assert desk.decide(engine, "3").startswith("3:order:olena")


@pytest.mark.parametrize("fault", ["stop", "pause"])
def test_calls_go_on_as_written_while_redis_is_away_and_are_decided_again_when_it_is_back(
    desk, servers, store_at, fault
):
    server = servers()
    store = store_at(server.url, budget_s=0.05)
    engine = desk.engine(RedisMemory(store))
    until(lambda: desk.decide(engine, "2").startswith("2:order"))
    getattr(server, fault)()
    with gevent.Timeout(9, AssertionError("decisions waited for Redis")):  # one after another that takes ten seconds
        decided = [gevent.spawn(desk.decide, engine, step) for _ in range(100) for step in ("1", "2")]
        gevent.joinall(decided)
    assert {each.value for each in decided} == {"1:continue", "2:continue"}
    until(lambda: not store.is_up)
    (server.start if fault == "stop" else server.go_on)()
    until(lambda: store.is_up and desk.decide(engine, "2").startswith("2:order"))


def test_without_any_redis_every_step_goes_on(desk):
    engine = desk.engine(memory_in(None))
    assert [desk.decide(engine, step) for step in ("1", "2", "3")] == ["1:continue", "2:continue", "3:continue"]
