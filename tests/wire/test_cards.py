"""Cards that people ask for: each in a greenlet of its own, whatever is down."""

import gevent
import pytest
from gevent.event import Event

from routing.decide.directory import Directory
from routing.engine.cards import MOST_AT_ONCE, Cards
from routing.model.call import Call
from routing.model.card_request import CardRequest
from routing.model.lookup import Failed, Owner, OwnerFound
from routing.model.memory import Forgotten
from routing.model.notice import from_queue
from routing.release.tables import ReleaseFault

FOUND = OwnerFound("deal", "7", Owner("17"), "Romashka", "https://crm.example.com/deal/7")


class Released:
    def __init__(self, fault=False):
        self.fault = fault

    def directory(self, release):
        if self.fault:
            raise ReleaseFault("gone")
        crms = ({"system": "one"}, {"system": "two"})
        return Directory({}, {}, {}, (), pops="shop", project="shop", card_crms=crms)


def asked(n=1, caller="+380671234567"):
    return CardRequest(Call("12345678", "/r", "b", "", "+380800330521", caller), "ivan.desk", n)


class Desk:
    """What people get, and what is logged; ``answers``: of the CRMs, by name."""

    def __init__(self, put=True, fault=False, **answers):
        self.queued, self.pops, self.log, self.questions = [], [], [], []
        self.answers = answers or {"one": Failed("no answer"), "two": FOUND}
        queue = (lambda *words: self.queued.append(words)) if put is True else put
        self.cards = Cards(
            Released(fault), self.crm, queue, lambda *words: self.pops.append(words),
            lambda *words, **facts: self.log.append((*words, facts)), lambda: 1000.0,
        )  # fmt: skip

    def crm(self, step, call, people):
        self.questions.append((step["crm"]["system"], call.caller))
        answer = self.answers[step["crm"]["system"]]
        if isinstance(answer, Event):
            answer.wait()
            return FOUND
        return answer


def idle():
    for _ in range(3):
        gevent.sleep(0)


def test_the_card_reaches_the_screens_and_the_queue_of_notices():
    desk = Desk()
    desk.cards(asked())
    idle()
    ((project, name, text),) = desk.queued
    notice = from_queue(text)
    assert (project, name) == ("shop", "card-12345678-1")
    assert (notice.person, notice.name, notice.card["url"]) == ("ivan", "Romashka", "https://crm.example.com/deal/7")
    ((shop, pop),) = desk.pops
    assert (shop, pop.person, pop.card.url, pop.by) == ("shop", "ivan", "https://crm.example.com/deal/7", "card_key")
    assert desk.questions == [("one", "+380671234567"), ("two", "+380671234567")]
    assert desk.log[-1][2]["outcome"] == "queued"


def test_a_slow_crm_holds_up_nobody():
    slow = Event()
    desk = Desk(one=slow, two=FOUND)
    desk.cards(asked(1))
    idle()
    desk.answers["one"] = FOUND
    desk.cards(asked(2))
    idle()
    assert [name for _, name, _ in desk.queued] == ["card-12345678-2"]
    slow.set()
    idle()
    assert len(desk.queued) == 2


def test_a_hidden_client_is_looked_up_nowhere():
    desk = Desk()
    desk.cards(asked(caller="anonymous"))
    idle()
    assert desk.questions == [] and from_queue(desk.queued[0][2]).card == {}


def away(*words):
    raise Forgotten("no answer from Redis")


@pytest.mark.parametrize("desk", [Desk(put=None), Desk(put=away), Desk(fault=True), Desk(one="garbage", two=3)])
def test_what_is_lost_is_logged(desk):
    desk.cards(asked())
    idle()
    outcomes = [facts["outcome"] for _, event, facts in desk.log if event == "card"]
    assert outcomes == ["queued" if desk.queued else "lost"]


def test_more_than_can_be_handled_are_dropped():
    slow = Event()
    desk = Desk(one=slow)
    for n in range(MOST_AT_ONCE + 2):
        desk.cards(asked(n))
    lost = [facts["reason"] for _, event, facts in desk.log if event == "card" and facts["outcome"] == "lost"]
    assert lost == ["too many at once"] * 2
    slow.set()
    idle()
