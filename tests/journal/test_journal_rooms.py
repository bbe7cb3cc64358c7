"""A room in the journal: a caller's call with everybody who was invited, whoever leaves first."""

import json

import pytest

from routing.journal import query
from support.journal_bed import LATER_S

CALL = "6bf12d6e-4d0a-4b39-9a38-7f5b6a2d1c00"
BEGAN = 1_795_000_000


def stamp(second):
    return f"{(BEGAN + second) * 1_000_000:.0f}"


def file(bed, uuid, variables, apps=()):
    """A leg as mod_json_cdr writes it: an invited one is an A-leg too."""
    log = [{"app_name": name, "app_data": data, "app_stamp": stamp(at)} for at, name, data in apps]
    whole = {"switchname": "a", "variables": {"uuid": uuid} | variables, "app_log": {"applications": log}}
    (bed.spool / f"a_{uuid}.cdr.json").write_text(json.dumps(whole))


def caller(bed, *invited, ends=60, recorded="", more=(), **variables):
    """The caller's leg, which enters the room after a second and leaves at its end."""
    steps = [(0, "set", "routing_scheme=visit"), (0, "multiset", "^^|routing_kind=conference|routing_step=1")]
    steps += [(1, "sched_transfer", "+30 1.left XML:x y")]
    steps += [(1, "conference_set_auto_outcall", f"{{a=b}}[routing_target={who}]sofia/internal/1") for who in invited]
    steps += [(1, "conference", "visit@routing+flags{mintwo}"), *more]
    facts = {
        "direction": "inbound",
        "routing_direction": "in",
        "routing_caller": "+380671234567",
        "conference_uuid": "c1",
    }
    facts |= {"routing_release": "/r/releases/1", "routing_number": "+380800330941", "hangup_cause": "NORMAL_CLEARING"}
    facts |= {
        "start_uepoch": stamp(0),
        "answer_uepoch": stamp(1),
        "end_uepoch": stamp(ends),
        "conference_name": "visit",
    }
    facts["conference_uuid"] = "c1"
    facts |= {"conference_recording": recorded} if recorded else {}
    file(bed, CALL, facts | variables, steps)


def invited(bed, target, answers=3, ends=60, entered=True, cause="NORMAL_CLEARING"):
    """Somebody whom the caller has invited."""
    facts = {"direction": "outbound", "routing_invited_by": CALL, "routing_target": target, "hangup_cause": cause}
    facts |= {"start_uepoch": stamp(2), "progress_uepoch": stamp(2), "end_uepoch": stamp(ends)}
    facts |= {"answer_uepoch": stamp(answers)} if answers else {}
    facts["bridge_uepoch"] = "0"  # as FreeSWITCH writes it where nothing was bridged
    file(bed, f"{CALL}.{target}", facts | ({"conference_name": "visit"} if entered else {}))


def only_call(bed):
    (found,) = query.call(bed.engines[0], CALL)
    return found


def test_everybody_who_was_invited_is_part_of_one_call(bed):
    invited(bed, "ivan.desk", answers=3, ends=40)
    invited(bed, "olena.desk", answers=10, ends=60)
    invited(bed, "petro.desk", answers=0, ends=12, entered=False, cause="USER_BUSY")
    worker = bed.worker()
    worker.work()
    assert bed.rows("calls") == [] and len(bed.left()) == 3  # the caller is in the room still
    caller(bed, "ivan.desk", "olena.desk", "petro.desk", recorded="/recordings/calls/x.wav")
    assert worker.work() == 1 and bed.left() == [] and bed.log == []
    call = only_call(bed)
    assert (call.status, call.wait_s, call.talk_s, call.recording) == ("proper", 3, 57, "/recordings/calls/x.wav")
    assert [(leg.target, leg.talk_s, leg.why) for leg in call.legs] == [
        ("ivan.desk", 37, ""), ("olena.desk", 50, ""), ("petro.desk", 0, "busy"),
    ]  # fmt: skip
    (step,) = call.steps
    assert (step.kind, step.inputs) == ("conference", "room visit c1")


def test_who_is_not_registered_has_no_leg_and_holds_nothing_up_for_long(bed):
    caller(bed, "ivan.desk", ends=20)
    worker = bed.worker()
    assert worker.work() == 0
    bed.clock_s = 20
    assert worker.work() == 1 and bed.left() == []
    call = only_call(bed)
    assert not call.bridged and [leg.why for leg in call.legs] == ["not registered"]


def test_a_mobile_that_does_not_press_its_key_has_not_talked(bed):
    invited(bed, "ivan.mobile", entered=False, ends=12)
    caller(bed, "ivan.mobile", ends=30)
    bed.worker().work()
    assert not only_call(bed).bridged


def test_who_stays_longer_than_the_first_caller_is_added_to_that_call(bed):
    invited(bed, "ivan.desk", ends=40)
    caller(bed, "ivan.desk", "olena.desk")
    worker = bed.worker()
    bed.clock_s = 20
    assert worker.work() == 1
    invited(bed, "olena.desk", answers=10, ends=100)
    worker.work()
    assert bed.left() == [] and len(bed.rows("calls")) == 1
    talked = sorted((leg.target, leg.talk_s) for leg in only_call(bed).legs if leg.talk_s)
    assert talked == [
        ("ivan.desk", 37),
        ("olena.desk", 90),
    ]


def test_a_leg_waits_hours_for_its_call_and_is_then_a_call_of_its_own(bed):
    invited(bed, "ivan.desk")
    worker = bed.worker()
    bed.clock_s = LATER_S
    assert worker.work() == 0 and len(bed.left()) == 1
    bed.clock_s = 6 * 3600
    assert worker.work() == 1 and bed.left() == []


@pytest.mark.parametrize(
    ("variables", "talked"),
    [
        ({"limit_usage_routing_conference_visit": "2"}, True),
        ({"limit_usage_routing_conference_visit": "1"}, False),
        ({"conference_recording": "/x.wav"}, True),
    ],
)
def test_callers_who_meet_have_talked(bed, variables, talked):
    caller(bed, ends=20, **variables)
    bed.worker().work()
    assert bool(only_call(bed).bridged) is talked


def test_who_stays_longer_than_anybody_may_be_alone_has_met_somebody(bed):
    caller(bed, ends=40)
    bed.worker().work()
    assert only_call(bed).bridged


def test_a_caller_without_the_pin_has_been_nowhere(bed):
    caller(bed)
    whole = json.loads((bed.spool / f"a_{CALL}.cdr.json").read_text())
    whole["app_log"]["applications"] = [a for a in whole["app_log"]["applications"] if a["app_name"] != "conference"]
    (bed.spool / f"a_{CALL}.cdr.json").write_text(json.dumps(whole))
    bed.worker().work()
    (step,) = only_call(bed).steps
    assert step.outcome == "not admitted"
