"""What a caller hears offline: ringing or the carrier before the answer, a tone or music after it, or nothing."""

import pytest

from routing.offline.events import longest_silence_ms
from support.offline_release import DESK, MOBILE

TONE = ("set transfer_ringback=tone_stream://%(1000,4000,425);loops=-1", "set instant_ringback=true")
IGNORED = "ignore_early_media=ring_ready"
EARLY = {"ivan": "answers after 3s, early media, talks 1s"}
RINGS = {"ivan": "answers after 3s, talks 1s"}


def heard(events):
    """(seconds, what) at each change, what lasts no time left out."""
    changes = {event.at_ms / 1000: event.subject for event in events if event.kind == "hears"}
    return list(changes.items())


@pytest.mark.parametrize(
    ("shared", "legs", "phones", "hears"),
    [
        ("ignore_early_media=true", [DESK], EARLY, [(0, "nothing"), (3, "audio"), (4, "nothing")]),
        (IGNORED, [DESK], EARLY, [(0, "ringing"), (3, "audio"), (4, "nothing")]),
        (IGNORED, [DESK], RINGS, [(0, "ringing"), (3, "audio"), (4, "nothing")]),
        (IGNORED, [DESK, MOBILE], EARLY, [(0, "nothing"), (3, "audio"), (4, "nothing")]),
        ("bridge_early_media=true", [DESK], EARLY, [(0, "audio"), (3, "audio"), (4, "nothing")]),
        (f"bridge_early_media=true,{IGNORED}", [DESK], EARLY, [(0, "ringing"), (3, "audio"), (4, "nothing")]),
    ],
)  # fmt: skip
def test_sound_before_the_answer(scheme, shared, legs, phones, hears):
    assert heard(scheme(f"bridge {{{shared}}}{','.join(legs)}").call(phones)) == hears


def test_ringing_at_once_whatever_the_phones_send(scheme):
    bridge = f"bridge {{ignore_early_media=ring_ready}}{DESK},{MOBILE}"
    assert heard(scheme("ring_ready", bridge).call(EARLY))[0] == (0, "ringing")


def test_an_answered_caller_hears_the_tone_between_phones_too(scheme):
    bridge = f"bridge {{ignore_early_media=ring_ready}}{DESK}|{MOBILE}"
    events = scheme(*TONE, "answer", bridge).call(
        {"ivan.desk": "no answer", "ivan.mobile": "answers after 5s, talks 1s"}
    )
    assert longest_silence_ms(events) == 0
    assert longest_silence_ms(scheme("answer", bridge).call({"ivan.desk": "no answer"})) > 20_000


def test_whoever_hears_a_whisper_talks_later(scheme):
    whisper = "bridge_pre_execute_app=playback,bridge_pre_execute_data=/s/a.wav"
    events = scheme(f"bridge {{ignore_early_media=ring_ready,{whisper}}}{DESK}").call(
        RINGS | {"ivan": "answers, talks 9s"}
    )
    assert longest_silence_ms(events) == 3000


def test_a_person_who_hangs_up_during_the_whisper_ends_the_talk(scheme):
    whisper = "bridge_pre_execute_app=playback,bridge_pre_execute_data=/s/a.wav"
    events = scheme(f"bridge {{{whisper}}}{DESK}").call({"ivan": "answers, talks 1s"})
    assert [(event.at_ms, event.subject) for event in events if event.kind == "talk_end"] == [(1000, "ivan.desk")]


def test_a_tone_without_an_end_plays_until_the_call_is_taken_away(scheme):
    taken = "sched_transfer +5 start XML:none kharkiv"
    events = scheme(*TONE, "answer", taken, "endless_playback ${transfer_ringback}").call()
    assert [event.at_ms for event in events if event.kind == "transfer" and event.detail == "watchdog"] == [5000]
