"""Decisions inside FreeSWITCH without FreeSWITCH: the engine's own code, in a thread with a hub of its own."""

from __future__ import annotations

import gc
import json
import threading
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path

import gevent
import pytest

from routing.decide.registry import DECIDERS
from routing.esl.protocol import Message
from routing.inline import door as doors
from routing.inline.door import Door, opened
from routing.inline.hub import DecisionHub, NoAnswerInTime
from routing.inline.ports import HAS, NotInline, ports_of
from routing.model.decision import Late
from routing.release.tables import Releases
from routing.steps import DECIDED
from support.redis_server import Server
from support.wire_release import write_release

KNOWN = {"kind": "known", "project": "standartpark", "timeout_s": 0.5}
QUESTION = (Message(b""), 0.0)


class FakeSession:
    """A call's session in FreeSWITCH, which lives as long as somebody refers to it."""

    def __init__(self, **variables: str) -> None:
        self.variables = {"uuid": "3740e285-2bb6-4782-99e3-8733cc7924f0", **variables}

    def get(self, name: str) -> str | None:
        """A variable of the channel."""
        return self.variables.get(name)

    def set(self, name: str, value: str) -> None:
        """Set a variable of the channel."""
        self.variables[name] = value


def at_step(release: str, step: str = "1") -> FakeSession:
    """A call from a client that has reached a step."""
    facts = {"release": release, "scheme": "kharkiv", "step": step, "caller": "+380671234567", "asked": "x"}
    return FakeSession(**{f"routing_{name}": value for name, value in facts.items()})


class StubEngine:
    """Decides as told, and keeps what is logged."""

    def __init__(self, decide: Callable[[], Mapping[str, str]]) -> None:
        self.decide = lambda call: decide()
        self.lines = self
        self.logged: list[tuple[str, str]] = []

    def write(self, level: str, event: str, **facts: object) -> None:
        """As Lines."""
        self.logged.append((event, str(facts["problem"])))


@pytest.fixture
def shown() -> dict[str, str]:
    """FreeSWITCH's global variables."""
    return {}


def door_of(decide: Callable[[], Mapping[str, str]], shown: dict[str, str]) -> tuple[Door, StubEngine]:
    engine = StubEngine(decide)
    door = Door(engine, shown.__setitem__)  # type: ignore[arg-type]
    door.hub.start()
    return door, engine


def test_kinds_that_need_redis_alone_may_be_decided_inside() -> None:
    inside = {kind for kind, step in DECIDED.items() if step.may_be_inline}
    assert inside == {kind for kind, decider in DECIDERS.items() if decider.asks <= HAS}
    assert inside == {"known", "dnd", "duty", "messages"}


def test_a_call_gets_its_decision(tmp_path: Path, shown: dict[str, str]) -> None:
    release = write_release(tmp_path, **{"1": KNOWN})
    redis = Server(tmp_path / "redis")
    try:
        session = at_step(release)
        door = opened(str(tmp_path), redis.url, shown.__setitem__)
        door.decide(session.get, session.set)
    finally:
        redis.stop()
    assert shown == {"routing_inline": "true"}
    assert session.variables["routing_known"] == "no"
    assert session.variables["routing_verdict"].startswith("continued")
    assert (session.variables["routing_decision"], session.variables["routing_answered"]) == ("1:continue", "x")
    assert json.loads(door.status())["decisions"] == 1


def test_without_redis_a_call_goes_on(tmp_path: Path, shown: dict[str, str]) -> None:
    session = at_step(write_release(tmp_path, **{"1": KNOWN}))
    opened(str(tmp_path), "", shown.__setitem__).decide(session.get, session.set)
    assert "routing_known" not in session.variables
    assert session.variables["routing_decision"] == "1:continue"


def test_a_kind_that_needs_more_goes_on(tmp_path: Path, shown: dict[str, str]) -> None:
    webhook = {"kind": "webhook", "url": "http://shop.example", "timeout_s": 1.0}
    session = at_step(write_release(tmp_path, **{"1": webhook}))
    opened(str(tmp_path), "", shown.__setitem__).decide(session.get, session.set)
    assert session.variables["routing_decision"] == "1:continue"
    assert "NotInline" in session.variables["routing_verdict"]


def test_every_port_that_it_lacks_refuses(tmp_path: Path) -> None:
    ports = ports_of(Releases(tmp_path), None)
    for name in {each for decider in DECIDERS.values() for each in decider.asks} - HAS:
        with pytest.raises(NotInline):
            port = getattr(ports, name)
            port() if callable(port) else port.anything


@pytest.mark.parametrize("problem", [RuntimeError("x" * 100_000), SystemExit(3), KeyboardInterrupt(), MemoryError()])
def test_nothing_is_raised_and_nothing_keeps_the_session(shown: dict[str, str], problem: BaseException) -> None:
    def fails() -> Mapping[str, str]:
        raise problem

    door, engine = door_of(fails, shown)
    session = at_step("/r/releases/a")
    gc.disable()
    try:
        door.decide(session.get, session.set)
        left = weakref.ref(session)
        del session
        assert left() is None, "the channel would stay until Python collects its garbage"
    finally:
        gc.enable()
    (logged,) = engine.logged
    assert logged[0] == "fault" and len(logged[1]) <= 500
    assert shown == {"routing_inline": "true"}


@pytest.mark.parametrize("wrong", ["a\nb", "${system(x)}", "a;b=c"])
def test_a_value_that_freeswitch_would_read_otherwise_is_not_set(shown: dict[str, str], wrong: str) -> None:
    door, engine = door_of(lambda: {"routing_known": wrong}, shown)
    session = at_step("/r/releases/a")
    door.decide(session.get, session.set)
    assert "routing_known" not in session.variables
    assert engine.logged[0][0] == "fault"


def test_a_late_decision_sets_nothing(shown: dict[str, str]) -> None:
    def late() -> Mapping[str, str]:
        raise Late("too late")

    door, engine = door_of(late, shown)
    session = at_step("/r/releases/a")
    door.decide(session.get, session.set)
    assert "routing_decision" not in session.variables and engine.logged == []


def test_what_is_no_call_gets_nothing(shown: dict[str, str]) -> None:
    door, engine = door_of(dict, shown)
    door.decide(FakeSession().get, FakeSession().set)
    assert "NotACall" in engine.logged[0][1]


def test_while_the_hub_hangs_calls_are_sent_to_the_engine(
    shown: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "LIMIT_SECONDS", 0.01)
    hangs = threading.Event()

    def hang() -> Mapping[str, str]:
        hangs.wait(30)
        return {}

    door, engine = door_of(hang, shown)
    session = at_step("/r/releases/a")
    door.decide(session.get, session.set)
    assert shown == {"routing_inline": ""}
    assert json.loads(door.status())["state"] == "stuck"
    assert engine.logged == [("inline", "no decision within 0.01 s")]
    hangs.set()
    door._well()  # the next beat
    assert shown == {"routing_inline": "true"}


def test_the_hub_serves_many_threads_at_once() -> None:
    def slow(question: object) -> Mapping[str, str]:
        gevent.sleep(0.005)
        return {"thread": "served"}

    hub = DecisionHub(slow, lambda: None)
    hub.start()
    found: list[Mapping[str, str]] = []
    threads = [threading.Thread(target=lambda: found.append(hub.ask(QUESTION, 10))) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [{"thread": "served"}] * 50


def test_a_question_that_nobody_waits_for_is_not_decided() -> None:
    decided: list[object] = []
    begins, goes_on = threading.Event(), threading.Event()

    def decide(question: object) -> Mapping[str, str]:
        decided.append(question)
        begins.set()
        goes_on.wait(30)
        return {}

    hub = DecisionHub(decide, lambda: None)
    hub.start()
    first = threading.Thread(target=lambda: hub.ask(QUESTION, 10))
    first.start()
    assert begins.wait(10)
    with pytest.raises(NoAnswerInTime):
        hub.ask((Message(b"\na: b"), 0.0), 0.01)
    goes_on.set()
    first.join(10)
    hub.ask(QUESTION, 10)
    assert decided == [QUESTION, QUESTION]
