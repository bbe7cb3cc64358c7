"""Global variables of FreeSWITCH over its event socket: what is wanted is set, others go, a restart is mended."""

from __future__ import annotations

from collections.abc import Iterator

import gevent
import pytest
from wire_peer import within
from wire_switch import Switch

from routing.esl.client import connected
from routing.esl.globals import keep, mend
from routing.esl.protocol import EventSocket


class Remembering(Switch):
    """An event socket of a FreeSWITCH that keeps global variables; a restart forgets ours."""

    def __init__(self) -> None:
        super().__init__()
        self.globals = {"hostname": "here", "dnd_old": "x", "hours_office": "closed"}

    def api(self, command: str) -> str:
        word, _, rest = command.partition(" ")
        if word == "global_setvar":
            name, _, value = rest.partition("=")
            self.globals.pop(name, None)
            self.globals |= {name: value} if value else {}
            return "+OK\n"
        if word == "show":
            return super().api(command)
        return "".join(f"{name}={value}\n" for name, value in self.globals.items()) + "\n"

    def restart(self) -> None:
        self.globals = {"hostname": "here"}
        for sock in self.socks:
            sock.close()


def where(switch: Remembering) -> EventSocket:
    return EventSocket("127.0.0.1", switch.server.server_port, "right")


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
        mend(opened, "dnd_", None)
        assert "dnd_old" in switch.globals
        mend(opened, "dnd_", {})
        assert "dnd_old" not in switch.globals
