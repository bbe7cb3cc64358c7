"""``limit`` over several calls of one switch: who holds a resource now, how often it was asked for in an interval."""

from datetime import timedelta

import pytest
from offline_release import MONDAY, Telephone, extension

from routing.offline.events import ended
from routing.offline.limits import Limits


def causes(actions, seconds):
    """Calls that begin at these seconds share one switch; how each ends."""
    limits, scheme = Limits(), Telephone(*actions)
    moments = [MONDAY + timedelta(seconds=each) for each in seconds]
    return [ended(scheme.call(at=at, limits=limits, uuid=f"call-{place}")).subject for place, at in enumerate(moments)]


@pytest.mark.parametrize(
    ("seconds", "refused"),
    [
        ((0, 1, 2), [False, False, True]),
        # the first is over at 10 s, the second at 11 s: a refused call holds nothing
        ((0, 1, 2, 10.5, 10.6), [False, False, True, False, True]),
    ],
)
def test_calls_at_the_same_time(seconds, refused):
    ends = causes(["limit hash number x 2 !SWITCH_CONGESTION", "sleep 10000", "hangup USER_BUSY"], seconds)
    assert [end == "SWITCH_CONGESTION" for end in ends] == refused


def test_calls_in_an_interval():
    ends = causes(["limit hash rate x 2/60 !CALL_REJECTED", "hangup USER_BUSY"], (0, 1, 59, 60, 61, 62))
    assert [end == "CALL_REJECTED" for end in ends] == [False, False, True, False, False, True]


def test_a_resource_held_while_an_application_runs_only():
    actions = ["limit_execute hash out x 1 sleep 5000", "sleep 5000", "hangup USER_BUSY"]
    limits, scheme = Limits(), Telephone(*actions)

    def lasts(second):
        at = MONDAY + timedelta(seconds=second)
        return ended(scheme.call(at=at, limits=limits, uuid=f"call-{second}")).at_ms

    assert [lasts(0), lasts(1), lasts(6)] == [10_000, 5_000, 10_000]


@pytest.mark.parametrize(
    ("before", "refused"),
    [([], [False, False, False]), (["set limit_ignore_transfer=true"], [False, False, True])],
)
def test_a_transfer_gives_back_what_the_call_holds_unless_it_is_told_not_to(before, refused):
    limits = Limits()
    actions = [*before, "limit hash number x 2 !SWITCH_CONGESTION", "transfer on"]
    scheme = Telephone(*actions, extensions=extension("on", "sleep 10000", "hangup USER_BUSY"))
    ends = [ended(scheme.call(limits=limits, uuid=f"call-{place}")).subject for place in range(3)]
    assert [end == "SWITCH_CONGESTION" for end in ends] == refused
