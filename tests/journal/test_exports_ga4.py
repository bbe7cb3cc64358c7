"""Calls of a site's visitors become events of Google Analytics: each at most once, none of whoever refused, no number
of a phone in any of them."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.journal import query, status, store
from routing.model.export_plan import plan_of
from routing.model.exports import STATUSES
from routing.notify.ga4 import body, is_personal
from routing.recorder.exports import exported
from support.exports_bed import CLIENT_ID, NOW_S, VISIT, ExportsBed, call, stream
from support.fake_ga4 import FakeGa4, faults
from support.http_servers import running
from support.journal_bed import Fuse, Killed

HOUR_S = 3600.0
_STREAM = plan_of({"project": "shop", "ga4": {"site": stream("https://x.example")}, "webhooks": {}}).exports["ga4.site"]


@pytest.fixture
def google():
    with running(FakeGa4(lambda: NOW_S)) as server:
        yield server


@pytest.fixture
def bed(tmp_path, google):
    made = ExportsBed(tmp_path, {"site": stream(google.url)})
    yield made
    made.close()


def parameters(google):
    return [event["params"] for _, event, _ in google.counted]


def test_a_call_is_an_event_of_its_visitors_session(bed, google):
    bed.record(call(client="+380671112233", schemes=("shop", "night"), wait_s=7.4))
    assert bed.sender().work() == 1 and bed.states() == ["sent"] and bed.log == []
    ((client, event, content),) = google.counted
    assert client == CLIENT_ID and event["name"] == "phone_call"
    assert event["timestamp_micros"] == content["timestamp_micros"] == int((NOW_S - 60) * 1e6)
    assert content["consent"] == {"ad_user_data": "DENIED", "ad_personalization": "DENIED"}
    assert event["params"] == {
        "session_id": VISIT["ga_session_id"], "engagement_time_msec": 1, "call_status": "proper",
        "call_direction": "in", "call_scheme": "shop", "caller": "first", "wait_seconds": 7, "talk_seconds": 42,
        "visit_source": "google", "visit_medium": "cpc",
    }  # fmt: skip
    assert google.dropped == [] and list(faults(content, NOW_S)) == []


def test_names_by_status_and_kind(tmp_path, google):
    names = {"proper": "good_call", "repeat call": "again", "busy": "all_busy", "missed": "lost"}
    bed = ExportsBed(tmp_path, {"site": stream(google.url, events=names)})
    clients = {"proper": "+380671110001", "short": "+380671110002", "busy": "+380671110003", "lost": "+380671110004"}
    bed.record(call(500, client=clients["proper"]), call(400, client=clients["short"], talk_s=5.0))
    bed.record(call(300, client=clients["proper"]), call(200, "busy", client=clients["busy"]))
    bed.record(call(100, "no answer", client=clients["lost"]), call(90, "rejected"), call(80, direction="out"))
    bed.sender().work()
    assert [event["name"] for _, event, _ in google.counted] == ["good_call", "again", "all_busy", "lost"]
    assert [each["caller"] for each in parameters(google)] == ["first", "repeat", "first", "first"]
    assert [row.state for row in bed.rows()] == ["sent", "discarded", "sent", "sent", "sent"]
    bed.close()


@pytest.mark.parametrize(
    ("source", "needs", "goes"),
    [
        ({}, "not_denied", True),
        ({"consent": "analytics-"}, "not_denied", False),
        ({"consent": "analytics- user_data+"}, "not_denied", False),
        ({"consent": "user_data-"}, "not_denied", True),
        ({}, "granted", False),
        ({"consent": "analytics+"}, "granted", True),
        ({"consent": "user_data+"}, "granted", False),
        ({"ga_client_id": ""}, "not_denied", False),
        ({"ga_stream": "G-OTHER00001"}, "not_denied", False),
        ({"ga_stream": ""}, "not_denied", True),
    ],
)
def test_no_call_of_whoever_refused_or_is_not_known(tmp_path, google, source, needs, goes):
    bed = ExportsBed(tmp_path, {"site": stream(google.url, consent=needs)})
    bed.record(call(source={"ga_client_id": CLIENT_ID, **source}))
    bed.sender().work()
    assert len(google.counted) == google.asked == len(bed.rows()) == int(goes)
    bed.close()


@pytest.mark.parametrize(("ill", "state"), [("reset", "unknown"), ("stall", "unknown"), ("truncated", "unknown"),
                                            ("garbage", "unknown"), ("short", "unknown"), (504, "unknown"),
                                            (400, "refused"), (413, "refused")])  # fmt: skip
def test_what_google_may_have_is_never_sent_again(bed, google, ill, state):
    google.ills = [ill]
    bed.record(call())
    sender = bed.sender(patience_s=0.2)
    sender.work()
    for _ in range(3):
        bed.now_s += 4000
        sender.work()
    assert google.asked == 1 and len(google.counted) <= 1 and bed.states() == [state]
    assert [line[0] for line in bed.log] == ["error"] and bed.rows()[0].problem


@pytest.mark.parametrize("ill", [500, 502, 503, 429, 408])
def test_what_google_has_not_taken_is_sent_again(bed, google, ill):
    google.ills = [ill, ill]
    bed.record(call())
    sender = bed.sender()
    for _ in range(4):
        sender.work()
        bed.now_s += 200
    assert len(google.counted) == 1 and google.asked == 3 and bed.states() == ["sent"]
    assert [line[2]["problem"] for line in bed.log] == [f"HTTP {ill}"] * 2


def test_while_google_is_away_calls_wait_and_each_counts_once_with_its_own_time(bed, google):
    bed.plan = replace(
        bed.plan, exports={"ga4.site": replace(bed.plan.exports["ga4.site"], endpoint="http://127.0.0.1:9")}
    )
    bed.record(*(call(600 - n) for n in range(30)))
    sender = bed.sender()
    for _ in range(40):
        sender.work()
        bed.now_s += 60
    assert bed.states() == ["waiting"] * 30 and 0 < len(bed.log) < 90
    stream_ = replace(bed.plan.exports["ga4.site"], endpoint=google.url)
    bed.plan = replace(bed.plan, exports={"ga4.site": stream_})
    bed.now_s += 3600
    while sender.work():
        pass
    times = sorted(event["timestamp_micros"] for _, event, _ in google.counted)
    assert times == [int((NOW_S - 600 + n) * 1e6) for n in range(30)] and bed.states() == ["sent"] * 30


@pytest.mark.parametrize(
    ("ago_s", "session", "goes"),
    [
        (60.0, str(int(NOW_S - 23.9 * HOUR_S)), True),
        (60.0, str(int(NOW_S - 24.1 * HOUR_S)), False),  # Google attributes nothing to that session any more
        (23 * HOUR_S, "", True),
        (71.9 * HOUR_S, "", True),
        (72.1 * HOUR_S, "", False),
        (71.9 * HOUR_S, "not-a-time", True),
        (60.0, str(int(NOW_S + 500)), True),  # the visitor's clock is ahead
    ],
)
def test_too_old_for_google(bed, google, ago_s, session, goes):
    bed.record(call(ago_s, source=VISIT | {"ga_session_id": session}))
    bed.sender().work()
    assert len(google.counted) == google.asked == int(goes) and google.dropped == []
    assert bed.states() == ["sent" if goes else "expired"]


@pytest.mark.thorough
def test_killed_at_any_operation_no_event_counts_twice(tmp_path, google):
    """Between the mark and the answer nobody knows: the event is given up as unknown, never sent again."""
    killed_at, operations, lost = 0, 1, 0
    while killed_at < operations:
        folder = tmp_path / str(killed_at)
        folder.mkdir()
        bed = ExportsBed(folder, {"site": stream(google.url)})
        bed.record(call(60), call(50), call(40))
        google.counted.clear()
        try:
            bed.sender(Fuse(killed_at)).work()
        except Killed:
            operations = max(operations, killed_at + 2)
        for _ in range(3):
            bed.now_s += 1000
            bed.sender().work()
        times = [event["timestamp_micros"] for _, event, _ in google.counted]
        assert len(times) == len(set(times)) >= 2, f"killed at operation {killed_at}"
        assert set(bed.states()) <= {"sent", "unknown"} and bed.states().count("unknown") <= 1
        lost += 3 - len(times)
        bed.close()
        killed_at += 1
    assert killed_at > 20 and lost > 0


def test_an_event_of_a_process_that_died_is_counted_as_unknown(bed, google):
    bed.record(call())
    fuse = Fuse()

    def dies(*request):
        fuse.left = 0
        bed.sender().post(*request)
        fuse.burn()

    with pytest.raises(Killed):
        bed.sender(fuse, post=dies).work()
    assert bed.states() == ["sending"] and len(google.counted) == 1
    bed.sender().work()
    assert bed.states() == ["sending"]  # its lease runs
    bed.now_s += 1000
    sender = bed.sender()
    sender.work()
    assert bed.states() == ["unknown"] and sender.counts.exports_unknown == 1 and len(google.counted) == 1


def test_a_call_is_recorded_with_its_exports_or_not_at_all(bed):
    def broken(found):
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        store.record(bed.engine, [call()], broken)
    assert query.whole_call(bed.engine, "x") is None and list(query.find(bed.engine, query.CallFilter())) == []
    one = call()
    assert bed.record(one) == 1 and bed.record(one) == 0 and len(bed.rows()) == 1


def test_a_call_that_is_recorded_anew_from_its_cdr_is_not_exported_again(bed, google):
    one = call()
    bed.record(one)
    bed.sender().work()
    store.record(bed.engine, [replace(call(70, "unfinished", id_="u"), talk_s=1.0, bridged=0.0)])
    bed.record(replace(one, id="u"))
    bed.sender().work()
    bed.record(replace(one, id="u"))
    bed.sender().work()
    assert len(google.counted) == 2 and bed.states() == ["sent", "sent"]


def test_a_call_that_is_forgotten_leaves_no_trace_in_the_outbox(bed, google):
    one, other = call(), call()
    bed.record(one, other)
    store.forget(bed.engine, [one.id])
    assert [row.call for row in bed.rows()] == [other.id]
    store.forget_old(bed.engine, [other.id])
    assert bed.rows() == [] and bed.sender().work() == 0 and google.asked == 0


PERSONAL = ("ivan@example.com", "+380671112233", "0671112233", "067 111 22 33", "call (067) 111-22-33", "380671112233",
            "1112233", "00380671112233", "x0671112233")  # fmt: skip
HARMLESS = ("google", "20123456789", "summer 2026", "2026-11-23", "drainage-kharkiv", "1.5", "city 521")


@pytest.mark.parametrize("text", PERSONAL)
def test_facts_that_look_personal_are_left_out(bed, google, text):
    bed.record(call(client="+380671112233", source=VISIT | {"utm_term": text, "utm_content": text, "landing": text}))
    bed.sender().work()
    ((_, event, content),) = google.counted
    assert "visit_term" not in event["params"] and "1112233" not in json.dumps(content)


@pytest.mark.parametrize("text", ["+380671112233", "380671112233.1795390000", "ivan@example.com"])
@pytest.mark.parametrize("fact", ["ga_client_id", "ga_session_id"])
def test_no_event_of_a_visitor_whose_id_is_personal(bed, google, fact, text):
    bed.record(call(client="+380671112233", source=VISIT | {fact: text}))
    bed.sender().work()
    assert google.asked == 0 and bed.states() == ["discarded"]


def test_harmless_facts_stay(bed):
    one = exported(call(client="+380671112233"), True)
    assert [text for text in HARMLESS if is_personal(text, one)] == []


@given(
    client=st.from_regex(r"\+[1-9][0-9]{7,14}", fullmatch=True),
    writing=st.sampled_from(["{}", "tel:{}", "{0:.4} {0}", "x{}y", "{} "]),
    rest=st.text(max_size=40),
)
def test_no_body_holds_the_clients_number(client, writing, rest):
    """However it is written into a link: with and without the plus, between letters."""
    written = {writing.format(client), writing.format(client[1:]), writing.format("0" + client[4:])}
    for text in written:
        facts = {"utm_source": text, "utm_term": rest + text, "landing": f"/{text}", "referrer": text}
        sent = body(_STREAM, exported(call(client=client, source=VISIT | facts), False))
        assert client[1:] not in sent.decode() and client[-7:] not in json.loads(sent)["events"][0]["params"].values()
        assert list(faults(json.loads(sent), NOW_S)) == []


def test_the_statuses_of_exports_are_those_of_calls():
    assert sorted(STATUSES) == sorted(each.name for each in status.STATUSES)
