"""Encrypts the sounds of finished calls, and what their callers said at speech menus, for the keys that the live
release names; the private ones are elsewhere.

A call that is noted as encrypted has no clear file here. Sounds of other nodes are left to these. A key that is missing
is an error in the log, and sounds stay as they are until it is there: none is lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from sqlalchemy import Engine

from routing.journal import kept_sounds, sealed, sound, utterances
from routing.journal.gather import Log
from routing.model.recording import SEALED

EVERY_SECONDS = 10.0
#: How often the same fault is told.
LOGGED_SECONDS = 3600.0
#: Calls of one batch; a talk's file is closed some moments before its call ends.
AT_ONCE, CLOSED_SECONDS = 100, 5.0
#: A file that has changed lately may grow: the client of a call that a person has made can talk on for hours.
GROWING_SECONDS = 60.0


@dataclass
class Sealing:
    """``keys``: names of the public keys, those of the live release. ``shows``: told what hinders it now, or ""."""

    keys: Callable[[], Sequence[str]]
    secrets: Mapping[str, str]
    log: Log
    shows: Callable[[str], None] = lambda fault: None
    _next: float = field(default=0.0, init=False)
    _logged: dict[str, float] = field(default_factory=dict, init=False)
    _fault: str = field(default="", init=False)

    def apply(self, engine: Engine, now: float, stop: Event) -> int:
        """Encrypt what is there, at most every few seconds; returns how many calls."""
        keys = self.keys()
        if not keys:
            self.shows("")
        if not keys or self._next - EVERY_SECONDS <= now < self._next:
            return 0
        self._next, self._fault = now + EVERY_SECONDS, ""
        done = self._with_keys(engine, now, stop, keys)
        self.shows(self._fault)
        return done

    def _with_keys(self, engine: Engine, now: float, stop: Event, keys: Sequence[str]) -> int:
        try:
            found = sealed.recipients(keys, self.secrets)
        except sealed.KeyFault as problem:
            self._log(now, str(problem), hint="recordings stay in the clear until then; --secrets")
            return 0
        return self._walk(engine, now, stop, found)

    def _walk(self, engine: Engine, now: float, stop: Event, keys: Sequence[Any]) -> int:
        self._utterances(engine, now, stop, keys)
        done, after = 0, (0.0, "")
        while not stop.is_set():
            some = kept_sounds.to_seal(engine, now - CLOSED_SECONDS, after, AT_ONCE)
            ready = [each.call for each in some if self._sealed(each.call, each.sounds, now, keys)]
            kept_sounds.note_sealed(engine, ready)
            done += len(ready)
            if len(some) < AT_ONCE:
                break
            after = (some[-1].started, some[-1].call)
        return done

    def _utterances(self, engine: Engine, now: float, stop: Event, keys: Sequence[Any]) -> None:
        after = (0.0, "")
        while not stop.is_set():
            some = utterances.to_seal(engine, after, AT_ONCE)
            ready = [each.path for each in some if self._one(each.call, each.path, now, keys)]
            utterances.note_sealed(engine, ready)
            if len(some) < AT_ONCE:
                break
            after = (some[-1].until, some[-1].path)

    def _sealed(self, call: str, paths: Sequence[str], now: float, keys: Sequence[Any]) -> bool:
        """Whether each of a call's sounds is encrypted here now."""
        found = [self._one(call, path, now, keys) for path in paths]  # each of them, also after one that failed
        return all(found)

    def _one(self, call: str, path: str, now: float, keys: Sequence[Any]) -> bool:
        if not sound.is_of(call, path):
            return True
        if sealed.changed_within(path, GROWING_SECONDS, now):
            return False
        try:
            return sealed.seal(path, keys) or os.path.isfile(path + SEALED)
        except (OSError, ValueError) as problem:
            self._log(now, str(problem), call=call)
            return False

    def _log(self, now: float, problem: str, **facts: object) -> None:
        self._fault = f"call {facts['call']}: {problem}" if "call" in facts else problem
        if not self._logged.get(problem, 0.0) <= now < self._logged.get(problem, 0.0) + LOGGED_SECONDS:
            self._logged = {**dict(list(self._logged.items())[-100:]), problem: now}
            self.log("error", "recording not encrypted", problem=problem, **facts)
