"""Feature codes with which people sign in and out of queues, pause and return."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from routing.decide import registry
from routing.model.decision import Call
from routing.offline.duties import OfflineDuties
from routing.process.memory import NoDuties
from support.decision_ports import given


def dial(state, duties, person="ivan", now=5.0):
    directory = SimpleNamespace(phones={"ivan": frozenset({"desk"})})
    call = Call("12345678", "/r", "codes", state, "", "anonymous", person=person)
    ports = given(duties=duties, directory=lambda _: directory, now=lambda: now)
    return registry.decide({"kind": "duty", "project": "p", "state": state, "timeout_s": 0.5}, call, ports)


def test_each_code_is_stored_for_the_person_whose_phone_dialled():
    duties = OfflineDuties()
    assert dial("sign_in", duties).variables == {"routing_duty": "sign_in"}
    assert duties.records["ivan"].signed_in == {"*": True}
    dial("sign_out", duties)
    dial("pause", duties)
    assert (duties.records["ivan"].signed_in, duties.records["ivan"].is_on_break) == ({"*": False}, True)
    dial("ready", duties)
    assert (duties.records["ivan"].is_on_break, duties.records["ivan"].ready_ms) == (False, 5000)


@pytest.mark.parametrize(
    ("person", "duties", "outcome"), [("", OfflineDuties(), "refused"), ("ivan", NoDuties(), "failed")]
)
def test_nothing_is_done_without_a_person_or_a_memory(person, duties, outcome):
    verdict = dial("pause", duties, person)
    assert (verdict.outcome, verdict.variables) == (outcome, {})
