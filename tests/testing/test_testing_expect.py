"""How a call is judged: in order, exactly, never, at its time and for its time, and what is told of what was not."""

from __future__ import annotations

from typing import Any

import pytest

from routing.offline.events import Event
from routing.testing.expect import Expected, judge, settled
from routing.testing.kinds import Expectation
from routing.testing.spans import parse_span

EVENTS = [
    Event(0, "call", "+380800330521"),
    Event(0, "scheme", "kharkiv"),
    Event(0, "ring", "ivan.desk"),
    Event(0, "ring", "olena.desk"),
    Event(20, "decision", "webhook", "scheme:lviv", 20),
    Event(6000, "ring_end", "ivan.desk", "LOSE_RACE", 6000),
    Event(6000, "ring_end", "olena.desk", "answered", 6000),
    Event(6000, "talk", "olena.desk"),
    Event(36000, "talk_end", "olena.desk", "person", 30000),
    Event(36000, "end", "NORMAL_CLEARING", "olena.desk"),
]


def lines(*pairs: tuple[str, ...], **times: Any) -> list[Expectation]:
    return [Expectation(kind, words, **times) for kind, *rest in pairs for words in [tuple(rest)]]


def judged(events: list[Event] = EVENTS, **wanted: Any) -> list[str]:
    return [str(failure) for failure in judge(events, Expected(**wanted))]


def test_what_happens_in_the_expected_order_is_well() -> None:
    expect = lines(("scheme", "kharkiv"), ("ring", "olena.desk", "ivan"), ("webhook", "scheme lviv"), ("talk", "olena"))
    assert judged(expect=expect, never=lines(("talk", "ivan")), within_s=6) == []


def test_phones_that_begin_together_have_no_order() -> None:
    assert judged(expect=lines(("ring", "olena"), ("ring", "ivan"))) == []


def test_one_event_meets_one_expectation() -> None:
    assert judged(expect=lines(("ring", "ivan"), ("ring", "ivan"))) == [
        "expected ring: ivan, got olena.desk at 0.0 s (ivan at 0.0 s is what a line before expects)"
    ]


def test_of_phones_that_ring_together_those_that_an_earlier_line_expects_are_named() -> None:
    assert judged(expect=lines(("ring", "ivan.desk"), ("ring", "ivan.desk", "olena.desk"))) == [
        "expected ring: ivan.desk, olena.desk, got olena.desk at 0.0 s"
        " (ivan.desk at 0.0 s is what a line before expects)"
    ]


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ([("talk", "ivan")], "expected talk: ivan, got olena.desk at 6.0 s"),
        ([("talk", "olena"), ("ring", "ivan")], "expected ring: ivan"),
        ([("ring", "ivan", "petro")], "expected ring: ivan, petro, got ivan.desk at 0.0 s"),
        ([("end", "USER_BUSY")], "expected end: USER_BUSY, got NORMAL_CLEARING at 36.0 s"),
        ([("webhook", "continue")], "expected webhook: continue, got scheme lviv at 0.0 s"),
        ([("crm", "answered")], "expected crm: answered"),
        ([("voicemail", "kharkiv")], "expected voicemail: kharkiv"),
    ],
)
def test_what_does_not_happen_is_told_with_what_did(expect: list[tuple[str, ...]], complaint: str) -> None:
    assert judged(expect=lines(*expect)) == [complaint]


def test_what_must_not_happen_and_what_takes_too_long_is_told() -> None:
    assert judged(never=lines(("ring", "olena")), within_s=5) == [
        "must not happen: ring: olena",
        "took 6.0 s, at most 5 s were allowed",
    ]


@pytest.mark.parametrize(
    ("at", "well"), [("6s", True), ("5.6s", True), ("5s", False), ("5s-7s", True), ("7s-9s", False)]
)
def test_the_moment_counts(at: str, well: bool) -> None:
    found = judged(expect=lines(("talk", "olena"), at=parse_span(at)))
    assert found == ([] if well else [f"expected talk: olena at {at}, got olena.desk at 6.0 s"])


@pytest.mark.parametrize(("length", "well"), [("6s", True), ("10s", False), ("2 rings", False), ("500ms-6s", True)])
def test_how_long_a_phone_rang_counts(length: str, well: bool) -> None:
    found = judged(expect=lines(("ring", "ivan"), lasts=(("ivan", parse_span(length)),)))
    assert found == ([] if well else [f"expected ring: ivan for {length}, got ivan.desk for 6.0 s at 0.0 s"])


def test_exactly_allows_no_other_phone() -> None:
    whole = lines(("ring", "ivan.desk", "olena.desk"), ("talk", "olena"))
    assert judged(exactly=whole) == []
    assert judged(exactly=lines(("ring", "ivan"), ("talk", "olena"))) == ["not expected: ring olena.desk at 0.0 s"]
    assert judged(exactly=lines(("ring", "ivan", "olena"))) == ["not expected: talk olena.desk at 6.0 s"]


def test_exactly_counts_other_kinds_only_when_they_are_named() -> None:
    events = [*EVENTS[:5], Event(30, "decision", "webhook", "scheme:kyiv", 20), *EVENTS[5:]]
    people = [("ring", "ivan", "olena"), ("talk", "olena")]
    assert judged(events, exactly=lines(*people)) == []
    named = lines(people[0], ("webhook", "scheme lviv"), people[1])
    assert judged(events, exactly=named) == ["not expected: webhook scheme kyiv at 0.0 s"]


def test_a_person_stands_for_all_his_phones_under_exactly() -> None:
    events = [Event(0, "ring", "ivan.desk"), Event(0, "ring", "ivan.mobile"), Event(9000, "end", "NO_ANSWER")]
    assert judged(events, exactly=lines(("ring", "ivan"))) == []


def test_silence_is_measured() -> None:
    events = [Event(0, "hears", "nothing"), Event(4000, "hears", "ringing"), Event(9000, "end", "NO_ANSWER")]
    assert judged(events, silence_s=4) == []
    assert judged(events, silence_s=3) == ["the caller heard nothing for 4.0 s, at most 3 s were allowed"]


def test_a_fault_of_the_compiled_plan_is_never_passed_over() -> None:
    events = [*EVENTS[:-1], Event(7000, "error", "unknown application"), EVENTS[-1]]
    assert judged(events) == ["the compiled dialplan is wrong: unknown application "]


def test_a_calendar_is_not_closed_before_it_was_asked() -> None:
    """The dialplan sets `closed` and asks the calendar, which may say `open`."""
    events = [Event(0, "variable", f"routing_hours={state}") for state in ("closed", "open")]
    events.append(Event(0, "end", "NO_ANSWER"))
    assert judged(settled(events), expect=lines(("hours", "closed"))) == [
        "expected hours: closed, got open at 0.0 s",
    ]


@pytest.mark.parametrize("text", ["18", 18, "soon", "", "9s-3s", "-3s", "3s-", "1h", None, True])
def test_what_is_no_time_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"time|before|unit"):
        parse_span(text)
