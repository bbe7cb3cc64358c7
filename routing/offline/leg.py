"""One leg of a dial string: what its phone does, and when. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from routing.offline.dialstring import Endpoint
from routing.offline.phones import UNREACHABLE_MS, ScriptedPhone


@dataclass
class CalledLeg:
    """One leg that is rung; ``limit_s`` and ``delay_s`` count from the group's start, 0 is none."""

    endpoint: Endpoint
    phone: ScriptedPhone
    target: str
    limit_s: int
    delay_s: int
    state: str = "waiting"
    rung_ms: int = 0
    picked_ms: int = 0
    confirmed_ms: int | None = None
    refused_ms: int | None = None
    cause: str = ""
    #: The person talks on another phone; they may pick up when that talk is over.
    held: bool = False
    #: When its talk began, and ends; a talk that goes on after keys is the same one.
    since_ms: int | None = None
    ends_ms: int | None = None
    #: Its dialplan, once it has one of its own (`routing.offline.legs`).
    running: Any = None

    @property
    def live(self) -> bool:
        """Whether it is waiting, ringing or waiting for its confirm key."""
        return self.state != "down"

    def begins_talk(self, now_ms: int) -> None:
        """The person talks from now on, until they hang up as their script says."""
        if self.since_ms is None:
            self.since_ms = now_ms
            self.ends_ms = None if self.phone.talks_ms is None else now_ms + self.phone.talks_ms

    @property
    def pressed(self) -> tuple[tuple[str, int], ...]:
        """The keys of its talk, each with its moment."""
        return tuple((key, (self.since_ms or 0) + at_ms) for key, at_ms in self.phone.presses)

    @property
    def due_ms(self) -> int | None:
        """When the phone's scripted behaviour comes; None: it rings on."""
        if self.phone.does == "no answer":
            return None
        wait = UNREACHABLE_MS if self.phone.does == "unreachable" else self.phone.after_ms
        return self.rung_ms + wait
