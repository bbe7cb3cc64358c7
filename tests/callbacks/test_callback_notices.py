"""Notices of orders: the webhook gets each event, in order and once; the scheme's addressees an end without a talk."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from routing.callbacks import leases
from routing.model.callback import CallbackSource
from routing.model.callback_plan import CallbackScheme
from routing.model.notice import Later, NoticeRefused
from routing.model.web import NoReply, Reply
from routing.notify.hook import WebHooks, body
from routing.notify.message import of_callback
from routing.recorder.callback_notices import CallbackNotices
from support.callback_orders import CLIENT, NOW, PROJECT, a_plan, an_order

HOOK, BRANCH, BOSS = "https://crm.example.com/callbacks", "https://branch.example.com/x", "boss@example.com"
PLAN = a_plan(webhook=HOOK, schemes={"sales": CallbackScheme(notify=(BOSS, BRANCH, "nobody"))})


class Bed:
    """Notices with servers that answer as `down` says; `sent`: (addressee, notice)."""

    def __init__(self, store):
        self.store, self.now, self.plan, self.sent = store, NOW, PLAN, []
        self.down: dict[str, Exception] = {}
        self.log: list[str] = []
        self.token = leases.take(store.engine, PROJECT, "engine", NOW, 1e9)

    def notices(self, mail=True):
        return CallbackNotices(
            self.store.engine, self if mail else None, self, lambda level, text, **_: self.log.append(text),
            lambda: self.now, lambda: PROJECT, lambda: self.plan,
        )  # fmt: skip

    def tell(self, notice, url):
        if url in self.down:
            raise self.down[url]
        self.sent.append((url, notice))

    def send(self, notice):
        if BOSS in self.down:
            raise self.down[BOSS]
        self.sent.append((notice.to, notice))
        return {}

    def events(self, to=HOOK):
        return [notice.status for addressee, notice in self.sent if addressee == to]

    def dial(self, cause, talked_s=0.0, uuid="u1"):
        assert self.store.start("one", uuid, self.token, self.now)
        self.store.finish(uuid, cause, talked_s, self.now + 20)


@pytest.fixture
def bed(store):
    bed = Bed(store)
    store.order(an_order())
    return bed


def test_the_webhook_gets_the_whole_life_in_order(bed):
    bed.notices().work()
    bed.dial("NO_ANSWER")
    bed.now += 1000
    bed.dial("NORMAL_CLEARING", 40, "u2")
    assert bed.notices().work() == 4 and bed.notices().work() == 0
    assert bed.events() == ["ordered", "dialling", "ordered", "dialling", "talked"]
    assert len({notice.id for _, notice in bed.sent}) == 5 and bed.sent[0][1].id == "callback-one-1"
    assert bed.events(BRANCH) == []


@pytest.mark.parametrize(("cause", "status"), [("UNALLOCATED_NUMBER", "given_up"), ("", "expired")])
def test_who_was_not_reached_is_told_to_the_schemes_addressees(bed, cause, status):
    if cause:
        bed.dial(cause)
    else:
        bed.now += 86400
        bed.store.expire(PROJECT, bed.now)
    bed.notices().work()
    assert bed.events(BRANCH) == [status] == bed.events((BOSS,)) == bed.events()[-1:]
    assert bed.notices(mail=False).work() == 0


def test_an_address_that_is_away_gets_it_later_and_nobody_twice(bed):
    bed.down[HOOK] = Later("HTTP 500", is_away=True)
    bed.dial("UNALLOCATED_NUMBER")
    assert bed.notices().work() == 0 and bed.sent == []
    del bed.down[HOOK]
    bed.now += 100
    bed.down[BOSS] = Later("away", is_away=True)
    assert bed.notices().work() == 2 and bed.events() == ["ordered", "dialling", "given_up"]
    assert bed.events(BRANCH) == ["given_up"] and bed.events((BOSS,)) == []
    del bed.down[BOSS]
    bed.now += 4000
    assert bed.notices().work() == 1 and bed.events((BOSS,)) == ["given_up"] == bed.events(BRANCH)


def test_an_order_waits_for_its_own_events_and_not_for_those_of_others(bed):
    bed.down[HOOK] = Later("HTTP 500", is_away=True)
    bed.notices().work()
    del bed.down[HOOK]
    bed.store.order(an_order(id="two", number="+380671234568", created_s=NOW + 1))
    assert bed.notices().work() == 1 and [notice.order for _, notice in bed.sent] == ["two"]


def test_a_refused_notice_is_not_sent_again_and_an_old_one_given_up(bed):
    bed.down[HOOK] = NoticeRefused("HTTP 410")
    assert bed.notices().work() == 1 and bed.log == ["notice refused"]
    bed.store.cancel("one", NOW)
    bed.down[HOOK] = Later("HTTP 500", is_away=True)
    bed.now += 8 * 86400
    assert bed.notices().work() == 1 and bed.log[-1] == "notice given up"


@pytest.mark.parametrize("plan", [None, a_plan()])
def test_without_anybody_to_tell_nothing_piles_up(bed, plan):
    bed.plan = plan
    assert bed.notices().work() == 1 and bed.sent == []


def test_a_dead_senders_claim_ends(bed):
    bed.down[HOOK] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        bed.notices().work()
    bed.down.clear()
    assert bed.notices().work() == 0
    bed.now += 901
    assert bed.notices().work() == 1 and bed.events() == ["ordered"]


def test_what_the_webhook_gets(bed):
    posted = []

    def post(method, url, headers, content, deadline_s):
        posted.append((method, url, headers, json.loads(content)))
        return Reply(204, {}, b"")

    store = bed.store
    store.order(replace(an_order(), source=CallbackSource.WIDGET))
    notices = bed.notices()
    notices.hooks = WebHooks(post, lambda id_, at, content: {"webhook-id": id_}, lambda: NOW)
    notices.work()
    assert posted == [
        (
            "POST", HOOK, {"webhook-id": "callback-one-1"},
            {
                "kind": "callback", "event": "ordered", "at": "2026-11-23T08:00:00+00:00", "id": "one",
                "status": "ordered", "project": "shop", "number": CLIENT, "scheme": "sales",
                "source": "widget", "first": "person",
                "created": "2026-11-23T08:00:00+00:00", "next": "2026-11-23T08:00:00+00:00",
                "expires": "2026-11-24T08:00:00+00:00", "tries_left": 3, "attempts": [],
            },
        )
    ]  # fmt: skip


def test_a_silent_server_is_asked_again(bed):
    def post(*_):
        raise NoReply("connection refused")

    notices = bed.notices()
    notices.hooks = WebHooks(post, lambda *_: {}, lambda: NOW)
    assert notices.work() == 0 and bed.notices().work() == 0
    bed.now += 61
    assert bed.notices().work() == 1


def test_the_message_about_a_client_who_was_not_reached(bed):
    bed.dial("UNALLOCATED_NUMBER")
    bed.notices().work()
    notice = next(notice for to, notice in bed.sent if to == (BOSS,))
    mail = of_callback(notice, ZoneInfo("Europe/Kyiv"), "pbx@example.com")
    assert (mail["Subject"], mail["To"]) == ("Callback to +380671234567 given up (sales)", BOSS)
    assert mail["Message-ID"] == "<callback-one-3@shop>"
    assert mail.get_content().splitlines() == [
        "Client:    +380671234567", "Scheme:    sales", "Attempts:  1", "Time:      2026-11-23 10:00:20 Europe/Kyiv",
        "Order:     one",
    ]  # fmt: skip
    assert json.loads(body(notice))["at"] == datetime.fromtimestamp(NOW + 20, UTC).isoformat(timespec="seconds")
