"""One table of deciders for the engine and the offline switch: each asks what it says, and every kind is in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from routing.decide.directory import Directory
from routing.decide.registry import DECIDERS, decide
from routing.decide.responsible import Responsible
from routing.decide.verdict import HandlerReply
from routing.model.call import Call
from routing.model.callback import CallbackOrder
from routing.model.callback_plan import CallbackPlan
from routing.model.decision import Continue
from routing.model.entities import Visitor
from routing.model.local_guesses import LocalGuesses
from routing.model.lookup import Owner, OwnerFound
from routing.model.memory import Forgotten, PeopleFacts, Talk
from routing.model.visitors import LeasesDown
from routing.offline.duties import OfflineDuties
from routing.offline.listening import ScriptedRecogniser
from routing.offline.remembered import OfflineRatings, Remembered
from routing.steps import DECIDED
from support.callback_orders import a_plan
from support.decision_ports import given
from support.folders import HERE

IVAN = {"name": "ivan", "person": "ivan", "sip": ["1001"], "outside": False, "seconds": 20, "weight": 1, "skills": {}}
STEPS: dict[str, dict[str, Any]] = {
    "webhook": {"url": "https://h.example"},
    "lookup": {
        "project": "p",
        "url": "https://h.example/{{caller}}",
        "misses": 5,
        "within_s": 900,
        "fields": {},
        "say": {"texts": [["en", "It is {{lookup.a}}."]], "voices": {"en": "voice"}},
    },
    "speak": {"say": {"texts": [["uk", "Замовлення {{order}}"]], "voices": {"uk": "voice"}}},
    "listen": {"language": "en", "phrases": {"en": {"sales": "sales"}}, "recognisers": {"en": "english"}},
    "crm": {"crm": {"system": "ours"}},
    "rate": {"project": "p", "once_in_s": 86400},
    "visitor": {"project": "p", "pool": "site", "entities": ["region"]},
    "sticky": {"project": "p", "calls": "both", "within_s": 1e9, "talked_s": 1, "ring_s": 20},
    "known": {"project": "p"},
    "ring": {"project": "p", "order": "random", "people": [IVAN], "timezone": "UTC"},
    "callback": {"project": "p", "scheme": "", "first": "", "tries": 0, "when": "free"},
    "dnd": {"project": "p", "state": "on"},
    "duty": {"project": "p", "state": "pause"},
    "camp_on": {"project": "p", "state": "order"},
    "messages": {"project": "p"},
}
CALL = Call("12345678", "/r", "s", "1", "+380800111222", "+380671234567", person="ivan", extension="102")
DIRECTORY = Directory({"ivan": frozenset({"desk"})}, {}, {}, (), {"102": "olena"}, sip={"ivan": frozenset({"1001"})})


class Memory:
    def talks(self, project: str, caller: str) -> list[Talk]:
        return [Talk("ivan", 900.0, 60.0, "in")]

    def facts(self, *_: object) -> PeopleFacts:
        return PeopleFacts()

    def is_away(self, *_: object) -> bool:
        return False

    def next_message(self, *_: object) -> str:
        return ""

    def disturb(self, *_: object, **__: object) -> None: ...

    def take_turn(self, project: str, place: object, ranked: list[tuple[str, int]], spread: bool) -> str:
        return ranked[0][0]


class Down:
    def __getattr__(self, name: str) -> Any:
        raise Forgotten("no answer from Redis")


class Free:
    def state(self, *_: object) -> str:
        return "free"


def down(*_: object) -> None:
    raise LeasesDown("no answer from Redis")


class Desk:
    def plan(self, release: str) -> CallbackPlan:
        return a_plan()

    def order(self, new: CallbackOrder) -> CallbackOrder:
        return new


WORLD: dict[str, Any] = {
    "directory": lambda release: DIRECTORY,
    "responsible": lambda release, system: Responsible({"7": "ivan"}),
    "webhook": lambda step, call: HandlerReply(200, "text/plain", b"ivan"),
    "crm": lambda step, call, people: OwnerFound("deal", "1", Owner("7"), "Romashka"),
    "holder": lambda *_: Visitor({"region": "521"}, {}),
    "memory": Memory(),
    "duties": OfflineDuties(),
    "presence": lambda call: Free(),
    "callbacks": Desk(),
    "guesses": LocalGuesses(lambda: 1000.0),
    "ratings": OfflineRatings(Remembered(), {}),
    "voice": lambda phrase, command, deadline_s: "0" * 32,
    "recognisers": ScriptedRecogniser({"scripted_phrase": "sales"}),
    "now": lambda: 1000.0,
    "chance": lambda: 0.5,
}


@pytest.mark.parametrize("kind", DECIDERS)
def test_a_kind_decides_by_the_ports_that_it_names_and_no_other(kind):
    world = WORLD | ({"webhook": lambda step, call: HandlerReply(200, "", b'{"a": 1}')} if kind == "lookup" else {})
    ports = given(**{name: world[name] for name in DECIDERS[kind].asks})
    verdict = decide({"kind": kind, **STEPS[kind]}, CALL, ports)
    assert verdict.outcome == "decided", verdict


@pytest.mark.parametrize("kind", [kind for kind, decider in DECIDERS.items() if decider.asks & {"memory", "holder"}])
def test_a_memory_that_is_down_lets_the_call_go_on(kind):
    verdict = decide({"kind": kind, **STEPS[kind]}, CALL, given(**(WORLD | {"memory": Down(), "holder": down})))
    assert (verdict.outcome, verdict.decision, verdict.reason) == ("failed", Continue(), "no answer from Redis")


def test_every_kind_that_is_compiled_has_a_decider():
    tables = [json.loads(path.read_text()) for path in (HERE / "good").rglob("release/schemes/*.json")]
    kinds = {step["kind"] for table in tables for step in table["steps"].values()}
    assert kinds == set(DECIDERS) | {"queue"}  # calls in queues are decided together, by `queueing`


def test_every_kind_that_steps_ask_for_has_a_decider_and_no_other_has():
    assert set(DECIDED) == set(DECIDERS)


def test_a_kind_of_a_later_version_lets_the_call_go_on():
    verdict = decide({"kind": "later"}, CALL, given())
    assert (verdict.outcome, verdict.reason) == ("failed", "this engine does not know the step kind 'later'")
