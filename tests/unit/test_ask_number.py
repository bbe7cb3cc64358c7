"""The number that a hidden caller dials: read as the country dials, used to find them, believed by nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from routing.compile.stated_number import stated_number_context
from routing.decide import registry
from routing.decide.request import parameters
from routing.decide.responsible import Responsible
from routing.esl.facts import call_of
from routing.esl.protocol import Message
from routing.journal.result import StepResult, stated_number
from routing.model.decision import Call
from routing.model.lookup import Owner, OwnerFound
from routing.offline.answering import InProcess, canned
from routing.offline.event_socket import connect_reply
from routing.offline.phones import ScriptedPhones
from routing.offline.published import PublishedRelease
from routing.offline.running import ScriptedCaller
from routing.offline.switch import OfflineCall as Dialled
from routing.process.memory import NoMemory
from support.decision_ports import given
from support.folders import HERE, compiled, laid_out

TOLD = "+380671234567"
HIDDEN = Call("12345678", "/r", "s", "2", "+380800330521", "anonymous", stated_number=TOLD)


def told_of(channel):
    facts = {"uuid": "12345678", "routing_release": "/r", "routing_scheme": "s", "routing_step": "2"}
    return call_of(Message(b"\n" + connect_reply(facts | channel)))


@pytest.mark.parametrize(("caller", "said", "told"), [
    ("anonymous", TOLD, TOLD), ("anonymous", "no", ""), ("anonymous", "", ""), ("anonymous", "${x}", ""),
    ("+48601234567", TOLD, ""), ("115", TOLD, ""),
])  # fmt: skip
def test_only_of_a_hidden_caller_and_only_a_number_is_read(caller, said, told):
    call = told_of({"routing_caller": caller, "routing_told": said})
    assert (call.stated_number, call.lookup_number) == (told, told or caller)


def test_a_webhook_is_told_it_beside_the_caller():
    assert parameters({}, HIDDEN)["caller"] == "anonymous"
    assert parameters({}, HIDDEN)["caller_told"] == TOLD
    assert "caller_told" not in parameters({}, replace(HIDDEN, stated_number=""))
    assert parameters({"send": {"who": "caller_told"}}, replace(HIDDEN, stated_number="")) == {"who": ""}


def test_a_crm_finds_who_is_responsible_and_nobody_is_known_or_named_by_it():
    step = {"kind": "crm", "crm": {"system": "fake"}}
    found = OwnerFound("deal", "7", Owner("1"), "Director Ltd", "https://crm.example.com/7")
    people = Responsible({"1": "ivan"})
    ports = given(responsible=lambda *_: people, crm=lambda *_: found)
    believed = registry.decide(step, replace(HIDDEN, caller=TOLD, stated_number=""), ports)
    only_told = registry.decide(step, HIDDEN, ports)
    assert (believed.decision.person, believed.decision.name) == ("ivan", "Director Ltd")
    assert believed.variables
    assert (only_told.decision.person, only_told.decision.name, only_told.variables) == ("ivan", "", {})
    assert only_told.card == believed.card


class Asked(NoMemory):
    def __init__(self):
        self.callers = []

    def talks(self, project, caller):
        self.callers.append(caller)
        return ()


def test_sticky_looks_for_it_and_known_does_not():
    memory = Asked()
    ports = given(memory=memory, directory=lambda _: SimpleNamespace(phones={}, sip={}), presence=lambda _: None,
                  now=lambda: 5.0)  # fmt: skip
    sticky = {"kind": "sticky", "project": "p", "calls": "both", "within_s": 9, "talked_s": 1, "ring_s": 9}
    registry.decide(sticky, HIDDEN, ports)
    registry.decide({"kind": "known", "project": "p"}, HIDDEN, ports)
    assert memory.callers == [TOLD]


def test_what_the_journal_says():
    assert stated_number(TOLD, True) == (StepResult.CHOSEN, f"entered {TOLD}")
    assert stated_number("no", True)[0] == stated_number("", True)[0] == StepResult.NO_CHOICE
    assert stated_number("", False)[0] == stated_number(TOLD, False)[0] == StepResult.DONE


@pytest.mark.parametrize("country", ["UA", "PL", "IT", "RU", "US", "AR", "MX", None])
def test_every_country_has_forms_that_a_dialplan_may_hold(country):
    folder = SimpleNamespace(project=SimpleNamespace(country=country))
    assert len(stated_number_context(folder).extensions) > 2


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    place = tmp_path_factory.mktemp("asked")
    root = place / "root"
    root.mkdir()
    (root / "current").symlink_to(compiled(laid_out(HERE / "good/ask_number", place / "schemes"), root).folder)
    return PublishedRelease(root)


@pytest.mark.parametrize(("digits", "told"), [
    ("0671234567#", TOLD), ("380671234567#", TOLD), ("00380671234567#", TOLD), ("0048601234567#", "+48601234567"),
    ("12#0671234567#", TOLD), ("12#34#56#", ""), ("#", "no"), ("", "no"), ("112#0671234567", TOLD),
    ("0671234567890123456789", ""),
])  # fmt: skip
def test_what_is_dialled_is_read_as_the_country_dials(published, digits, told):
    sent = []

    def answers(step, call):
        sent.append((call.caller, call.stated_number))
        return canned("refused")(step, call)

    at = datetime(2026, 11, 23, 10, tzinfo=UTC)
    events = published.run(
        Dialled("380800330521", "anonymous", at), ScriptedPhones(), ScriptedCaller(digits),
        decider=InProcess(published.files, answers),
    )  # fmt: skip
    assert sent == [("anonymous", told if told.startswith("+") else "")]
    assert not [event for event in events if event.kind == "error"]
