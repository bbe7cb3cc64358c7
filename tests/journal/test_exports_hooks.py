"""Calls as signed webhooks: each at least once with one id, whoever else is away, by whichever process comes first."""

import json
from dataclasses import replace
from threading import Barrier, Thread

import pytest

from routing.decide.request import signature
from routing.journal import exports
from routing.journal.exports_schema import STATES, ExportState
from routing.journal.sending import STALE_SECONDS
from support.exports_bed import NOW_S, SECRETS, VISIT, ExportsBed, call, hook, stream
from support.fake_ga4 import FakeGa4
from support.http_servers import StatusServer, running
from support.journal_bed import Fuse, Killed
from support.waiting import until


@pytest.fixture
def warehouse():
    with running(StatusServer("/calls")) as server:
        yield server


@pytest.fixture
def make_bed(tmp_path):
    made = []

    def make(*given, **facts):
        made.append(ExportsBed(tmp_path, *given, **facts))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def bed(make_bed, warehouse):
    return make_bed(webhooks={"dwh": hook(warehouse.url)})


def test_a_call_with_its_source_signed(bed, warehouse):
    one = replace(call(client="+380671112233", person="ivan", id_="c1"), client_name="Ромашка")
    bed.record(one)
    assert bed.sender().work() == 1 and bed.states() == ["sent"] and bed.log == []
    ((headers, content, _),) = warehouse.asked
    assert json.loads(content) == {
        "kind": "call", "call_id": "c1", "project": "shop", "direction": "in", "status": "answered",
        "kind_of_answered": "proper", "missed": False, "first_call": True, "number": "+380441230002",
        "client": "+380671112233", "client_name": "Ромашка", "scheme": "shop", "schemes": ["shop"], "person": "ivan",
        "started": "2026-11-23T02:12:20+00:00", "talked": "2026-11-23T02:12:30+00:00",
        "ended": "2026-11-23T02:13:12+00:00", "wait_s": 10.0, "talk_s": 42.0, "source": VISIT,
    }  # fmt: skip
    assert headers["Webhook-Id"] == "webhooks.dwh-c1" and headers["Webhook-Timestamp"] == str(int(NOW_S))
    assert headers["Webhook-Signature"] == signature("webhooks.dwh-c1", int(NOW_S), content, SECRETS["DWH_KEY"])


def test_two_keys_while_one_replaces_the_other(bed, warehouse):
    bed.record(call())
    bed.sender(secrets={"DWH_KEY": "new-key old-key"}).work()
    assert len(warehouse.asked[0][0]["Webhook-Signature"].split()) == 2


def test_which_calls(make_bed, warehouse):
    chosen = hook(warehouse.url, statuses=["missed", "unfinished"], schemes=["night"], directions=["in", "out"])
    bed = make_bed(webhooks={"some": chosen})
    missed = [call(9, "busy", schemes=("shop", "night"), id_="a"), call(8, "unfinished", schemes=("night",), id_="b")]
    bed.record(*missed, call(7, "busy"), call(6, schemes=("night",)), call(5, "busy", direction="internal"))
    bed.sender().work()
    assert [json.loads(content)["call_id"] for _, content, _ in warehouse.asked] == ["a", "b"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_that_is_away_gets_it_later_with_the_same_id(bed, warehouse, status):
    warehouse.statuses = [status, status, 200]
    bed.record(call())
    sender = bed.sender()
    for _ in range(4):
        sender.work()
        bed.now_s += 200
    ids = {headers["Webhook-Id"] for headers, _, _ in warehouse.asked}
    assert len(ids) == 1 and len(warehouse.asked) == 3 and bed.states() == ["sent"] and sender.counts.exported == 1


def test_a_refusal_is_final_and_a_person_may_send_it_again(bed, warehouse):
    warehouse.statuses = [410, 200]
    bed.record(call())
    bed.sender().work()
    (row,) = bed.rows()
    assert (row.state, row.problem, row.attempts) == ("refused", "HTTP 410", 1)
    assert not exports.discard(bed.engine, row, bed.now_s) and exports.send_again(bed.engine, row, bed.now_s)
    bed.sender().work()
    assert bed.states() == ["sent"] and not exports.send_again(bed.engine, row, bed.now_s)


def test_what_waits_may_be_discarded(bed, warehouse):
    bed.record(call())
    assert exports.discard(bed.engine, bed.rows()[0], bed.now_s)
    bed.sender().work()
    assert warehouse.asked == [] and bed.states() == ["discarded"]


def test_a_server_that_hangs_delays_nobody_else(make_bed, warehouse):
    warehouse.hangs = True
    with running(FakeGa4(lambda: NOW_S)) as google:
        bed = make_bed({"site": stream(google.url)}, {"dwh": hook(warehouse.url)})
        bed.record(*(call(600 - n) for n in range(20)))
        sender = bed.sender(patience_s=30.0)
        hanging = Thread(target=sender.work)
        hanging.start()
        until(lambda: warehouse.asked)
        while bed.states("ga4.site") != ["sent"] * 20:
            sender.work()
        assert len(warehouse.asked) == 1
        sender.stop.set()
        warehouse.released.set()
        hanging.join()


def test_of_several_processes_one_sends_each(make_bed, warehouse):
    bed = make_bed(webhooks={"dwh": hook(warehouse.url)})
    bed.record(*(call(600 - n) for n in range(40)))
    _sent_by_four(bed)
    ids = [headers["Webhook-Id"] for headers, _, _ in warehouse.asked]
    assert len(ids) == len(set(ids)) == 40


def test_on_postgresql_too(make_bed, warehouse, postgresql):
    with running(FakeGa4(lambda: NOW_S)) as google:
        bed = make_bed({"site": stream(google.url)}, {"dwh": hook(warehouse.url)}, database=postgresql)
        bed.record(*(call(600 - n) for n in range(40)))
        _sent_by_four(bed)
        assert len({headers["Webhook-Id"] for headers, _, _ in warehouse.asked}) == len(warehouse.asked) == 40
        assert len(google.counted) == 40 and exports.waiting(bed.engine, "shop").waiting == 0
        assert exports.counted(bed.engine, "shop") == {("ga4.site", "sent"): 40, ("webhooks.dwh", "sent"): 40}
        bed.now_s += 40 * 86400
        assert exports.prune(bed.engine, bed.now_s) == 80


def _sent_by_four(bed):
    """Four processes at once, until nothing waits."""
    begins = Barrier(4)

    def sends():
        sender = bed.sender()
        begins.wait()
        while exports.waiting(bed.engine, "shop").waiting:
            sender.work()

    threads = [Thread(target=sends) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.thorough
def test_killed_at_any_operation_every_call_arrives(make_bed, tmp_path, warehouse):
    killed_at, operations, doubled = 0, 1, 0
    while killed_at < operations:
        bed = make_bed(webhooks={"dwh": hook(warehouse.url)}, database=str(tmp_path / f"{killed_at}.db"))
        bed.record(call(60), call(50))
        warehouse.asked.clear()
        try:
            bed.sender(Fuse(killed_at)).work()
        except Killed:
            operations = max(operations, killed_at + 2)
        for _ in range(2):
            bed.now_s += 1000
            bed.sender().work()
        ids = [headers["Webhook-Id"] for headers, _, _ in warehouse.asked]
        assert len(set(ids)) == 2 and bed.states() == ["sent"] * 2, f"killed at operation {killed_at}"
        doubled += len(ids) - 2
        bed.close()
        killed_at += 1
    assert killed_at > 15 and doubled > 0  # receivers know them by their ids


def test_without_the_secret_nothing_is_sent_and_the_log_says_so_now_and_then(bed, warehouse):
    bed.record(*(call(600 - n) for n in range(30)))
    sender = bed.sender(secrets={})
    for _ in range(60):
        sender.work()
        bed.now_s += 1
    assert warehouse.asked == [] and 1 <= len(bed.log) <= 7
    assert bed.log[0][2]["problem"] == "the secret DWH_KEY is not set (hint: --secrets)"
    bed.now_s += 300
    sender.secrets = SECRETS
    for _ in range(2):
        sender.work()
        bed.now_s += 3600
    assert bed.states() == ["sent"] * 30


def test_what_waits_too_long_or_too_many_is_given_up_and_counted(bed, monkeypatch):
    bed.record(*(call(600 - n, id_=f"c{n:02}") for n in range(30)))
    monkeypatch.setattr(exports, "MOST_WAITING", 20)
    sender = bed.sender(plan=lambda: None)
    sender.work()
    assert [row.state for row in bed.rows()] == ["expired"] * 10 + ["waiting"] * 20
    assert sender.counts.exports_expired == 10 and bed.rows()[0].problem == "more than 20 wait"
    bed.now_s += STALE_SECONDS + 700
    sender.work()
    assert bed.states() == ["expired"] * 30 and sender.counts.exports_expired == 30


def test_an_export_that_is_gone_waits_for_a_rollback(bed, warehouse):
    bed.record(call())
    plan, bed.plan = bed.plan, type(bed.plan)("shop", {})
    bed.sender().work()
    assert bed.states() == ["waiting"]
    bed.plan = plan
    bed.sender().work()
    assert bed.states() == ["sent"]


def test_every_state_has_a_meaning():
    assert set(STATES) == set(ExportState)
