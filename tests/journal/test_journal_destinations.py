"""Each destination of notices has a queue of its own: a dead or silent one holds up nobody else's."""

from __future__ import annotations

import json
from dataclasses import replace
from threading import Thread

import pytest

from routing.journal.destinations import FIRST_REST_SECONDS, LONGEST_REST_SECONDS, Destinations
from routing.journal.release import email_of, notify_of
from routing.model.notice import Later, Notice
from routing.notify.hook import WebHooks
from routing.recorder.notices import _headers, post
from support.hostile_http import Hostile
from support.notices_bed import HEAD, Telling
from support.smtp_bed import SmtpServer


class Dead:
    """Web addresses: each is told what it is, and counted; ``away`` hosts are away."""

    def __init__(self, *away: str) -> None:
        self.away, self.asked = away, []

    def tell(self, notice: Notice, url: str) -> None:
        self.asked.append(url)
        if any(host in url for host in self.away):
            raise Later("no answer", is_away=True)


@pytest.fixture
def telling(bed):
    with SmtpServer() as server:
        made = Telling(bed, server.url)
        made.server = server
        yield made


def _many(telling, count, *notify):
    rows = [
        replace(telling.call, id=f"{notify[0]}-{n}", notify=notify, ended=telling.call.ended - 1) for n in range(count)
    ]
    telling.record(*rows)


@pytest.mark.thorough
def test_a_dead_address_costs_one_try_and_no_other_notice_a_second(telling):
    telling.hooks = hooks = Dead("dead.example")
    _many(telling, 210, "http://dead.example/a")
    _many(telling, 2, "http://alive.example/b")
    telling.record(replace(telling.call, notify=(HEAD,)))
    notices = telling.notices()
    assert not notices.work()
    assert len(telling.server.received) == 1
    assert sorted(hooks.asked) == ["http://alive.example/b"] * 2 + ["http://dead.example/a"]
    assert notices.work() and len(hooks.asked) == 3, "nobody is due"
    for tries in range(4, 10):
        telling.clock_s += LONGEST_REST_SECONDS + 1
        assert not notices.work() and len(hooks.asked) == tries
    hooks.away = ()
    for _ in range(20):
        telling.clock_s += 3600
        notices.work()
    assert telling.is_told() and len(hooks.asked) == 9 + 210


def test_whoever_can_be_told_of_a_call_is_told_while_another_is_away(telling):
    telling.hooks = hooks = Dead("dead.example")
    telling.record(replace(telling.call, id="one", notify=("http://dead.example/a",)),
                   replace(telling.call, id="two", notify=("http://dead.example/a", HEAD)))  # fmt: skip
    assert not telling.notices().work()
    assert len(telling.server.received) == 1 and len(hooks.asked) == 1


@pytest.mark.parametrize("waits", [True, False])
def test_a_silent_address_holds_up_no_mail(telling, waits):
    """Over real sockets: nothing is answered, or ``100 Continue`` without end."""
    silent = Hostile(b"", b"" if waits else b"HTTP/1.1 100 Continue\r\n\r\n", pause_s=0.0 if waits else 0.01)
    telling.hooks = WebHooks(post, _headers, lambda: telling.clock_s)
    _many(telling, 20, f"http://127.0.0.1:{silent.port}/a")
    telling.record(replace(telling.call, notify=(HEAD,)))
    notices = telling.notices()
    running = Thread(target=notices.run, daemon=True)
    running.start()
    try:
        while not telling.server.received:
            running.join(0.01)
        assert silent.asked < 3
    finally:
        notices.stop.set()
        silent.stop()
        running.join(30)


def test_a_destination_rests_longer_and_longer_and_is_well_at_once():
    now = [1000.0]
    places = Destinations(lambda: now[0])
    for rest_s in (2, 4, 8, 16, 32, 60, 60):
        assert places.wait_s(["http://a.example/x"]) == 0
        with pytest.raises(Later), places.conversation("http://a.example/x"):
            raise Later("away", is_away=True)
        assert places.wait_s(["http://a.example/other"]) == rest_s
        assert places.wait_s(["http://a.example/x", "head@example.com"]) == 0
        with pytest.raises(Later, match="paused or busy") as told, places.conversation("http://a.example/y"):
            raise AssertionError("asked")
        assert told.value.after_s == rest_s
        now[0] += rest_s
    with places.conversation("http://a.example/x"):
        assert places.wait_s(["http://a.example/x"]) > 0, "one at a time"
    with pytest.raises(Later), places.conversation("http://a.example/x"):
        raise Later("this mailbox is full")
    assert places.wait_s(["http://a.example/x"]) == 0
    with pytest.raises(Later), places.conversation("http://a.example/x"):
        raise Later("away", is_away=True)
    now[0] -= 1e6
    assert places.wait_s(["http://a.example/x"]) == LONGEST_REST_SECONDS and FIRST_REST_SECONDS == 2


def test_a_table_that_could_not_be_read_is_read_again(tmp_path):
    table = tmp_path / "table.json"
    for broken in (None, "", "{"):
        if broken is not None:
            table.write_text(broken)
        assert email_of(str(tmp_path), "ivan") == "" and notify_of(str(tmp_path), ()) == ()
    table.write_text(json.dumps({"people": {"ivan": {"email": "i@example.com"}}, "notify": ["head@example.com"]}))
    assert email_of(str(tmp_path), "ivan") == "i@example.com"
    assert notify_of(str(tmp_path), ()) == ("head@example.com",)
