"""A week of a few calls whose moments are written down: who waits, who talks, who leaves and why."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from routing.model.queue import failed_offer
from routing.simulate.arrivals import draw
from routing.simulate.calls import CallOutcome, Ending, SimulatedCall, Week
from routing.simulate.lengths import Exponential, Measured, Same
from routing.simulate.plan import Plan, QueuePlan, SimulatedCallbacks
from routing.simulate.run import Simulation
from routing.simulate.week import DAY_MS, HOUR_MS, WEEK_MS
from support.first_come import FirstCome
from support.simulated import queue_plan, shared_week

S = 1000
ALWAYS = ((0, WEEK_MS),)
SALES = queue_plan("sales", ["ivan"])
#: Nobody is offered a caller so soon after a missed one.
RESTED_S = failed_offer("NO_ANSWER").delay_ms / 1000


def sales(people=("ivan",), **settings) -> QueuePlan:
    return queue_plan("sales", people, **settings)


def week(calls, *queues, shifts=None, days=range(7)) -> Week:
    queues = queues or (SALES,)
    people = {name for queue in queues for name in queue.people}
    plan = Plan({queue.name: queue for queue in queues}, dict.fromkeys(people, ALWAYS) | (shifts or {}), tuple(days))
    return shared_week(plan, calls)


def call(at_s, talk_s=60, queue="sales", **facts) -> SimulatedCall:
    return SimulatedCall(queue, at_s * S, talk_s * S, **facts)


def endings(found: Week) -> list[tuple[int, str, float, str]]:
    """(when it came, how it ended, how long it waited, with whom) in the order of the calls; seconds."""

    def of(each: CallOutcome) -> tuple[int, str, float, str]:
        return each.call.at_ms // S, each.ending.value, each.waited_ms / S, each.person

    return sorted(map(of, found.calls))


def test_one_after_the_other_with_wrap_up_between():
    found = week([call(0), call(10), call(20)], sales(wrap_up_ms=15 * S))
    assert endings(found) == [(0, "talked", 0, "ivan"), (10, "talked", 65, "ivan"), (20, "talked", 130, "ivan")]
    ivan = found.people["ivan"]
    assert (ivan.talk_ms, ivan.wrap_up_ms, ivan.talks) == (180 * S, 45 * S, 3)
    assert ivan.occupancy == pytest.approx(225 * S / WEEK_MS)


def test_two_people_talk_at_once_and_the_idle_one_is_next():
    people = ["ivan", "olena"]
    both = sales(people)
    assert endings(week([call(0), call(1), call(100)], both)) == [
        (0, "talked", 0, "ivan"), (1, "talked", 0, "olena"), (100, "talked", 0, "ivan"),
    ]  # fmt: skip
    assert endings(week([call(0), call(100)], sales(people, order="in_order")))[1][3] == "ivan"
    assert endings(week([call(0), call(100)], both))[1][3] == "olena"


def test_who_loses_patience_frees_the_place():
    found = endings(week([call(0), call(5, patience_ms=20 * S), call(10)]))
    assert found[1:] == [(5, "abandoned", 20, ""), (10, "talked", 50, "ivan")]


def test_who_hangs_up_while_a_phone_rings_frees_the_person_at_once():
    ringing = replace(SALES, picks_up=Same(15 * S))
    found = endings(week([call(0, patience_ms=8 * S), call(4)], ringing))
    assert found == [(0, "abandoned", 8, ""), (4, "talked", 19, "ivan")]


def test_a_phone_that_is_not_picked_up_rings_out_and_the_place_stays():
    deaf = replace(SALES, unanswered=0.5)
    found = week([call(0, chances=(0.4, 0.9, 0.5)), call(1, chances=(0.9, 0.5))], deaf)
    rested_s = 20 + RESTED_S
    assert endings(found) == [(0, "talked", rested_s, "ivan"), (1, "talked", rested_s + 59, "ivan")]
    assert found.people["ivan"].missed == 1


def test_the_longest_wait_ends_after_the_ring_that_was_on():
    slow = replace(SALES, at_most_ms=30 * S, unanswered=0.5)
    assert endings(week([call(0), call(1)], replace(SALES, at_most_ms=30 * S)))[1] == (1, "too long", 30, "")
    assert endings(week([call(0, 15), call(1, chances=(0.1,))], slow))[1] == (1, "too long", 34, "")


def test_a_full_queue_refuses():
    full = endings(week([call(0), call(1), call(2), call(3)], sales(size=2)))
    assert full[3] == (3, "full", 0, "")


def test_whose_phone_is_ringing_for_them_counts_as_waiting():
    ringing = replace(sales(["ivan", "olena"], size=1), picks_up=Same(10 * S))
    assert [each[1] for each in endings(week([call(0), call(1)], ringing))] == ["talked", "full"]


def test_who_would_wait_for_too_long_goes_on_at_once_when_talks_are_known():
    """Twenty talks of a minute; then three callers at once, who would wait for none, one and two minutes."""
    before = [call(at * 100) for at in range(20)]
    calls = [*before, *(call(5000 + place) for place in range(4))]
    strict = endings(week(calls, sales(expect_ms=90 * S)))[20:]
    assert [each[1] for each in strict] == ["talked", "talked", "full", "full"]
    assert {each[1] for each in endings(week(calls[:10] + calls[20:], sales(expect_ms=90 * S)))} == {"talked"}


def test_nobody_works_so_nobody_waits_and_a_talk_outlasts_the_shift():
    nine_to_ten = {"ivan": ((9 * HOUR_MS, 10 * HOUR_MS),)}
    at = 10 * 3600 - 30
    found = week([call(3600), call(at, 90), call(at + 5)], shifts=nine_to_ten)
    assert endings(found) == [
        (3600, "nobody", 0, ""), (at, "talked", 0, "ivan"), (at + 5, "nobody", 25, ""),
    ]  # fmt: skip
    assert found.people["ivan"].there_ms == HOUR_MS + 60 * S


def test_a_night_shift_is_one_shift_and_other_days_are_no_days():
    night = {"ivan": ((20 * HOUR_MS, DAY_MS + 4 * HOUR_MS), (3 * DAY_MS, 4 * DAY_MS))}
    found = week([call(86_390), call(86_395)], shifts=night, days=(0, 1))
    assert [each[1] for each in endings(found)] == ["talked", "talked"]
    assert found.people["ivan"].there_ms == 8 * HOUR_MS


def test_a_callback_keeps_its_place_and_its_client_waits_at_no_phone():
    back = replace(SALES, callback=SimulatedCallbacks(0.5, 10 * S))
    found = week([call(0), call(1, patience_ms=20 * S, callback_ms=10 * S), call(2)], back)
    assert endings(found)[1:] == [(1, "talked", 59, "ivan"), (2, "talked", 118, "ivan")]
    assert [each.is_callback for each in found.calls] == [False, True, False]


def test_a_client_who_is_not_reached_is_tried_again_but_not_for_ever():
    back = replace(SALES, callback=SimulatedCallbacks(0.5, 10 * S, reached=0.5, tries=2, again_ms=100 * S))
    later = week([call(0), call(1, callback_ms=10 * S, chances=(0.9, 0.9, 0.9, 0.1))], back)
    assert endings(later)[1] == (1, "talked", 159, "ivan")
    never = week([call(0), call(1, callback_ms=10 * S, chances=(0.9,))], back)
    assert endings(never)[1] == (1, "not reached", 159, "")


def test_a_callback_waits_for_the_next_shift():
    shifts = {"ivan": ((9 * HOUR_MS, 10 * HOUR_MS), (DAY_MS, DAY_MS + HOUR_MS))}
    back = replace(SALES, callback=SimulatedCallbacks(0.5, 10 * S))
    at = 10 * 3600 - 30
    found = week([call(at, 60), call(at, callback_ms=10 * S)], back, shifts=shifts)
    assert endings(found)[1] == (at, "talked", 86_400 - at, "ivan")


def test_a_person_of_two_queues_serves_whoever_has_waited_longest_unless_one_is_more_urgent():
    other = queue_plan("help", ["ivan"])
    calls = [call(0), call(1, queue="help"), call(2)]
    assert [each.call.queue for each in week(calls, SALES, other).calls] == ["sales", "help", "sales"]
    urgent = sales(priority=1)
    assert [each.call.queue for each in week(calls, urgent, other).calls] == ["sales", "sales", "help"]


def test_who_still_waits_at_the_end_is_counted():
    found = week([call(0, 60), call(1, callback_ms=S)], shifts={"ivan": ((0, 10 * S),)})
    assert {each.ending for each in found.calls} == {Ending.TALKED, Ending.WAITING}


def test_together_whoever_picks_up_first_talks_and_the_other_is_free():
    both = replace(sales(["ivan", "olena"], order="together"), picks_up=Measured((2 * S, 4 * S)))
    found = week([call(0, chances=(0.9, 0.1)), call(10, chances=(0.1,))], both)
    assert endings(found) == [(0, "talked", 2, "olena"), (10, "talked", 2, "ivan")]


def test_who_misses_too_many_calls_is_paused():
    deaf = replace(sales(misses=2, pause_ms=300 * S), unanswered=0.5)
    found = week([call(0, chances=(0.1, 0.1, 0.9, 0.5))], deaf)
    assert endings(found) == [(0, "talked", 20 + RESTED_S + 20 + 300, "ivan")]
    assert found.people["ivan"].missed == 2


def test_the_engines_distribution_serves_as_first_come_first_served():
    people = [f"p{number}" for number in range(7)]
    queue = replace(
        sales(people), rates=[((0, 2 * DAY_MS), 150.0)], talk=Exponential(150 * S), patience=Exponential(90 * S)
    )
    plan = Plan({"sales": queue}, dict.fromkeys(people, ALWAYS), days=(0, 1))
    calls = draw(plan, lambda name: random.Random(name).random)
    ways = [shared_week(plan, calls), Simulation(plan, FirstCome).run(calls)]
    waits = [sorted((each.call.at_ms, each.ending, each.waited_ms) for each in found.calls) for found in ways]
    assert len(calls) > 6000 and waits[0] == waits[1]


def test_a_phone_that_nobody_ever_picks_up_does_not_ring_for_ever():
    found = week([call(0, chances=(0.1,))], replace(sales(), unanswered=0.5), days=[0])
    assert endings(found)[0][1] == "waiting"
