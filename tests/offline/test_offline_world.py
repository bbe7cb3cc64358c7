"""Many calls on one clock: the order of what happens, interruptions from outside, and a world that repeats itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from routing.offline.events import Event
from routing.offline.line import HungUp, Transfer
from routing.offline.phones import ScriptedCaller, ScriptedPhones
from routing.offline.switch import OfflineCall, run
from routing.offline.world import Freed, World

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
BEGAN_MS = round(AT.timestamp() * 1000)
PLAN = """\
<include><context name="routing_inbound">
<extension name="ring"><condition field="destination_number" expression="^1$">
<action application="answer"/><action application="sleep" data="60000"/><action application="hangup" data="USER_BUSY"/>
</condition></extension>
<extension name="other"><condition field="destination_number" expression="^2$">
<action application="set_global" data="seen=yes"/><action application="sleep" data="5000"/>
<action application="hangup" data="NO_ANSWER"/>
</condition></extension>
</context></include>
"""


class NoFiles:
    """No release."""

    def read(self, path: str) -> str | None:
        """See Files."""
        return None


def carried(world: World, uuid: str, to: str, told: dict[str, list[Event]]) -> Callable[[], None]:
    """A script that carries one call."""

    def script() -> None:
        at = datetime.fromtimestamp(world.now_ms / 1000, UTC)
        told[uuid] = run(
            OfflineCall(to, "+380671234567", at, uuid=uuid),
            NoFiles(),
            PLAN,
            ScriptedPhones(),
            ScriptedCaller(),
            world=world,
        )

    return script


def test_whoever_is_due_first_goes_on() -> None:
    world, told = World(), []

    def script(name: str, *moments: int) -> Callable[[], None]:
        def go() -> None:
            for moment in moments:
                world.wait(name, moment)
                told.append((world.now_ms, name))

        return go

    world.begin(0, script("a", 5, 20, 20))
    world.begin(1, script("b", 5, 10))
    world.begin(30, script("c", 3))
    world.run()
    assert told == [(5, "a"), (5, "b"), (10, "b"), (20, "a"), (20, "a"), (30, "c")]


def test_calls_share_the_clock_and_global_variables() -> None:
    world, told = World(), {}
    world.begin(BEGAN_MS, carried(world, "first", "1", told))
    world.begin(BEGAN_MS + 2_000, carried(world, "second", "2", told))
    world.run()
    assert {uuid: (events[-1].subject, events[-1].at_ms) for uuid, events in told.items()} == {
        "first": ("USER_BUSY", 60_000),
        "second": ("NO_ANSWER", 5_000),
    }
    assert world.globals["seen"] == "yes" and world.now_ms == BEGAN_MS + 60_000


@pytest.mark.parametrize(
    ("outcome", "ended"),
    [
        (HungUp("NORMAL_CLEARING", "outside"), ("NORMAL_CLEARING", 3_000)),
        (Transfer("2", None, None, "sent on"), ("NO_ANSWER", 8_000)),
    ],
)
def test_a_call_that_waits_is_woken_from_outside(outcome: BaseException, ended: tuple[str, int]) -> None:
    """As `uuid_kill` and `uuid_transfer` do."""
    world, told = World(), {}
    world.begin(BEGAN_MS, carried(world, "first", "1", told))
    woken = []
    world.begin(BEGAN_MS + 3_000, lambda: woken.extend([world.wake("first", outcome), world.wake("nobody", outcome)]))
    world.run()
    assert woken == [True, False]
    assert (told["first"][-1].subject, told["first"][-1].at_ms) == ended


def test_what_a_script_raises_ends_the_run() -> None:
    world = World()

    def script() -> None:
        world.wait("a", 5)
        raise KeyError("a fault")

    world.begin(0, script)
    with pytest.raises(KeyError):
        world.run()


def test_a_phone_rings_for_many_calls_and_talks_with_one() -> None:
    world = World()
    world.rings("ivan.desk", "a")
    world.rings("ivan.desk", "b")
    assert world.is_busy("ivan", "a") and not world.is_talking("ivan.desk", "a")
    world.talks("ivan.desk", "a")
    assert world.is_talking("ivan.desk", "b") and world.is_person_talking("ivan.mobile", "b")
    assert not world.is_person_talking("ivan.mobile", "a") and not world.is_busy("olena", "")
    world.leaves("ivan.desk", "a")
    world.leaves("ivan.desk", "b")
    assert not world.is_busy("ivan", "")


def test_whoever_rings_somebody_learns_that_they_hung_up() -> None:
    world, told = World(), []

    def rings() -> None:
        world.rings("ivan.mobile", "ringing")
        told.append((world.wait("ringing", 60), world.now_ms))

    def talks() -> None:
        world.rings("ivan.desk", "talking")
        world.talks("ivan.desk", "talking")
        world.wait("talking", 10)
        world.leaves("ivan.desk", "talking")

    world.begin(0, rings)
    world.begin(0, talks)
    world.run()
    ((outcome, at_ms),) = told
    assert isinstance(outcome, Freed) and at_ms == 10


def test_what_comes_from_outside_counts_more_than_that_somebody_hung_up() -> None:
    world, told = World(), []
    world.begin(0, lambda: told.append(world.wait("ringing", 60)))
    killed = HungUp("NORMAL_CLEARING", "outside")
    world.begin(10, lambda: told.extend([world.wake("ringing", Freed()), world.wake("ringing", killed)]))
    world.run()
    assert told == [True, True, killed]
