"""Voicemails that wait for somebody: whose they are, what their phone hears of them, and when its light is on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from routing.decide import registry
from routing.engine.lights import Lights
from routing.model.decision import Call
from routing.model.memory import Forgotten
from routing.model.messages import mwi_headers, name_of
from routing.offline.answering import InProcess, canned
from routing.offline.decider import refused
from routing.offline.events import Event, ended
from routing.offline.published import PublishedRelease
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall as Dialled
from routing.process.memory import NoMemory
from support.decision_ports import given
from support.folders import HERE, compiled, laid_out

STEP = {"kind": "messages", "project": "p"}


class Left(NoMemory):
    """Messages of ivan; what is given again was heard."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.given = ""

    def next_message(self, project: str, person: str, call: str, now_s: float) -> str:
        assert (project, person, call) == ("p", "ivan", "12345678")
        self.names = [name for name in self.names if name != self.given]
        self.given = self.names[0] if self.names else ""
        return self.given


def decided(memory: NoMemory, person: str = "ivan", question: str = "x"):
    ports = given(memory=memory, directory=lambda _: SimpleNamespace(phones={"ivan": frozenset()}), now=lambda: 5.0)
    call = Call("12345678", "/r", "codes", "messages", "", "anonymous", person=person, question=question)
    return registry.decide(STEP, call, ports)


def test_one_message_after_another_then_none():
    memory = Left("sales/aaaaaaaa", "sales/bbbbbbbb")
    said = [decided(memory).variables["routing_message"] for _ in range(4)]
    assert said == ["sales/aaaaaaaa", "sales/bbbbbbbb", "none", "none"]


def test_a_call_that_has_heard_many_leaves_the_others():
    memory = Left("sales/aaaaaaaa", "sales/bbbbbbbb")
    assert decided(memory, question="x" * 20).variables["routing_message"] == "sales/aaaaaaaa"
    assert decided(memory, question="x" * 21).variables["routing_message"] == "none"
    assert memory.names == ["sales/bbbbbbbb"]


@pytest.mark.parametrize("name", ["../secrets/aaaaaaaa", "sales/a b", "sales/${uuid}xx", "SALES/aaaaaaaa", "sales"])
def test_what_is_no_message_is_never_played(name):
    assert decided(Left(name)).variables == {"routing_message": "none"}
    assert name_of(*name.rpartition("/")[::2]) == ""


@pytest.mark.parametrize(("person", "memory", "outcome"), [("", Left(), "refused"), ("ivan", NoMemory(), "failed")])
def test_nothing_is_played_without_a_person_or_a_memory(person, memory, outcome):
    verdict = decided(memory, person)
    assert (verdict.outcome, verdict.variables) == (outcome, {})


def test_what_a_phone_is_told():
    assert mwi_headers(0) == {"MWI-Messages-Waiting": "no", "MWI-Voice-Message": "0/0 (0/0)"}
    assert mwi_headers(3) == {"MWI-Messages-Waiting": "yes", "MWI-Voice-Message": "3/0 (0/0)"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> PublishedRelease:
    place = tmp_path_factory.mktemp("messages")
    root = place / "root"
    root.mkdir()
    (root / "current").symlink_to(compiled(laid_out(HERE / "good/match", place / "schemes"), root).folder)
    return PublishedRelease(root)


def heard(published: PublishedRelease, decider: object) -> list[str]:
    whose = (("sip_auth_username", "1001"), ("routing_person", "ivan"))
    at = datetime(2026, 11, 23, tzinfo=UTC)
    call = Dialled("*97", "1001", at, context="routing_internal", variables=whose)
    events: list[Event] = published.run(call, decider=decider)  # type: ignore[arg-type]
    assert [event for event in events if event.kind == "error" and "wav" not in str(event)] == []
    assert ended(events).subject == "NORMAL_CLEARING"
    return [event.subject.rpartition("/")[2] for event in events if event.kind == "play"]


def test_the_phone_hears_that_there_are_none_and_that_it_is_not_possible(published):
    assert heard(published, InProcess(published.files, canned("refused"))) == ["done.wav"]
    down = InProcess(published.files, canned("refused"), None, Remembered(is_down=True))
    assert heard(published, down) == heard(published, refused) == ["invalid.wav"]


def test_whose_messages_are_in_a_box_stands_in_the_release(published):
    """Those who are told and whom it is named after; nobody else's box is anybody's."""
    boxes = json.loads((published.root / "current/schemes/b.json").read_text())["boxes"]
    assert boxes == {"sales": ["ivan"]}
    assert "boxes" not in json.loads((published.root / "current/schemes/a.json").read_text())


class Waiting:
    is_down = False

    def waiting(self, project, people, now_s):
        if self.is_down:
            raise Forgotten("away")
        assert (project, now_s) == ("p", 7.0)
        return {person: len(person) for person in people}


def test_every_sip_phone_of_a_person_has_the_persons_light(tmp_path):
    (tmp_path / "r1").mkdir()
    (tmp_path / "current").symlink_to(tmp_path / "r1")
    table = {"project": "p", "accounts": {"1001": "ivan.desk", "1002": "ivan.home", "1003": "olena.desk"}}
    (tmp_path / "r1/table.json").write_text(json.dumps(table))
    memory = Waiting()
    lights = Lights(tmp_path, memory, lambda: 7.0)
    assert lights() == {"1001": 4, "1002": 4, "1003": 5}
    memory.is_down = True
    assert lights() is None
    memory.is_down = False
    (tmp_path / "r2").mkdir()
    (tmp_path / "r2/table.json").write_text(json.dumps(table | {"accounts": {"1009": "max.desk"}}))
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to(tmp_path / "r2")
    assert lights() == {"1009": 3}
    assert Lights(tmp_path / "none", memory, lambda: 7.0)() is None
