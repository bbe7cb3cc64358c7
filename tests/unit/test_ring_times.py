"""`for` is the time of a person: whatever the delays of the phones, they stop together and the next step begins."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from routing.cli.opened import opened
from routing.offline.answering import InProcess, canned
from routing.offline.crm_answers import answers
from routing.offline.phones import ScriptedPhones
from routing.offline.remembered import Remembered
from routing.offline.switch import OfflineCall
from routing.steps.dialstring import CONFIRM_SECONDS

NUMBER, CALLER = "+380441112233", "+380671112233"
NOON = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Kyiv"))
COMPANY = """\
project: {name: a, timezone: Europe/Kyiv, country: UA, secrets: env}
people:
  ivan:
    name: Ivan
    extension: "101"
    phones: {desk: {sip: "1001"}, soft: {sip: "1002"}, mobile: {number: "+380501110001", confirm: "1"}}
    ring: [desk, {soft: {after: 3s, for: 4s}}, {mobile: after 10s}]
  olena: {name: Olena, phones: {desk: {sip: "1003"}}}
  petro: {name: Petro, phones: {desk: {sip: "1004"}, mobile: {number: "+380501110004"}}, ring: [{mobile: after 10s}]}
groups: {inner: [ivan], outer: [inner, petro]}
gateways: {main: {proxy: sip.example, register: false, numbers: ["+380441112233"]}}
crm: {sales: {vendor: bitrix24, webhook: BITRIX}}
"""
SCHEME = 'scheme: a\nnumbers: ["+380441112233"]\nsteps: [{%s}, {ring: {to: olena.desk, for: 1s}}, hangup]\n'
WEBHOOK = 'webhook: {url: "http://127.0.0.1:1/", ring: 20s}'
DECIDED = {
    "sticky": "sticky: {calls: in, within: 1d, ring: 20s}",
    "crm": "crm: {system: sales, ring: 20s}",
    "webhook": WEBHOOK,
}
#: Olena is the next step.
NEXT = {"olena.desk": (20, 21)}
IVAN = {"ivan.desk": (0, 20), "ivan.soft": (3, 7), "ivan.mobile": (10, 20)}


def carried(tmp_path, step, answer="", call=None, **phones):
    """When each phone begins to ring and when it stops, in seconds from the call's first ringing."""
    (tmp_path / "company.yaml").write_text(COMPANY)
    (tmp_path / "a.yaml").write_text(SCHEME % step)
    with opened(tmp_path) as published:
        memory, crm = Remembered({"*": ("ivan", "")}), answers("deal ivan")
        decider = InProcess(published.files, canned(answer), None, memory, crm)
        call = call or OfflineCall(NUMBER, CALLER, NOON)
        told = ScriptedPhones.of({name.replace("_", "."): words for name, words in phones.items()})
        events = published.run(call, told, decider=decider)
    first = next(event.at_ms for event in events if event.kind == "ring")
    at = {(event.kind, event.subject): round((event.at_ms - first) / 1000, 1) for event in events}
    rung = [subject for kind, subject in at if kind == "ring"]
    return {name: (at["ring", name], at.get(("ring_end", name))) for name in rung}


def answered(person, seconds):
    return json.dumps({"ring": person, "for": seconds})


@pytest.mark.parametrize("step", ["ring: {to: ivan, for: 20s}", *DECIDED.values()], ids=["ring", *DECIDED])
def test_all_phones_of_a_person_stop_when_the_time_is_over(step, tmp_path):
    assert carried(tmp_path, step, answered("ivan", 20)) == IVAN | NEXT


@pytest.mark.parametrize(
    "order", ["together", "in_order", "random", "round_robin", "in_order_waiting", "together, only: free"]
)
def test_in_every_order_and_out_of_nested_groups(order, tmp_path):
    found = carried(tmp_path, f"ring: {{to: outer, for: 20s, order: {order}}}")
    began = found["ivan.desk"][0]
    assert {name: found[name] for name in IVAN} == {name: (a + began, b + began) for name, (a, b) in IVAN.items()}


@pytest.mark.parametrize(
    ("settings", "rung"),
    [
        ("to: ivan, for: 3 rings", {"ivan.desk": (0, 13), "ivan.soft": (3, 7), "ivan.mobile": (10, 13)}),
        ("to: ivan, for: 10s", {"ivan.desk": (0, 10), "ivan.soft": (3, 7)}),
        ("to: ivan, for: 5s", {"ivan.desk": (0, 5), "ivan.soft": (3, 5)}),
        ("to: ivan, for: 2s", {"ivan.desk": (0, 2)}),
        ("to: ivan, for: 20s, at_most: 12s", {"ivan.desk": (0, 12), "ivan.soft": (3, 7), "ivan.mobile": (10, 12)}),
        ("to: [{ivan: {for: 12s}}], for: 20s", {"ivan.desk": (0, 12), "ivan.soft": (3, 7), "ivan.mobile": (10, 12)}),
        ("to: [ivan.mobile, {petro: {after: 5s, for: 11s}}], for: 20s",
         {"ivan.mobile": (0, 20), "petro.mobile": (15, 26)}),
        ("to: [{ivan.mobile: {after: 5s, for: 30s}}, ivan.desk], for: 20s",
         {"ivan.desk": (0, 20), "ivan.mobile": (5, 35)}),
    ],
)  # fmt: skip
def test_times_of_a_ring_step(settings, rung, tmp_path):
    found = carried(tmp_path, f"ring: {{{settings}}}")
    end = max(end for _, end in rung.values())
    assert found == rung | {"olena.desk": (end, end + 1)}


@pytest.mark.parametrize(
    ("seconds", "rung"),
    [
        (13, {"ivan.desk": (0, 13), "ivan.soft": (3, 7), "ivan.mobile": (10, 13)}),
        (10, {"ivan.desk": (0, 10), "ivan.soft": (3, 7)}),
        (2, {"ivan.desk": (0, 2)}),
        (300, {"ivan.desk": (0, 300), "ivan.soft": (3, 7), "ivan.mobile": (10, 300)}),
    ],
)
def test_times_of_a_decision(seconds, rung, tmp_path):
    assert carried(tmp_path, WEBHOOK, answered("ivan", seconds)) == rung | {"olena.desk": (seconds, seconds + 1)}


@pytest.mark.parametrize("step", ["ring: {to: petro, for: 4s}", WEBHOOK])
def test_who_has_only_phones_with_a_delay_is_rung_at_once(step, tmp_path):
    assert carried(tmp_path, step, answered("petro", 4)) == {"petro.mobile": (0, 4), "olena.desk": (4, 5)}


@pytest.mark.parametrize("step", ["ring: {to: ivan, for: 20s}", WEBHOOK])
def test_a_phone_begins_sooner_when_those_before_it_have_failed(step, tmp_path):
    found = carried(tmp_path, step, answered("ivan", 20), ivan_desk="busy after 1s", ivan_soft="unreachable")
    assert found["ivan.mobile"] == (1, 11)


@pytest.mark.parametrize("step", ["ring: {to: ivan, for: 20s}", WEBHOOK])
def test_whoever_picks_up_in_time_may_confirm_after_it(step, tmp_path):
    mobile = "answers after 9s, confirms after 5s"
    assert carried(tmp_path, step, answered("ivan", 20), ivan_mobile=mobile)["ivan.mobile"] == (10, 24)


@pytest.mark.parametrize("step", ["ring: {to: ivan, for: 20s}", WEBHOOK])
def test_one_phone_rings_the_whole_time(step, tmp_path):
    step = step.replace("ivan", "ivan.mobile")
    assert carried(tmp_path, step, answered("ivan.mobile", 20)) == {"ivan.mobile": (0, 20)} | NEXT


@pytest.mark.parametrize("dialled", ["101", "1001"])
def test_a_colleague_rings_45_s_in_all(dialled, tmp_path):
    inside = OfflineCall(dialled, "1003", NOON, context="routing_internal", variables=(("sip_auth_username", "1003"),))
    found = carried(tmp_path, "ring: ivan", call=inside)
    person = {"ivan.desk": (0, 45), "ivan.soft": (3, 7), "ivan.mobile": (10, 45)}
    assert found == (person if dialled == "101" else {"ivan.desk": (0, 45)})


def test_the_time_of_the_scheme_is_that_of_its_people(tmp_path):
    (tmp_path / "company.yaml").write_text(COMPANY)
    (tmp_path / "a.yaml").write_text(SCHEME % "ring: {to: ivan, for: 30s}")
    with opened(tmp_path) as published:
        told = json.loads((published.root / "current" / "release.json").read_text())
    assert told["longest_seconds"] == {"a": 30 + CONFIRM_SECONDS + 1}
