"""What the caller hears, types and leaves behind."""

import re
from pathlib import Path

import pytest

import routing
from routing.offline.applications import APPLICATIONS
from routing.offline.events import as_json, ended, longest_silence_ms
from routing.offline.phones import ScriptedCaller
from support.offline_release import DESK, Telephone, extension, told

MENU = "play_and_get_digits 1 1 2 5000 # menu.wav wrong.wav routing_digits ^[12]$"


def digits(*plan: str, typed: str, **more: object):
    return Telephone(*plan, "hangup").call(caller=ScriptedCaller(digits=typed, **more))


def asked(events):
    return [event.detail for event in events if event.kind == "digits"]


@pytest.mark.parametrize(
    ("typed", "answers", "choice"),
    [
        ("1", ["1"], "1"),
        ("91", ["!9", "1"], "1"),
        ("", ["-", "-"], ""),
        ("-2", ["-", "2"], "2"),
        ("99", ["!9", "!9"], ""),
    ],
)
def test_a_menu(typed, answers, choice):
    events = digits(MENU, "set routing_x=[${routing_digits}]", typed=typed)
    assert asked(events) == answers
    assert f"routing_x=[{choice}]" in [event.subject for event in events]


def test_every_failed_try_plays_the_invalid_file_the_last_one_too():
    sounds = [event[2] for event in told(digits(MENU, typed=""), "play")]
    assert sounds == ["menu.wav", "wrong.wav", "menu.wav", "wrong.wav"]


def test_a_missing_prompt_burns_the_tries_without_waiting():
    events = Telephone(MENU, "hangup").call(sounds=lambda path: None)
    assert ended(events).at_ms == 0
    assert [event.kind for event in events].count("error") == 4


def test_several_digits_end_by_the_terminator_or_the_pause():
    ask = "play_and_get_digits 2 6 1 5000 # number.wav silence_stream://1 routing_digits ^\\d+$ 2000"
    assert asked(digits(ask, typed="123#")) == ["123"]
    assert asked(digits(ask, typed="123")) == ["123"]
    assert asked(digits(ask, typed="1")) == ["!1"]


def test_digits_typed_are_consumed_question_by_question():
    second = MENU.replace("routing_digits", "routing_more")
    assert asked(digits(MENU, second, typed="12")) == ["1", "2"]


def test_a_menu_that_fails_can_transfer():
    plan = Telephone(MENU + " 0 operator", extensions=extension("operator", "hangup USER_BUSY"))
    assert ended(plan.call()).subject == "USER_BUSY"


def test_a_sound_before_the_answer_is_early_media():
    events = Telephone("playback hello.wav", "answer", "playback hello.wav", "hangup").call()
    assert told(events, "early_media", "play", "answered") == [
        (0, "early_media", ""),
        (0, "play", "hello.wav"),
        (3, "answered", ""),
        (3, "play", "hello.wav"),
    ]


def test_a_session_recording_before_the_answer_stops_the_callers_ringing_tone():
    events = Telephone("ring_ready", "record_session r.wav", f"bridge {DESK}").call()
    assert ("hears", "nothing") in [(event.kind, event.subject) for event in events[-6:]]


def test_sounds_have_the_length_the_port_says():
    events = Telephone("answer", "playback long.wav", "hangup").call(sounds=lambda path: 18_000)
    assert ended(events).at_ms == 18_000


def test_a_silence_stream_says_its_own_length_and_is_silence():
    events = Telephone("answer", "playback silence_stream://1500", "hangup").call()
    assert ended(events).at_ms == longest_silence_ms(events) == 1_500
    assert not [event for event in events if event.kind == "play"]


def test_voicemail_is_recorded_until_the_caller_hangs_up():
    events = Telephone("answer", "playback greeting.wav", "record /v/${uuid}.wav 120").call(
        caller=ScriptedCaller(message_ms=7_000)
    )
    left = next(event for event in events if event.kind == "voicemail")
    assert (left.at_ms, left.lasted_ms) == (10_000, 7_000)
    assert (ended(events).subject, ended(events).detail) == ("NORMAL_CLEARING", "caller")


def test_a_long_message_ends_at_its_limit_and_the_plan_goes_on():
    events = Telephone("answer", "record /v/x.wav 5", "hangup USER_BUSY").call()
    assert (ended(events).at_ms, ended(events).subject) == (5_000, "USER_BUSY")


def test_a_caller_who_gives_up_in_a_sound_ends_the_call():
    events = Telephone("answer", "playback a.wav").call(caller=ScriptedCaller(hangs_up_after_ms=2_000))
    assert (ended(events).at_ms, ended(events).subject) == (2_000, "NORMAL_CLEARING")


def test_an_endless_sound_ends_after_a_day():
    events = Telephone("answer", "playback silence_stream://-1").call()
    assert ended(events).at_ms == 24 * 3600 * 1000


def test_the_longest_silence_is_what_the_caller_does_not_hear():
    events = Telephone("sleep 2000", "ring_ready", "sleep 4000", "answer", "sleep 3000", "hangup").call()
    assert longest_silence_ms(events) == 3_000


def test_music_instead_of_ringing_once_answered():
    quiet = Telephone("answer", f"bridge {DESK}", "hangup").call()
    assert longest_silence_ms(quiet) == 20_000
    music = Telephone("answer", "set transfer_ringback=music.wav", f"bridge {DESK}", "hangup").call()
    assert longest_silence_ms(music) == 0


@pytest.mark.parametrize(
    ("actions", "cause"),
    [
        (["hangup USER_BUSY"], "USER_BUSY"),
        (["hangup"], "NORMAL_CLEARING"),
        (["log INFO hello"], "NORMAL_CLEARING"),
        (["respond 503 Try later"], "NORMAL_TEMPORARY_FAILURE"),
        (["respond 183", "hangup USER_BUSY"], "USER_BUSY"),
        (["sched_hangup +5 ALLOTTED_TIMEOUT", "sleep 9000"], "ALLOTTED_TIMEOUT"),
        (["sched_hangup +5", "sched_cancel", "sleep 9000", "hangup USER_BUSY"], "USER_BUSY"),
        (["limit hash number 0521 2 !SWITCH_CONGESTION", "hangup USER_BUSY"], "USER_BUSY"),
        (["limit hash number full 0 !SWITCH_CONGESTION", "hangup USER_BUSY"], "SWITCH_CONGESTION"),
        (["multiset ^^;routing_x=USER_BUSY;routing_y=1", "hangup ${routing_x}"], "USER_BUSY"),
        (["set routing_x=USER_BUSY", "unset routing_x", "hangup ${routing_x}"], "NORMAL_CLEARING"),
        (["no_such_application"], "DESTINATION_OUT_OF_ORDER"),
        (["set execute_on_answer=hangup USER_BUSY", "answer"], "USER_BUSY"),
    ],
)
def test_applications_that_end_a_call(actions, cause):
    assert ended(Telephone(*actions).call()).subject == cause


def test_events_as_json_leave_out_what_is_empty():
    first = as_json(Telephone("hangup").call())[0]
    assert first == {
        "at_ms": 0,
        "kind": "call",
        "subject": "380800330521",
        "detail": "from +380671234567",
        "lasted_ms": 0,
    }


def test_every_application_that_plans_use_is_known():
    package = Path(routing.__file__).parent
    files = [path for part in ("steps", "compile") for path in (package / part).rglob("*.py")]
    # who listens at the desk has a leg of their own, which no scheme carries
    texts = [path.read_text() for path in files if path.name != "desk_calls.py"]
    used = {name for text in texts for name in re.findall(r"\.do\(\s*\"([a-z_]+)\"", text)}
    assert "bridge" in used
    assert used <= set(APPLICATIONS)


@pytest.mark.parametrize(("terminators", "seconds"), [("#", 4), ("#+2+3", 1), ("#+3", 4), ("none", 4)])
def test_a_terminator_with_a_plus_is_kept_and_ends_the_wait(scheme, terminators, seconds):
    asked = f"play_and_get_digits 1 3 1 5000 {terminators} silence /s/no.wav routing_digits ^(2|101)$ 3000"
    events = scheme("answer", asked).call(caller=ScriptedCaller(digits="2"))
    assert [(event.at_ms / 1000, event.detail) for event in events if event.kind == "digits"] == [(seconds, "2")]
