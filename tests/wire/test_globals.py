"""Global variables of FreeSWITCH over its event socket: what is wanted is set, others go, a restart is mended."""

from __future__ import annotations

from collections.abc import Iterator

import gevent
import pytest

from routing.esl.client import connected
from routing.esl.globals import apply, keep
from support.waiting import within
from support.wire_switch import Remembering, where


@pytest.fixture
def switch() -> Iterator[Remembering]:
    running = Remembering()
    yield running
    running.server.stop()


@pytest.fixture
def wanted(switch) -> Iterator[dict[str, str]]:
    """What is wanted, held for as long as the test runs."""
    told = {"dnd_ivan": "busy"}
    running = gevent.spawn(keep, where(switch), "dnd_", lambda: told, every_s=0.01, retry_s=0.01)
    yield told
    running.kill()


def holds(switch: Remembering, *names: str) -> bool:
    """Soon these are busy and no others are."""
    with within():
        while switch.globals.keys() - {"hostname", "hours_office"} != set(names):
            gevent.sleep(0.001)
    return all(switch.globals[name] == "busy" for name in names)


def test_what_is_wanted_is_set_and_what_is_not_is_gone(switch, wanted):
    assert holds(switch, "dnd_ivan")
    wanted["dnd_olena"] = "busy"
    assert holds(switch, "dnd_ivan", "dnd_olena")
    del wanted["dnd_ivan"]
    assert holds(switch, "dnd_olena")
    assert switch.globals["hours_office"] == "closed"


def test_a_switch_that_restarts_is_told_again(switch, wanted):
    assert holds(switch, "dnd_ivan")
    switch.restart()
    assert holds(switch, "dnd_ivan")


def test_all_stays_as_it_is_while_nobody_knows_what_is_wanted(switch):
    with connected(where(switch)) as opened:
        apply(opened, "dnd_", None)
        assert "dnd_old" in switch.globals
        apply(opened, "dnd_", {})
        assert "dnd_old" not in switch.globals
