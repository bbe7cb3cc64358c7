"""Do-not-disturb dialled from a phone: what is remembered, what the phone hears, with the engine and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from routing.decide import registry
from routing.esl.facts import call_of
from routing.esl.protocol import Message
from routing.model import dnd
from routing.model.decision import Call
from routing.offline.answering import InProcess, canned
from routing.offline.decider import EngineSilent, refused
from routing.offline.event_socket import connect_reply
from routing.offline.events import Event, ended, rung
from routing.offline.published import PublishedRelease
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall as Dialled
from routing.process.memory import NoMemory
from support.decision_ports import given
from support.folders import HERE, compiled, laid_out

ON, OFF = ({"kind": "dnd", "project": "p", "state": state} for state in ("on", "off"))


class Kept(NoMemory):
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, bool, float]] = []

    def disturb(self, project: str, person: str, may_disturb: bool, now_s: float = 0.0) -> None:
        self.told.append((project, person, may_disturb, now_s))


def people(memory: NoMemory) -> Callable:
    directory = SimpleNamespace(phones={"ivan": frozenset({"desk"})})
    ports = given(memory=memory, directory=lambda _: directory, now=lambda: 5.0)
    return lambda step, call: registry.decide(step, call, ports)


def call(person: str) -> Call:
    return Call("12345678", "/r", "codes", "dnd_on", "", "anonymous", person=person)


def test_the_engine_remembers_whose_phone_dialled():
    memory = Kept()
    assert people(memory)(ON, call("ivan")).variables == {"routing_dnd": "on"}
    assert people(memory)(OFF, call("ivan")).variables == {"routing_dnd": "off"}
    assert memory.told == [("p", "ivan", False, 5.0), ("p", "ivan", True, 5.0)]


@pytest.mark.parametrize(("person", "memory", "outcome"), [("", Kept(), "refused"), ("ivan", NoMemory(), "failed")])
def test_nothing_is_done_without_a_person_or_a_memory(person, memory, outcome):
    verdict = people(memory)(ON, call(person))
    assert (verdict.outcome, verdict.variables) == (outcome, {})


def test_whose_phone_calls_is_read_off_the_channel():
    channel = {"uuid": "12345678", "routing_release": "/r", "routing_scheme": "codes", "routing_step": "dnd_on"}
    for person, read in (("ivan", "ivan"), ("Ivan", ""), ("${x}", ""), ("a b", "")):
        assert call_of(Message(b"\n" + connect_reply(channel | {"routing_person": person}))).person == read


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedRelease:
    place = tmp_path_factory.mktemp("dnd")
    root = place / "root"
    root.mkdir()
    (root / "current").symlink_to(compiled(laid_out(HERE / "good/company", place / "schemes"), root).folder)
    return PublishedRelease(root)


def dialled(published: PublishedRelease, code: str, decider: object) -> list[Event]:
    """What comes of a code that ivan's phone dials; the call ends by itself."""
    at = datetime(2026, 11, 23, tzinfo=UTC)
    whose = (("sip_auth_username", "1001"), ("routing_person", "ivan"))
    events: list[Event] = published.run(
        Dialled(code, "1001", at, context="routing_internal", variables=whose), decider=decider
    )  # type: ignore[arg-type]
    assert [event for event in events if event.kind == "error"] == []
    assert ended(events).subject == "NORMAL_CLEARING"
    return events


def heard(published: PublishedRelease, code: str, decider: object) -> list[str]:
    """Sounds that ivan's phone hears."""
    events = dialled(published, code, decider)
    return [event.subject.rpartition("/")[2] for event in events if event.kind == "play"]


def told(published: PublishedRelease, code: str, decider: object) -> list[str]:
    """What the switch then knows of ivan."""
    events = dialled(published, code, decider)
    return [event.subject for event in events if event.subject.startswith("routing_dnd_")]


@pytest.mark.parametrize("code", ["*78", "*79"])
def test_the_phone_hears_that_it_is_done(published, code):
    assert heard(published, code, InProcess(published.files, canned("refused"))) == ["done.wav"]


@pytest.mark.parametrize("code", ["*78", "*79"])
def test_the_phone_hears_that_it_is_not_done(published, code):
    down = InProcess(published.files, canned("refused"), None, Remembered(is_down=True))
    for decider in (down, refused, lambda *_: EngineSilent()):
        assert heard(published, code, decider) == ["invalid.wav"]
        assert told(published, code, decider) == []


@pytest.mark.parametrize(("code", "known"), [("*78", "error/17/"), ("*79", "")])
def test_the_switch_knows_at_once(published, code, known):
    decider = InProcess(published.files, canned("refused"))
    assert told(published, code, decider) == [f"routing_dnd_ivan={known}"]


def test_a_colleague_and_a_caller_do_not_ring_him(published):
    away, at = {dnd.variable("ivan"): dnd.BUSY}, datetime(2026, 11, 23, 10, tzinfo=UTC)
    inside = Dialled("101", "1002", at, context="routing_internal", variables=(("sip_auth_username", "1002"),))
    for call in (inside, Dialled("+380800330521", "+380671234567", at)):
        assert any(target.startswith("ivan.") for target in rung(published.run(call)))
        events = published.run(call, globals_=away)
        assert [target for target in rung(events) if target.startswith("ivan.")] == []
        assert any(event.kind == "undisturbed" and event.subject == "ivan.desk" for event in events)
