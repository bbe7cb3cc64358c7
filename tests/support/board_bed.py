"""Calls of a FreeSWITCH as the live board hears them: events by their headers, and lists."""

from __future__ import annotations

from typing import Any

from routing.desk.board import Board
from routing.desk.board_picture import picture_of
from routing.desk.board_rows import BoardPicture, Surroundings

NODE = "127.0.0.1:8021"
PHONES = {"ivan": (("1001",), False), "petro": (("1002",), False), "maria": ((), True), "olena": (("1004",), False)}


class BoardBed:
    """A board of one node with a clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_795_428_000.0
        self.board = Board()
        self.board.add(NODE)
        self.board.listed(NODE, [], self.now)
        self.about = Surroundings(PHONES)

    def picture(self) -> BoardPicture:
        return picture_of(self.board, self.about)

    def event(self, name: str, **headers: str) -> None:
        found = {"Event-Name": name, **headers}
        self.board.heard(NODE, found.get, self.now)

    def comes(self, uuid: str, caller: str = "+380671234567", to: str = "380441230001", **facts: str) -> None:
        """A call from outside."""
        self._create(uuid, "inbound", caller, to, facts)

    def rings(self, uuid: str, target: str, by: str) -> None:
        """A phone is rung by a call."""
        self._create(uuid, "outbound", "", "x", {"routing_target": target}, by)

    def _create(self, uuid: str, way: str, caller: str, to: str, facts: dict[str, str], by: str = "") -> None:
        headers = {
            "Unique-ID": uuid,
            "Call-Direction": way,
            "Caller-Caller-ID-Number": caller,
            "Caller-Destination-Number": to,
            "Caller-Channel-Created-Time": str(round(self.now * 1e6)),
            **({"Other-Type": "originator", "Other-Leg-Unique-ID": by} if by else {}),
            **{f"variable_{name}": value for name, value in facts.items()},
        }
        self.event("CHANNEL_CREATE", **headers)

    def answers(self, uuid: str) -> None:
        stamp = str(round(self.now * 1e6))
        self.event("CHANNEL_ANSWER", **{"Unique-ID": uuid, "Caller-Channel-Answered-Time": stamp})

    def talk(self, one: str, two: str) -> None:
        self.event("CHANNEL_BRIDGE", **{"Bridge-A-Unique-ID": one, "Bridge-B-Unique-ID": two, "Unique-ID": one})

    def stops(self, one: str, two: str) -> None:
        self.event("CHANNEL_UNBRIDGE", **{"Bridge-A-Unique-ID": one, "Bridge-B-Unique-ID": two, "Unique-ID": one})

    def ends(self, uuid: str) -> None:
        self.event("CHANNEL_HANGUP", **{"Unique-ID": uuid})

    def listed(self, *uuids: str, **facts: Any) -> list[str]:
        rows = [{"uuid": uuid, "direction": "inbound", "created_epoch": "1795427000", **facts} for uuid in uuids]
        found = self.board.unknown(NODE, rows)
        self.board.listed(NODE, rows, self.now)
        return found

    def conversation(self, uuid: str = "a", person: str = "ivan", caller: str = "+380671234567") -> None:
        """A call from outside that somebody has answered."""
        self.comes(uuid, caller, routing_scheme="kyiv", routing_number="+380441230001", routing_caller=caller)
        self.rings(f"{uuid}-{person}", f"{person}.desk", uuid)
        self.answers(f"{uuid}-{person}")
        self.talk(uuid, f"{uuid}-{person}")
