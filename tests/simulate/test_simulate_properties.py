"""Whatever queues, people and calls are: every call ends once, and nobody talks with two callers at once."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.simulate.arrivals import draw
from routing.simulate.calls import Ending
from routing.simulate.figures import as_json, figures
from routing.simulate.lengths import Exponential, Same
from routing.simulate.plan import Plan, QueuePlan, SimulatedCallbacks
from routing.simulate.week import DAY_MS, HOUR_MS, joined
from support.simulated import queue_plan, shared_week

S = 1000
PEOPLE = ("ivan", "olena", "taras", "maria")
ORDERS = ("longest_idle", "in_order", "together", "random", "round_robin", "fewest_calls", "least_talk")
maybe_ms = st.none() | st.integers(1, 300).map(lambda seconds: seconds * S)
lengths = st.integers(1, 300).map(lambda seconds: Exponential(seconds * S)) | st.integers(0, 60).map(
    lambda seconds: Same(seconds * S)
)
shares = st.sampled_from((0.0, 0.1, 0.5, 1.0))
callbacks = st.builds(
    SimulatedCallbacks, share=shares, after_ms=st.integers(0, 60_000), reached=shares, tries=st.integers(1, 3)
)


@st.composite
def queue_plans(draw_, name: str) -> QueuePlan:
    people = draw_(st.lists(st.sampled_from(PEOPLE), min_size=1, unique=True))
    settings = {
        "order": draw_(st.sampled_from(ORDERS)),
        "size": draw_(st.none() | st.integers(1, 5)),
        "wrap_up_ms": draw_(st.integers(0, 60)) * S,
        "misses": draw_(st.integers(0, 3)),
        "priority": draw_(st.integers(0, 3)),
    }
    return replace(
        queue_plan(name, people, ring_s=draw_(st.integers(5, 25)), **settings),
        at_most_ms=draw_(maybe_ms),
        rates=[((8 * HOUR_MS, 9 * HOUR_MS), float(draw_(st.integers(0, 40))))],
        talk=draw_(lengths),
        patience=draw_(lengths | st.just(Same(None))),
        picks_up=draw_(lengths | st.just(Same(0))),
        unanswered=draw_(st.sampled_from((0.0, 0.2, 0.9))),
        callback=draw_(st.none() | callbacks),
    )


@st.composite
def plans(draw_) -> Plan:
    queues = {name: draw_(queue_plans(name)) for name in draw_(st.sampled_from((("a",), ("a", "b"))))}
    minutes = st.integers(7 * 60, 11 * 60)
    spans = st.lists(st.tuples(minutes, minutes).map(lambda pair: (min(pair) * 60 * S, max(pair) * 60 * S)), max_size=3)
    shifts = {person: joined(draw_(spans | st.just([(0, DAY_MS)]))) for person in PEOPLE}
    return Plan(queues, shifts, days=(0,))


@settings(max_examples=40, deadline=None)
@given(plans(), st.integers(0, 9))
def test_every_call_ends_once_and_nobody_talks_with_two_callers_at_once(plan, seed):
    calls = draw(plan, lambda name: random.Random(f"{seed}{name}").random)
    week = shared_week(plan, calls, random.Random(seed).random)
    assert sorted(map(id, calls)) == sorted(id(each.call) for each in week.calls)
    talks = defaultdict(list)
    for outcome in week.calls:
        queue, call = plan.queues[outcome.call.queue], outcome.call
        assert (outcome.ending == Ending.TALKED) == bool(outcome.person) and outcome.waited_ms >= 0
        if outcome.ending == Ending.TALKED:
            talks[outcome.person].append((call.at_ms + outcome.waited_ms, call.talk_ms, queue.settings.wrap_up_ms))
        if outcome.ending == Ending.ABANDONED:
            assert outcome.waited_ms == call.patience_ms and not outcome.is_callback
        if outcome.ending == Ending.TOO_LONG:
            assert queue.at_most_ms <= outcome.waited_ms <= queue.at_most_ms + queue.ring_ms
        if outcome.ending == Ending.TALKED and not outcome.is_callback and call.patience_ms is not None:
            assert outcome.waited_ms <= call.patience_ms
    for person, found in talks.items():
        found.sort()
        ends = [began + talk + wrap_up for began, talk, wrap_up in found]
        assert all(end <= later[0] for end, later in zip(ends, found[1:], strict=False))
        assert all(any(start <= began <= end for start, end in plan.hours_of(person)) for began, _, _ in found)
        assert week.people[person].talk_ms == sum(talk for _, talk, _ in found)
        assert week.people[person].occupancy <= 1
    assert sum(queue["calls"] for queue in as_json(figures(plan, [week]))["queues"].values()) == len(calls)
