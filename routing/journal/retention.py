"""Deletes calls that are older than the project's retention time: rows, steps, legs and sound files; and, where the
project keeps sounds for a shorter time, sounds whose call is kept and says that they were deleted. Utterances go when
that was said when they were kept, also once the project keeps none any more.

A call's recordings are personal data like its numbers and are deleted with it. Only files with the call's own id in
their name are deleted. Two safeguards: a clock that no recent call confirms deletes only a few calls (a jump of a year
must not empty the journal), and calls stay while the folder of their recordings is missing (a disk that is not mounted
must not leave recordings without a row).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from routing.journal import expired, kept_sounds, sound, store, utterance_files, utterance_upkeep, utterances
from routing.journal.gather import Log
from routing.model.keeping import RECORDINGS, VOICEMAILS, Keeping

EVERY_SECONDS = 3600.0
DAY_SECONDS = 86400.0
#: A call of the fortnight before the last one confirms the clock: nobody works that long with a wrong one.
FORTNIGHT_SECONDS = 14 * DAY_SECONDS
#: One of so many calls is deleted an hour, at least one, while the clock is not confirmed.
_IN_DOUBT = 1000
#: How much longer a call is kept while its recording cannot be found or removed.
LONGEST_SECONDS = 30 * DAY_SECONDS
#: Deletes what is old after a position, at most so many: their (began, id, whether it is deleted).
Delete = Callable[[tuple[float, str], int], Iterator[tuple[float, str, bool]]]


def _no_log(level: str, event: str, **facts: object) -> None:
    return


@dataclass
class Retention:
    """``keeping``: how long calls and sounds are kept, from the call's beginning. ``trusts_clock``: the operator
    confirms the clock."""

    keeping: Callable[[], Keeping]
    log: Log = _no_log
    trusts_clock: bool = False
    _next: float = field(default=0.0, init=False)
    #: Where utterances are: remembered, since the last row that tells it may go with its call.
    _folders: set[Path] = field(default_factory=set, init=False)

    def apply(self, engine: Engine, now: float, stop: Event) -> int:
        """Delete calls and sounds that are too old, at most once an hour; returns how many calls."""
        if self._next - EVERY_SECONDS <= now < self._next:
            return 0
        keeping, self._next = self.keeping(), now + EVERY_SECONDS
        self._utterances(engine, now, stop, keeping.utterances_s)
        for kind, keep_s in ((RECORDINGS, keeping.recordings_s), (VOICEMAILS, keeping.voicemails_s)):
            if keep_s:
                self._sounds(engine, now, stop, kind, keep_s)
        return self._calls(engine, now, stop, keeping.calls_s) if keeping.calls_s else 0

    def _calls(self, engine: Engine, now: float, stop: Event, keep_s: float) -> int:
        def delete(after: tuple[float, str], most: int) -> Iterator[tuple[float, str, bool]]:
            found = expired.oldest(engine, now - keep_s, after, most)
            # sounds first: a kill in between must not leave sounds without a row
            gone = {old.call for old in found if self._without_sounds(old, now - keep_s)}
            store.forget_old(engine, sorted(gone))
            return ((old.started, old.call, old.call in gone) for old in found)

        return self._walk(self._most(engine, now, keep_s), delete, stop, "old calls kept")

    def _sounds(self, engine: Engine, now: float, stop: Event, kind: str, keep_s: float) -> int:
        def delete(after: tuple[float, str], most: int) -> Iterator[tuple[float, str, bool]]:
            found = kept_sounds.oldest(engine, kind, now - keep_s, after, most)
            # files first: a sound that is noted as deleted must be
            gone = {
                old.call
                for old in found
                if sound.remove(old.call, old.path) or old.started < now - keep_s - LONGEST_SECONDS
            }
            kept_sounds.note_gone(engine, kind, sorted(gone), now, kept_sounds.RETENTION)
            return ((old.started, old.call, old.call in gone) for old in found)

        return self._walk(self._most(engine, now, keep_s), delete, stop, f"old {kind} kept")

    def _utterances(self, engine: Engine, now: float, stop: Event, keep_s: float) -> None:
        self._folders.update(utterances.folders(engine))
        for folder in self._folders:
            utterance_upkeep.adopt(engine, folder)
        is_over = any(utterance_files.days_over(folder, now) for folder in self._folders)
        if not is_over and not utterances.due(engine, now, keep_s, (0.0, ""), 1):
            return
        most, whole = self._most(engine, now, keep_s), expired.span(engine).count
        delete = functools.partial(utterance_upkeep.delete_due, engine, now, keep_s, LONGEST_SECONDS)
        self._walk(most if most < whole else utterances.count(engine), delete, stop, "old utterances kept")
        removed = sum(utterance_files.remove_overdue(folder, now) for folder in self._folders) if most >= whole else 0
        if removed:
            self.log("warning", "utterances of no call removed", count=removed)

    def _walk(self, most: int, delete: Delete, stop: Event, stays: str) -> int:
        """Delete in batches, the oldest first; returns how many were deleted."""
        forgotten = kept = 0
        after = (0.0, "")
        while not stop.is_set() and forgotten < most:
            at_once = min(most - forgotten, store.DELETED_AT_ONCE)
            found = list(delete(after, at_once))
            gone = sum(is_gone for _, _, is_gone in found)
            forgotten += gone
            kept += len(found) - gone
            if len(found) < at_once:
                break
            after = found[-1][:2]
        if kept:
            self.log("error", stays, count=kept, reason="their recordings cannot be removed or looked for")
        return forgotten

    def _most(self, engine: Engine, now: float, keep_s: float) -> int:
        """How many calls may be deleted now."""
        span = expired.span(engine)
        if self.trusts_clock or not 0 < span.oldest < now - max(keep_s, 2 * FORTNIGHT_SECONDS):
            return span.count
        if expired.is_any(engine, now - 2 * FORTNIGHT_SECONDS, now - FORTNIGHT_SECONDS):
            return span.count
        most = max(span.count // _IN_DOUBT, 1)
        self.log("error", "is the clock right?", forgets=most, of=span.count,
                 reason="no call of the last weeks confirms it", hint="--trust-clock")  # fmt: skip
        return most

    def _without_sounds(self, old: expired.ExpiredCall, due: float) -> bool:
        """Remove a call's sounds; whether none is left."""
        gone = [sound.remove(old.call, path) for path in old.sounds]
        return all(gone) or old.started < due - LONGEST_SECONDS
