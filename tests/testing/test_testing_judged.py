"""No test passes by chance: what a call did, written down exactly, holds; with any line left out, it fails."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from routing.cli.opened import opened
from routing.model.rating import SCORE
from routing.model.typed_digits import TYPED
from routing.offline.events import Event
from routing.testing.expect import Expected, judge
from routing.testing.kinds import KINDS, NOTICED, Expectation, describe
from routing.testing.names import Names
from routing.testing.read import checked, files_below
from routing.testing.run import carry

SCHEMES = Path(__file__).parent / "schemes"


@pytest.fixture(scope="module")
def calls() -> list[list[Event]]:
    with opened(SCHEMES) as published:
        names = Names(published)
        return [list(carry(case, names).events) for case in checked(files_below([SCHEMES]), names)]


def written(events: list[Event]) -> list[Expectation]:
    """All that is noticed of a call, one line each."""
    return [Expectation(event.kind, (describe(event, event.kind),)) for event in events if event.kind in NOTICED]


def test_what_happened_is_exactly_what_happened(calls: list[list[Event]]) -> None:
    for events in calls:
        assert judge(events, Expected(exactly=written(events))) == []
        assert judge(events, Expected(expect=written(events))) == []


def test_exactly_misses_no_line_that_is_left_out(calls: list[list[Event]]) -> None:
    tried = 0
    for events in calls:
        lines = written(events)
        for index in range(len(lines)) if len(lines) > 1 else ():
            assert judge(events, Expected(exactly=lines[:index] + lines[index + 1 :])), (events, lines[index])
            tried += 1
    assert tried > 60


def test_an_order_turned_round_is_another(calls: list[list[Event]]) -> None:
    tried = 0
    for events in calls:
        lines = written(events)
        for index, (one, two) in enumerate(pairwise(lines)):
            if one.kind != two.kind and lines.count(one) == lines.count(two) == 1:
                assert judge(events, Expected(expect=[*lines[:index], two, one])), (one, two)
                tried += 1
    assert tried > 20


def test_whatever_happened_can_be_forbidden(calls: list[list[Event]]) -> None:
    for events in calls:
        for line in written(events):
            assert judge(events, Expected(never=[line]))


def test_every_kind_meets_some_event(calls: list[list[Event]]) -> None:
    """No kind that nothing can ever meet."""
    said = {
        "hours": "open", "notify": "olena", "answered": "true", "end": "NORMAL_CLEARING", "hears": "ringing",
        "scheme": "kharkiv", "step": "kharkiv/1", "webhook": "continue", "crm": "ring ivan", "sticky": "ring petro",
        "visitor": "continue", "order": "answered", "tag": "vip", "callback": "ordered",
        "queue": "order ivan", "says": "closed", "speaks": "en", "asked": "order 123", "lookup": "found",
        "recording": "ends", "conference": "board", "rated": "4", "rate": "ask",
        "listen": "sales", "card": "ivan",
    }  # fmt: skip
    calls = [*calls, [Event(0, "tag", "shop"), Event(0, "tag", "vip")]]
    calls.append([Event(0, "decision", "callback", "ordered (person first)")])
    calls.append([Event(0, "decision", "queue", "order:ivan (place 1)")])
    calls.append([Event(0, "digits", f"{TYPED}order", "123"), Event(0, "decision", "lookup", "found")])
    calls.append([Event(0, "play", "/sounds/spoken/0.wav", text="We are closed.", language="en")])
    calls.append([Event(0, "digits", SCORE, "4"), Event(0, "decision", "rate", "ask (not asked within 30d)")])
    calls.append([Event(0, "conference", "board")])
    calls.append([Event(0, "record_end", "/recordings/calls/a.wav")])
    calls.append([Event(0, "decision", "listen", "option:sales (sales, confidence 0.90)")])
    calls.append([Event(0, "card", "ivan.desk")])
    for kind in KINDS:
        words = (
            {said[kind]}
            if kind in said
            else {line.values[0] for e in calls for line in written(e) if line.kind == kind}
        )
        assert any(KINDS[kind](event, word) for events in calls for event in events for word in words), kind
