"""A phone that sends its caller on, offline: what the shared cases cannot say (limits, times, carriers)."""

from datetime import UTC, datetime, timedelta

import pytest

from routing.cli.opened import opened
from routing.offline.events import ended, rung
from routing.offline.limits import Limits
from routing.offline.phones import BadBehaviour, ScriptedCaller, ScriptedPhones, parse_transfer
from routing.offline.switch import OfflineCall, login

NOON = datetime(2026, 11, 23, 10, tzinfo=UTC)
FOLDER = {
    "company.yaml": """
project: {name: lab, timezone: Europe/Kyiv, country: UA, destinations: [UA], secrets: env}
people:
  sales: {name: Sales, phones: {desk: {sip: "2001"}, mobile: {number: "+380501120001"}}, ring: [desk], extension: "101"}
  support: {name: Support, phones: {desk: {sip: "2002"}}, ring: [desk], extension: "102"}
gateways: {main: {proxy: "127.0.0.1", register: false, numbers: ["+380800330900"]}}
""",
    "office.yaml": """
scheme: office
numbers: ["+380800330902"]
steps: [{ring: {to: support, for: 8s}}, {hangup: NO_ANSWER}]
""",
    "mobile.yaml": """
scheme: mobile
numbers: ["+380800330903"]
steps: [{ring: {to: sales.mobile, for: 8s}}, {hangup: NO_ANSWER}]
""",
}
MOBILE = "+380501120001"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("schemes")
    for name, text in FOLDER.items():
        (folder / name).write_text(text, encoding="utf-8")
    with opened(folder) as found:
        yield found


def carry(published, phones, *, to="+380800330902", account="", at=NOON, limits=None, uuid="call"):
    call = OfflineCall(to, f"+3806712345{len(uuid)}{uuid[-1]}", at, uuid=uuid)
    if account:
        told = login(account, published.accounts[account])
        call = OfflineCall(to, account, at, uuid=uuid, context="routing_internal", variables=told)
    return published.run(call, ScriptedPhones.of(phones, "unreachable"), limits=limits)


def test_the_time_and_the_way_are_told(published):
    events = carry(published, {"support.desk": "answers after 2s, transfers to 101 after 3s", "sales.desk": "answers"})
    told = [(event.kind, event.at_ms, event.subject) for event in events if event.kind in ("talk", "transferred")]
    assert told == [("talk", 2000, "support.desk"), ("transferred", 5000, "support.desk"), ("talk", 5000, "sales.desk")]


def test_a_phone_that_hangs_up_before_sends_nobody_on(published):
    events = carry(published, {"support.desk": "answers, talks 2s, transfers to 101 after 3s"})
    assert rung(events) == ["support.desk"]
    assert ended(events).at_ms == 2000


def test_a_carrier_sends_nobody_on(published):
    events = carry(published, {"sales.mobile": "answers, talks 9s, transfers to 102 after 1s"}, to="+380800330903")
    assert rung(events) == ["sales.mobile"]
    assert ended(events).at_ms == 9000


def test_who_was_sent_on_may_be_nobody_when_the_phone_does_not_take_him_back(published):
    events = carry(published, {"support.desk": "answers, transfers to 101 after 1s", "sales": "busy"})
    assert rung(events) == ["support.desk", "sales.desk", "support.desk"]


@pytest.mark.parametrize(("target", "counts"), [("0501120001", True), ("101", False), ("112", False)])
def test_numbers_outside_count_as_calls_of_the_account(published, target, counts):
    limits, phones = (
        Limits(),
        {"support.desk": f"answers, transfers to {target} after 1s", "sales": "answers, talks 1s"},
    )
    phones["112"] = "answers, talks 1s"
    for place in range(30):
        moment = NOON + timedelta(seconds=place * 1.5)
        carry(published, phones, at=moment, limits=limits, uuid=f"call-{place}")
    moment = NOON + timedelta(seconds=50)
    last = carry(published, {"sales": "answers"}, to="101", account="2002", at=moment, limits=limits, uuid="last")
    assert (ended(last).subject == "CALL_REJECTED") is counts


def test_over_the_limit_the_caller_comes_back(published):
    limits, phones = Limits(), {"support.desk": "answers, transfers to 0501120001 after 1s"}
    phones["sales"] = "answers, never hangs up"
    moments = [NOON + timedelta(seconds=place / 10) for place in range(6)]
    calls = [carry(published, phones, at=at, limits=limits, uuid=f"call-{n}") for n, at in enumerate(moments)]
    assert [rung(events)[1] for events in calls] == [MOBILE] * 5 + ["support.desk"]


@pytest.mark.parametrize(
    ("phones", "told"),
    [
        (
            {"support.desk": "answers after 2s, transfers to 101 after 3s, attended", "sales.desk": "answers after 1s"},
            [("talk", 2000, "support.desk"), ("consults", 5000, "support.desk"), ("transferred", 8000, "support.desk"),
             ("talk", 8000, "sales.desk")],
        ),
        (
            {"support.desk": "answers, talks 9s, transfers to 101 after 3s, attended", "sales.desk": "busy after 2s"},
            [("talk", 0, "support.desk"), ("consults", 3000, "support.desk"), ("taken_back", 5000, "support.desk")],
        ),
    ],
)  # fmt: skip
def test_who_is_asked_first_takes_the_caller_or_the_talk_goes_on(published, phones, told):
    events = carry(published, phones)
    kinds = ("talk", "transferred", "consults", "taken_back")
    assert [(event.kind, event.at_ms, event.subject) for event in events if event.kind in kinds] == told
    assert ended(events).at_ms == (36_000 if len(told) == 4 else 9_000)


def test_a_phone_in_no_talk_sends_nobody_on(published):
    events = carry(published, {"support.desk": "answers after 30s, transfers to 101 after 1s"})
    assert "transferred" not in {event.kind for event in events}


@pytest.mark.parametrize(("manner", "beside"), [("", []), (", attended", ["consults"])])
def test_the_phone_that_called_sends_on_whom_it_reached(published, manner, beside):
    call = OfflineCall("102", "2001", NOON, context="routing_internal", variables=login("2001", "sales.desk"))
    phones = ScriptedPhones.of({"support.desk": "answers, never hangs up", MOBILE: "answers, talks 7s"}, "unreachable")
    events = published.run(call, phones, ScriptedCaller(sends=parse_transfer(f"to 0501120001 after 2s{manner}")))
    told = [event.kind for event in events if event.kind in ("talk", "talk_end", "consults", "transferred")]
    assert told == ["talk", *beside, "talk_end", "transferred", "talk", "talk_end"]
    assert ended(events).at_ms == 9_000


@pytest.mark.parametrize("words", ["103", "to", "to 103, blind", "to 103 after soon", "to a b"])
def test_what_a_calling_phone_does_is_written_one_way(words):
    with pytest.raises(BadBehaviour):
        parse_transfer(words)


def test_attended_stands_behind_a_transfer():
    with pytest.raises(BadBehaviour, match="'attended' follows a transfer"):
        ScriptedPhones.of({"support.desk": "answers, attended"})
