"""Figures of queues: from the steps of finished calls to the report."""

from __future__ import annotations

import pytest

from routing.journal.cdr import App, Cdr
from routing.journal.drafts import drafts
from routing.journal.executed import step
from routing.journal.queues import QueueLine, QueueReport, QueueWait
from routing.journal.record import LegRecord
from routing.journal.result import StepResult

ENTERED = [
    ("set", "routing_scheme=support", 0.0),
    ("multiset", "^^|routing_kind=queue|routing_step=1|routing_queue=sales", 0.0),
    ("set", "routing_why=decided place 2: ivan busy", 5.0),
    ("set", "routing_why=decided place 2: ivan busy", 10.0),
    ("set", "routing_why=decided place 1: ivan busy", 15.0),
]


def read(apps, legs=(), **times):
    """The record of a call's first step."""
    variables = {f"{name}_uepoch": str(round(at * 1e6)) for name, at in times.items()}
    call = Cdr("a_uuid", variables, tuple(App(name, data, str(round(at * 1e6))) for name, data, at in apps))
    (first, *_), _ = drafts(call)
    return step(0, first, list(legs), call)


def leg(why=""):
    return LegRecord("leg", "1", "ivan.desk", "ivan", 0.0, 0.0, not why, 0.0, "NORMAL_CLEARING", why)


def test_each_reason_of_a_wait_is_told_once_and_who_was_rung():
    found = read(ENTERED, [leg("no answer"), leg()], bridge=42.0, end=60.0)
    assert found.inputs == "sales / place 2: ivan busy / place 1: ivan busy"
    assert (found.result, found.outcome, found.took_s) == (
        StepResult.TALKED,
        "ivan.desk no answer, ivan.desk talked",
        42,
    )


def test_who_hangs_up_and_who_leaves_by_a_key_are_told_apart():
    assert (read(ENTERED, end=30.0).result, read(ENTERED, end=30.0).outcome) == (StepResult.LEFT, "hung up")
    gone = [*ENTERED, ("multiset", "^^|routing_kind=hangup|routing_step=1.star.1", 20.0)]
    found = read(gone, end=21.0)
    assert (found.result, found.outcome, found.took_s) == (StepResult.NO_TALK, "left by key *", 20)


def test_the_service_level_is_counted_both_ways_and_short_abandons_apart():
    waits = [QueueWait("sales", wait_s, result) for wait_s, result in (
        (10.0, StepResult.TALKED), (20.0, StepResult.TALKED), (60.0, StepResult.TALKED), (4.0, StepResult.LEFT),
        (90.0, StepResult.LEFT), (180.0, StepResult.NO_TALK),
    )]  # fmt: skip
    line = QueueReport.of(waits).queues["sales"]
    counts = line.calls, line.answered, line.in_time, line.abandoned, line.short, line.left
    assert counts == (6, 3, 2, 1, 1, 1)
    assert line.level_of_answered == pytest.approx(2 / 3)
    assert line.level_of_all == pytest.approx(2 / 5)
    assert (line.mean_wait_s, line.longest_s) == (30.0, 180.0)
    assert (QueueLine().level_of_all, QueueLine().mean_wait_s) == (0.0, 0.0)
