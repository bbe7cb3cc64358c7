"""Forgets calls that are older than the project keeps them: rows, steps, legs and sound files.

A call's recordings are personal data like its numbers and go with it. Only files named by the call's own id go. Two
things are not taken on trust: a clock that no call confirms (a jump of a year must not empty the journal), and a folder
of recordings that is not there (a disk that is not mounted must not leave recordings that nothing names any more).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from sqlalchemy import Engine

from routing.journal import sound, store
from routing.journal.gather import Log

EVERY_SECONDS = 3600.0
DAY_SECONDS = 86400.0
#: A clock is confirmed by a call of the fortnight before the last one: nobody works that long by a wrong one.
FORTNIGHT_SECONDS = 14 * DAY_SECONDS
#: Of so many calls one is forgotten an hour, at least one, while the clock is in doubt.
_IN_DOUBT = 1000
#: How much longer a call is kept whose recording cannot be looked for.
LONGEST_SECONDS = 30 * DAY_SECONDS


def _no_log(level: str, event: str, **facts: object) -> None:
    return


@dataclass
class Retention:
    """``keep_s``: how long a call is kept, from its beginning, in seconds; 0: for ever. ``trusts_clock``: the operator
    says that the clock is right."""

    keep_s: Callable[[], float]
    log: Log = _no_log
    trusts_clock: bool = False
    _next: float = field(default=0.0, init=False)

    def apply(self, engine: Engine, now: float, stop: Event) -> int:
        """Forget what is too old, at most once an hour; returns how many calls went."""
        keep_s = self.keep_s()
        if not keep_s or self._next - EVERY_SECONDS <= now < self._next:
            return 0
        self._next = now + EVERY_SECONDS
        most = self._most(engine, now, keep_s)
        forgotten = kept = 0
        after = (0.0, "")
        while not stop.is_set() and forgotten < most:
            at_once = min(most - forgotten, store.DELETED_AT_ONCE)
            oldest = store.oldest(engine, now - keep_s, after, at_once)
            # sounds first: a kill in between must not leave one that nothing names
            gone = [old.call for old in oldest if self._without_sounds(old, now - keep_s)]
            store.forget(engine, gone)
            forgotten += len(gone)
            kept += len(oldest) - len(gone)
            if len(oldest) < at_once:
                break
            after = (oldest[-1].started, oldest[-1].call)
        if kept:
            self.log("error", "old calls kept", count=kept, reason="their recordings cannot be removed or looked for")
        return forgotten

    def _most(self, engine: Engine, now: float, keep_s: float) -> int:
        """How many calls may go now."""
        span = store.span(engine)
        if self.trusts_clock or not 0 < span.oldest < now - max(keep_s, 2 * FORTNIGHT_SECONDS):
            return span.count
        if store.is_any(engine, now - 2 * FORTNIGHT_SECONDS, now - FORTNIGHT_SECONDS):
            return span.count
        most = max(span.count // _IN_DOUBT, 1)
        self.log("error", "is the clock right?", forgets=most, of=span.count,
                 reason="no call of the last weeks confirms it", hint="--trust-clock")  # fmt: skip
        return most

    def _without_sounds(self, old: store.Old, due: float) -> bool:
        """Remove a call's sounds; whether they are gone."""
        gone = [sound.remove(old.call, path) for path in old.sounds]
        return all(gone) or old.started < due - LONGEST_SECONDS
