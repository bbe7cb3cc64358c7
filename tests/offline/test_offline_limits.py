"""``limit`` over several calls of one switch: who holds a resource now, how often it was asked for in an interval."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from routing.compile.entry import loops
from routing.model.rating import TALKS
from routing.offline.events import Event, ended
from routing.offline.ladder import ladder
from routing.offline.limited import by_limit
from routing.offline.limits import Limits
from support.offline_release import MONDAY, Telephone, extension

FREESWITCH = Path(__file__).parents[2] / "freeswitch"


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


@pytest.mark.parametrize(
    ("resource", "usage", "words"),
    [
        ("routing_caller_+380671234567", "6 of 5", "the caller +380671234567: 6 calls at a time, 5 allowed"),
        ("routing_caller_rate_anonymous", "61 of 60/60", "the caller anonymous: 61 calls in 60 s, 60 allowed"),
        (
            "routing_number_rate_+380441112200",
            "601 of 600/60",
            "the number +380441112200: 601 calls in 60 s, 600 allowed",
        ),
        ("routing_account_ivan.desk", "6 of 5", "the phone ivan.desk: 6 calls at a time, 5 allowed"),
        (
            "routing_own_+3801@+3802",
            "2 of 1",
            "calls from our own number +3801 to +3802: 2 calls at a time, 1 allowed",
        ),
        ("routing_outside", "41 of 40", "the gateways, to numbers outside: 41 calls at a time, 40 allowed"),
        ("mine_x", "2 of 1", "mine_x: 2 calls at a time, 1 allowed"),
    ],
)
def test_a_limit_is_named(resource, usage, words):
    assert by_limit(resource, usage) == f"by the limit of {words}"


def test_every_limit_of_the_dialplans_has_a_name():
    """Realms stand in the templates and in what is compiled for outside calls."""
    texts = [
        path.read_text("utf-8")
        for path in (FREESWITCH / "release/entry.xml.j2", FREESWITCH / "dialplan/routing.xml.j2")
    ]
    realms = set(re.findall(r'"(routing_(?:caller|number|account)\w*)"', " ".join(texts)))
    realms |= {f"routing_{name}" for name, *_ in loops(["+380441112200"])}
    assert len(realms) >= 9
    assert [realm for realm in realms if by_limit(f"{realm}_x", "2 of 1").startswith(f"by the limit of {realm}")] == []


def test_a_refusal_is_in_the_ladder_and_what_is_only_counted_is_not():
    limits, scheme = Limits(), Telephone("limit hash routing_number +38044 1 !SWITCH_CONGESTION", "sleep 10000")
    first, second = (scheme.call(limits=limits, uuid=uuid) for uuid in ("one", "two"))
    told = [[row.text for row in ladder(events) if row.kind == "limit"] for events in (first, second)]
    assert told == [[], ["by the limit of the number +38044: 2 calls at a time, 1 allowed"]]


def test_a_number_that_nobody_has_is_told_beside_the_file_that_is_missing():
    rows = [*ladder([Event(0, "missing", "release/numbers/4500.xml"), Event(0, "missing", "release/schemes/x.xml")])]
    assert [row.text for row in rows] == [
        "release/numbers/4500.xml (no scheme or pool has this number)", "release/schemes/x.xml",
    ]  # fmt: skip


def test_a_talk_too_short_to_rate_is_no_limit_to_a_reader() -> None:
    assert by_limit(f"{TALKS}_30943498-2843", "2 of 1/20") == "not asked for a rating: talked less than 20 s"
