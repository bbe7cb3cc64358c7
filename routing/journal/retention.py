"""Deletes calls that are older than the project's retention time: rows, steps, legs and sound files.

A call's recordings are personal data like its numbers and are deleted with it. Only files with the call's own id in
their name are deleted. Two safeguards: a clock that no recent call confirms deletes only a few calls (a jump of a year
must not empty the journal), and calls stay while the folder of their recordings is missing (a disk that is not mounted
must not leave recordings without a row).
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
#: A call of the fortnight before the last one confirms the clock: nobody works that long with a wrong one.
FORTNIGHT_SECONDS = 14 * DAY_SECONDS
#: One of so many calls is deleted an hour, at least one, while the clock is not confirmed.
_IN_DOUBT = 1000
#: How much longer a call is kept while its recording cannot be found or removed.
LONGEST_SECONDS = 30 * DAY_SECONDS


def _no_log(level: str, event: str, **facts: object) -> None:
    return


@dataclass
class Retention:
    """``keep_s``: how long a call is kept from its beginning, in seconds; 0: for ever. ``trusts_clock``: the operator
    confirms the clock."""

    keep_s: Callable[[], float]
    log: Log = _no_log
    trusts_clock: bool = False
    _next: float = field(default=0.0, init=False)

    def apply(self, engine: Engine, now: float, stop: Event) -> int:
        """Delete calls that are too old, at most once an hour; returns how many."""
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
            # sounds first: a kill in between must not leave sounds without a row
            gone = [old.call for old in oldest if self._without_sounds(old, now - keep_s)]
            store.forget_old(engine, gone)
            forgotten += len(gone)
            kept += len(oldest) - len(gone)
            if len(oldest) < at_once:
                break
            after = (oldest[-1].started, oldest[-1].call)
        if kept:
            self.log("error", "old calls kept", count=kept, reason="their recordings cannot be removed or looked for")
        return forgotten

    def _most(self, engine: Engine, now: float, keep_s: float) -> int:
        """How many calls may be deleted now."""
        span = store.span(engine)
        if self.trusts_clock or not 0 < span.oldest < now - max(keep_s, 2 * FORTNIGHT_SECONDS):
            return span.count
        if store.is_any(engine, now - 2 * FORTNIGHT_SECONDS, now - FORTNIGHT_SECONDS):
            return span.count
        most = max(span.count // _IN_DOUBT, 1)
        self.log("error", "is the clock right?", forgets=most, of=span.count,
                 reason="no call of the last weeks confirms it", hint="--trust-clock")  # fmt: skip
        return most

    def _without_sounds(self, old: store.ExpiredCall, due: float) -> bool:
        """Remove a call's sounds; whether none is left."""
        gone = [sound.remove(old.call, path) for path in old.sounds]
        return all(gone) or old.started < due - LONGEST_SECONDS
