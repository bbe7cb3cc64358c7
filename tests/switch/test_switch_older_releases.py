"""Releases that older versions compiled, on FreeSWITCH and the engine of today: published, decided, rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from routing.release import publish as publishing
from support.older_releases import ASKS, OLDER, RECORDS, unpack
from support.redis_needed import needs_redis
from support.switchbed import ports
from support.switchbed.agent import Agent
from support.switchbed.engines import Engine, serving
from support.switchbed.handler import Handler
from support.switchbed.lab import HOST, NUMBER, Call, Lab, until

pytestmark = needs_redis
CALLER = "+380671234567"


@dataclass
class Node:
    """FreeSWITCH and engine of today; their own release is live at first, and rings 2002 as the older ones do."""

    lab: Lab
    engine: Engine
    handler: Handler

    def publish(self, name: str) -> None:
        """Make an older version's release live, as `routing publish` does."""
        release = unpack(name, self.lab.root, self.engine.address, self.handler.port)
        publishing.publish(self.lab.root, release, self.lab.switch.esl.api)

    def roll_back(self) -> None:
        """As `routing rollback`."""
        publishing.rollback(self.lab.root, self.lab.switch.esl.api)

    def rings(self, phone: Agent, caller: Agent, number: str = ASKS) -> Call:
        """A talk of a caller with the phone that it must ring."""
        phone.calls.clear()
        call = caller.call(number)
        answer = caller.answered(call, 15)
        assert answer.start == "200", answer.text
        assert until(lambda: phone.received("ACK") and phone.rung(1))
        return call


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    place, port, handler = tmp_path_factory.mktemp("older"), ports.free(), Handler()
    lab = Lab(place / "lab", engine=f"{HOST}:{port}")
    try:
        with serving(lab, port=port, watches=lab.switch.settings.esl_port) as engine:
            yield Node(lab, engine.wait_watching(), handler)
    finally:
        lab.stop()
        handler.stop()


@pytest.fixture(params=OLDER)
def older(request: pytest.FixtureRequest, node: Node) -> Iterator[Node]:
    """The node while such a release is live."""
    node.handler.answers.clear()
    node.publish(request.param)
    yield node
    node.roll_back()


def test_the_engine_asks_the_web_server_of_an_older_release(older):
    older.handler.answers[CALLER] = {"ring": "kira"}
    with older.lab.phone("2003") as phone, older.lab.caller() as caller:
        assert older.rings(phone, caller).request("BYE").start == "200"
    assert older.handler.asked[-1]["caller"] == CALLER


def test_the_engine_finds_the_next_person_of_an_older_release(older):
    older.handler.answers[CALLER] = "timeout"
    with older.lab.phone("2002") as phone, older.lab.caller() as caller:
        assert older.rings(phone, caller).request("BYE").start == "200"


def test_a_talk_outlives_a_rollback_and_the_release_after_it(older, request):
    with older.lab.phone("2002") as phone, older.lab.caller() as caller:
        call = older.rings(phone, caller)
        older.roll_back()
        assert older.rings(phone, caller, NUMBER).request("BYE").start == "200"
        older.roll_back()
        assert call.request("INVITE", body=caller.offer()).start == "200"
        assert call.request("BYE").start == "200"


def test_phones_call_each_other_by_an_older_release(older):
    with older.lab.phone("2001") as asking, older.lab.phone("2002") as phone:
        assert older.rings(phone, asking, "102").request("BYE").start == "200"


def test_an_older_release_takes_a_voicemail(older):
    with older.lab.caller() as caller:
        call = caller.call(RECORDS)
        assert caller.answered(call, 15).start == "200"
        assert call.request("BYE").start == "200"
        assert older.lab.record(call)["routing_box"] == "evening"
