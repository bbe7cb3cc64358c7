"""Step `rate`: who is asked, what the compiler lets through, what offline calls show beyond the shared cases."""

from __future__ import annotations

import pytest

from routing.compile.xml import UnsafeDialplan, to_xml
from routing.decide.registry import decide
from routing.model.call import Call
from routing.model.decision import AskRating, Continue, encode
from routing.model.memory import Forgotten
from routing.model.rating import AS_TALK_BEGINS
from routing.offline.remembered import OfflineRatings, Remembered
from routing.steps.dialplan import Context
from support.decision_ports import given

NOW = 1_795_000_000.0
STEP = {"kind": "rate", "project": "p", "once_in_s": 30 * 86400}
CALL = Call("12345678", "/r", "s", "1", "+380800330521", "+380671234567")


class Away:
    def ask(self, *_: object) -> None:
        raise Forgotten("no answer from Redis")


def verdict(ratings: object, call: Call = CALL):
    return decide(STEP, call, given(ratings=ratings, now=lambda: NOW))


@pytest.mark.parametrize(
    ("ago_s", "decision", "reason"),
    [
        (None, AskRating(), "not asked within 30d"),
        (30 * 86400, AskRating(), "not asked within 30d"),
        (30 * 86400 - 1, Continue(), "asked 29 d ago, less than 30d"),
        (90, Continue(), "asked 1 min 30 s ago, less than 30d"),
    ],
)
def test_a_caller_is_asked_once_in_the_time(ago_s, decision, reason):
    found = verdict(OfflineRatings(Remembered(rating_requested_s=ago_s), {}))
    assert (found.decision, found.reason) == (decision, reason)


def test_whoever_is_asked_counts_from_now():
    ratings = OfflineRatings(Remembered(), {})
    assert [verdict(ratings).decision for _ in range(3)] == [AskRating(), Continue(), Continue()]


@pytest.mark.parametrize("caller", ["anonymous", "1001", ""])
def test_who_shows_no_number_is_not_asked(caller):
    call = Call("12345678", "/r", "s", "1", "+380800330521", caller, stated_number="+380671234567")
    found = verdict(Away(), call)  # the memory is not even asked
    assert (found.decision, found.outcome) == (Continue(), "continued")


def test_a_memory_that_is_away_is_no_question():
    found = verdict(Away())
    assert (found.decision, found.outcome, found.reason) == (Continue(), "failed", "no answer from Redis")


def test_the_decision_is_of_its_step_alone():
    assert encode("4.closed.1", AskRating()) == {"routing_decision": "4.closed.1:ask"}


@pytest.mark.parametrize(
    "value",
    [
        "system touch /tmp/x",
        "execute_extension 1.begins XML:/etc/x.xml a",
        "execute_extension 1.begins XML:${routing_release}/schemes/a.xml b",
        "execute_extension 1.other XML:${routing_release}/schemes/a.xml a",
    ],
)
def test_no_other_command_runs_as_a_talk_begins(value):
    for application, name in (("set", AS_TALK_BEGINS), ("export", f"nolocal:{AS_TALK_BEGINS}")):
        context = Context("a")
        context.extension("start").do(application, f"{name}={value}")
        with pytest.raises(UnsafeDialplan):
            to_xml(context)


def test_the_steps_own_extension_may_run():
    context = Context("a")
    start = context.extension("start")
    start.set(AS_TALK_BEGINS, "execute_extension 2.open.1.begins XML:${routing_release}/schemes/a.xml a")
    start.set(f"{AS_TALK_BEGINS}", "")
    begins = "execute_extension $1.begins XML:${routing_release}/schemes/$2.xml $2"
    start.do("export", f"nolocal:{AS_TALK_BEGINS}={begins}")
    assert AS_TALK_BEGINS in to_xml(context)
