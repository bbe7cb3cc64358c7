"""Callers who wait in queues of a drained node, as its FreeSWITCH knows them."""

from __future__ import annotations

import json

from routing.cluster.waiting_callers import let_go, waiting_callers


class Asked:
    """A FreeSWITCH with these channels: uuid -> what it runs, and the queue's step whose music it hears."""

    def __init__(self, channels: dict[str, tuple[str, str]]) -> None:
        self.channels = channels
        self.commands: list[str] = []

    def __call__(self, command: str) -> str:
        self.commands.append(command)
        if command == "show channels as json":
            rows = [{"uuid": uuid, "application": runs} for uuid, (runs, _) in self.channels.items()]
            return json.dumps({"row_count": len(rows), "rows": rows} if rows else {"row_count": 0})
        if command.startswith("uuid_getvar"):
            return self.channels[command.split()[1]][1] + "\n"
        return "+OK"


def test_who_sleeps_in_a_queue_waits_and_nobody_else():
    asked = Asked(
        {
            "waits": ("sleep", "1.closed.2"),
            "sleeps": ("sleep", "_undef_"),
            "left": ("sleep", ""),
            "rings": ("bridge", "1"),
            "odd": ("sleep", "1 && reloadxml"),
        }
    )
    assert waiting_callers(asked) == {"waits": "1.closed.2"}


def test_where_nobody_is_nobody_waits():
    assert waiting_callers(Asked({})) == {}


def test_who_waits_is_told_what_an_engine_would_tell_and_woken():
    asked = Asked({"waits": ("sleep", "1"), "rings": ("bridge", "1")})
    assert let_go(asked) == 1
    assert asked.commands[-2:] == [
        "uuid_setvar_multi waits routing_verdict=decided the node is drained;routing_decision=1:nobody",
        "uuid_break waits",
    ]
