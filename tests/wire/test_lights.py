"""Message-waiting lights over FreeSWITCH's event socket: what it is told, when, and what it asks."""

from __future__ import annotations

import contextlib

import gevent
import pytest

from routing.esl.client import connected
from routing.esl.lights import keep_lights
from support.waiting import until
from support.wire_switch import Switch, where


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


@pytest.fixture
def lit():
    switch = Lit()
    yield switch
    switch.server.stop()


ON, OFF = "2/0 (0/0)", "0/0 (0/0)"


@contextlib.contextmanager
def kept(lit, counts):
    """Lights are held to what ``counts`` lists last, for as long as the block runs."""
    running = gevent.spawn(keep_lights, where(lit), lambda: counts[-1], 0.005, 0.01)
    try:
        yield
    finally:
        running.kill()


def test_changes_are_told_and_whoever_registers(lit):
    counts: list[dict[str, int] | None] = [{"1001": 2, "1002": 0}]
    with kept(lit, counts):
        until(lambda: len(lit.told) == 2)
        counts.append(None)
        for account in ("sip:1002@phones.example", "sip:1001@x", "sip:nobody@x", "1001", ""):
            lit.tell("MESSAGE_QUERY", **{"Message-Account": account})
        until(lambda: len(lit.told) == 4)
        assert lit.told[2:] == [("1002@phones.example", OFF), ("1001@phones.example", ON)]
        counts.append({"1001": 0, "1002": 0})
        until(lambda: len(lit.told) == 5)
        assert lit.told[4] == ("1001@phones.example", OFF)


def test_a_light_whose_last_message_was_heard_while_nobody_watched_goes_out(lit):
    with kept(lit, [{"1001": 2, "1002": 0}]):
        until(lambda: len(lit.told) == 2)
    assert lit.told == [("1001@phones.example", ON), ("1002@phones.example", OFF)]
    with kept(lit, [{"1001": 0, "1002": 0}]):
        until(lambda: len(lit.told) == 4)
    assert lit.told[2:] == [("1001@phones.example", OFF), ("1002@phones.example", OFF)]


def test_the_light_of_an_account_that_is_nobody_s_any_more_goes_out(lit):
    counts: list[dict[str, int] | None] = [{"1001": 2}]
    with kept(lit, counts):
        until(lambda: lit.told)
        counts.append({})
        until(lambda: len(lit.told) == 2)
    assert lit.told[1] == ("1001@phones.example", OFF)


def test_an_event_is_lines_and_no_more(lit):
    with connected(where(lit)) as client, pytest.raises(ValueError, match="one line"):
        client.fire("MESSAGE_WAITING", {"MWI-Message-Account": "x\n\napi shutdown"})
