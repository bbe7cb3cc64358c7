"""Ringing phones: who rings when, who wins, and how a failure goes on."""

import pytest

from routing.offline.events import ended, rung, talked
from routing.offline.phones import ScriptedCaller
from support.offline_release import DESK, MOBILE, Telephone, extension, told

OLENA = "[leg_timeout=15,routing_target=olena.desk]sofia/internal/1002%${domain}"


def bridge(*legs: str, joined: str = ",", shared: str = "{ignore_early_media=true}") -> str:
    return f"bridge {shared}" + joined.join(legs)


def ring_ends(events):
    return [(e.at_ms / 1000, e.subject, e.detail) for e in events if e.kind == "ring_end"]


def test_the_first_to_answer_talks_and_the_others_stop_ringing(scheme):
    events = scheme(bridge(DESK, OLENA)).call({"ivan": "answers after 8s", "olena": "answers after 5s"})
    assert ring_ends(events) == [(5, "olena.desk", "answered"), (5, "ivan.desk", "LOSE_RACE")]
    assert talked(events) == "olena.desk"
    assert (ended(events).at_ms, ended(events).subject) == (35_000, "NORMAL_CLEARING")


def test_in_order_the_second_rings_when_the_first_time_is_over(scheme):
    events = scheme(bridge(DESK, OLENA, joined="|")).call({"olena": "answers after 1s"})
    assert ring_ends(events) == [(20, "ivan.desk", "ALLOTTED_TIMEOUT"), (21, "olena.desk", "answered")]


@pytest.mark.parametrize(
    ("behaviour", "cause", "second"),
    [
        ("busy", "USER_BUSY", 0),
        ("rejects", "CALL_REJECTED", 0),
        ("unreachable", "USER_NOT_REGISTERED", 0),
        ("no answer", "ALLOTTED_TIMEOUT", 20),
        ("answers after 21s", "ALLOTTED_TIMEOUT", 20),
    ],
)
def test_how_a_phone_that_does_not_talk_ends(scheme, behaviour, cause, second):
    events = scheme(bridge(DESK), "hangup ${originate_disposition}").call({"ivan.desk": behaviour})
    assert ring_ends(events) == [(second, "ivan.desk", cause)]
    assert ended(events).subject == cause


def test_a_mobile_that_is_off_fails_after_the_network_says_so(scheme):
    events = scheme(bridge("[leg_timeout=20]sofia/gateway/main/+380501112233")).call({"+380501112233": "off"})
    assert ring_ends(events) == [(2, "+380501112233", "NO_USER_RESPONSE")]


def test_a_mobile_must_press_the_key(scheme):
    events = scheme(bridge(MOBILE)).call({"ivan.mobile": "answers after 8s, confirms after 3s"})
    assert told(events, "confirm", "talk") == [(8, "confirm", "ivan.mobile"), (11, "talk", "ivan.mobile")]


def test_a_mobiles_voicemail_never_counts_as_an_answer(scheme):
    events = scheme(bridge(MOBILE, DESK), "hangup USER_BUSY").call({"ivan.mobile": "voicemail after 10s"})
    assert talked(events) is None
    assert ring_ends(events)[0] == (20, "ivan.mobile", "ALLOTTED_TIMEOUT")


def test_the_confirm_timeout_gives_the_leg_its_own_end(scheme):
    leg = MOBILE.replace("group_confirm_key=1", "group_confirm_key=1,group_confirm_timeout=15")
    events = scheme(bridge(leg)).call({"ivan.mobile": "answers after 18s, confirms after 10s"})
    assert told(events, "talk") == [(28, "talk", "ivan.mobile")]


def test_a_delayed_leg_joins_later_and_keeps_its_whole_ring_time(scheme):
    late = OLENA.replace("[", "[leg_delay_start=10,")
    events = scheme(bridge(DESK, late)).call()
    assert told(events, "ring") == [(0, "ring", "ivan.desk"), (10, "ring", "olena.desk")]
    assert ring_ends(events) == [(20, "ivan.desk", "ALLOTTED_TIMEOUT"), (25, "olena.desk", "ALLOTTED_TIMEOUT")]


def test_a_delayed_leg_starts_at_once_when_everybody_else_failed(scheme):
    late = OLENA.replace("[", "[leg_delay_start=10,")
    events = scheme(bridge(DESK, late)).call({"ivan.desk": "busy"})
    assert told(events, "ring") == [(0, "ring", "ivan.desk"), (0, "ring", "olena.desk")]
    assert ring_ends(events)[1] == (15, "olena.desk", "ALLOTTED_TIMEOUT")


def test_a_group_rings_sixty_seconds_at_most_and_that_ends_the_sequence(scheme):
    slow = DESK.replace("leg_timeout=20", "leg_timeout=90")
    events = scheme(bridge(slow, OLENA, joined="|")).call()
    assert ring_ends(events) == [(60, "ivan.desk", "NO_ANSWER")]
    longer = scheme(bridge(slow, OLENA, joined="|", shared="{originate_timeout=120}")).call()
    assert ring_ends(longer)[0] == (90, "ivan.desk", "ALLOTTED_TIMEOUT")


def test_enterprise_parts_ring_side_by_side_each_with_its_own_order(scheme):
    events = scheme(f"bridge {DESK}:_:{OLENA}|{MOBILE}").call({"ivan.mobile": "answers after 2s", "olena": "busy"})
    assert told(events, "talk") == [(4, "talk", "ivan.mobile")]


def test_a_failed_bridge_hangs_up_unless_told_to_go_on(scheme):
    events = scheme("set continue_on_fail=false", bridge(DESK), "hangup NO_ANSWER").call({"ivan.desk": "busy"})
    assert ended(events).subject == "USER_BUSY"


def test_a_talk_that_ends_goes_on_only_without_hangup_after_bridge(scheme):
    goes_on = scheme("set hangup_after_bridge=false", bridge(DESK), "hangup CALL_REJECTED")
    assert ended(goes_on.call({"ivan": "answers"})).subject == "CALL_REJECTED"


def test_a_caller_who_gives_up_stops_every_phone(scheme):
    events = scheme(bridge(DESK, OLENA)).call(caller=ScriptedCaller(hangs_up_after_ms=12_000))
    assert ring_ends(events) == [(12, "ivan.desk", "ORIGINATOR_CANCEL"), (12, "olena.desk", "ORIGINATOR_CANCEL")]
    assert (ended(events).at_ms, ended(events).subject) == (12_000, "ORIGINATOR_CANCEL")


def test_a_variable_in_braces_beats_the_same_in_brackets(scheme):
    shared = "{routing_target=somebody}"
    assert rung(scheme(bridge(DESK, shared=shared)).call()) == ["somebody"]
    assert rung(scheme(bridge(DESK, shared="{local_var_clobber=true,routing_target=x}")).call()) == ["ivan.desk"]


def test_an_exported_variable_reaches_the_leg(scheme):
    events = scheme("export routing_target=exported", "bridge sofia/internal/1001%x").call()
    assert rung(events) == ["exported"]


def test_an_uncancelled_watchdog_tears_a_talk_away(scheme):
    extensions = extension("late", "hangup NORMAL_TEMPORARY_FAILURE")
    plan = Telephone("sched_transfer +10 late", bridge(DESK), extensions=extensions)
    events = plan.call({"ivan": "answers after 2s"})
    torn = next(e for e in events if e.kind == "talk_end")
    assert (torn.at_ms, torn.lasted_ms, torn.detail) == (10_000, 8_000, "ended by a scheduled transfer")
    assert ended(events).subject == "NORMAL_TEMPORARY_FAILURE"
    kept = Telephone("sched_transfer +10 late", "sched_cancel ${uuid}", bridge(DESK), extensions=extensions)
    assert ended(kept.call({"ivan": "answers after 2s"})).at_ms == 32_000


def test_a_bridge_to_nothing_is_an_error_of_the_plan(scheme):
    events = scheme("bridge {a=b}").call()
    assert [e.kind for e in events if e.kind == "error"] == ["error"]


def test_a_recording_begins_with_the_talk_and_not_before(scheme):
    told_before = ("set bridge_pre_execute_aleg_app=record_session", "set bridge_pre_execute_aleg_data=/r/${uuid}.wav")
    events = scheme(*told_before, bridge(DESK)).call({"ivan": "answers after 2s"})
    assert told(events, "talk", "record") == [
        (2, "talk", "ivan.desk"),
        (2, "record", "/r/00000000-0000-4000-8000-000000000001.wav"),
    ]


@pytest.mark.parametrize(
    ("before", "shared", "heard"),
    [
        (["set bridge_pre_execute_bleg_app=playback", "set bridge_pre_execute_bleg_data=w.wav"], "{a=b}", True),
        ([], "{bridge_pre_execute_app=playback,bridge_pre_execute_data=w.wav}", True),
        ([], "{bridge_pre_execute_bleg_app=playback,bridge_pre_execute_bleg_data=w.wav}", False),
    ],
)
def test_a_whisper_is_named_on_the_callers_leg_or_by_the_legs_own_variable(scheme, before, shared, heard):
    events = scheme(*before, bridge(DESK, shared=shared)).call({"ivan": "answers"})
    assert bool(told(events, "whisper")) is heard
