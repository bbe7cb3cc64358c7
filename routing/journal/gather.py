"""From files to calls: reads an A-leg and the B-legs that it names, and says when a call is whole.

A call is whole when every named leg has its file, or when the A-leg's file has waited long enough for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from routing.journal import cdr, parse
from routing.journal.cdr import Cdr, Unfinished
from routing.journal.record import Call
from routing.journal.spool import Spool


class Log(Protocol):
    """Writes one log line."""

    def __call__(self, level: str, event: str, **facts: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A call and the files that it was made of."""

    call: Call
    files: tuple[str, ...]


@dataclass
class Gatherer:
    """Reads calls. ``grace_s``: how long an A-leg waits for its B-legs; ``patience_s``: how long a file may stay
    unreadable before it is put aside. ``now``: seconds since the epoch."""

    spool: Spool
    place: parse.Place
    log: Log
    now: Callable[[], float]
    grace_s: float = 15.0
    patience_s: float = 60.0
    bad: int = field(default=0, init=False)

    def call(self, uuid: str) -> Whole | None:
        """The call of an A-leg, or None when it is not whole yet or its file is gone."""
        name = cdr.name_of(uuid, is_a_leg=True)
        a_leg = self.leg(name)
        if a_leg is None:
            return None
        b_legs: dict[str, Cdr] = {}
        files = []
        for each in cdr.legs_named(a_leg):
            b_name = cdr.name_of(each)
            if (b_leg := self.leg(b_name)) is not None:
                b_legs[each] = b_leg
                files.append(b_name)
            elif self.spool.age_s(name, self.now()) < self.grace_s:
                return None
        try:
            return Whole(parse.call(a_leg, b_legs, self.place), (*files, name))
        except Exception as problem:
            self.put_aside(name, f"no call can be made of it: {problem!r}")
            return None

    def leg(self, name: str) -> Cdr | None:
        """A leg's file, or None when it is not there or not (yet) whole."""
        text = self.spool.read(name)
        if text is None:
            return None
        try:
            return cdr.read(text)
        except Unfinished as problem:
            if self.spool.age_s(name, self.now()) > self.patience_s:
                self.put_aside(name, str(problem))
            return None

    def put_aside(self, name: str, reason: str) -> None:
        """Give a file up, with a line in the log."""
        self.spool.put_aside(name)
        self.bad += 1
        self.log("error", "unusable", file=name, moved_to="bad", reason=reason[:300])
