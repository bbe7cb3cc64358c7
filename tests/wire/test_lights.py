"""Message-waiting lights over FreeSWITCH's event socket: what it is told, when, and what it asks."""

from __future__ import annotations

import gevent
import pytest
from test_globals import where
from wire_peer import within
from wire_switch import Switch

from routing.esl.client import connected
from routing.esl.lights import keep_lights


class Lit(Switch):
    """Keeps what it is told of each account's messages."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []

    def reply(self, command: str) -> bytes:
        name, *lines = command.split("\n")
        if name != "sendevent MESSAGE_WAITING":
            return super().reply(command)
        said = dict(line.split(": ", 1) for line in lines)
        self.told.append((said["MWI-Message-Account"], said["MWI-Voice-Message"]))
        assert said["MWI-Messages-Waiting"] == ("no" if said["MWI-Voice-Message"].startswith("0/") else "yes")
        return b"Content-Type: command/reply\nReply-Text: +OK\n\n"

    def api(self, command: str) -> str:
        return "phones.example\n" if command == "global_getvar domain" else super().api(command)


def until(true) -> None:
    with within():
        while not true():
            gevent.sleep(0.001)


@pytest.fixture
def lit():
    switch = Lit()
    yield switch
    switch.server.stop()


def test_changes_are_told_and_whoever_registers(lit):
    counts: dict[str, int] | None = {"1001": 2, "1002": 0}
    running = gevent.spawn(keep_lights, where(lit), lambda: counts, 0.005, 0.01)
    try:
        until(lambda: lit.told)
        assert lit.told == [("1001@phones.example", "2/0 (0/0)")]
        counts = None
        for account in ("sip:1002@phones.example", "sip:1001@x", "sip:nobody@x", "1001", ""):
            lit.tell("MESSAGE_QUERY", **{"Message-Account": account})
        until(lambda: len(lit.told) == 3)
        assert lit.told[1:] == [("1002@phones.example", "0/0 (0/0)"), ("1001@phones.example", "2/0 (0/0)")]
        counts = {"1001": 0, "1002": 0}
        until(lambda: len(lit.told) == 4)
        assert lit.told[3] == ("1001@phones.example", "0/0 (0/0)")
    finally:
        running.kill()


def test_an_event_is_lines_and_no_more(lit):
    with connected(where(lit)) as client, pytest.raises(ValueError, match="one line"):
        client.fire("MESSAGE_WAITING", {"MWI-Message-Account": "x\n\napi shutdown"})
