"""Looks after kept utterances: deletes those that are due, and finds files that no call of the journal names.

A call whose CDR never came (FreeSWITCH was killed) does not say that its caller was listened to: its files are found by
their names. A file of no call at all goes when its day is over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from routing.journal import kept_sounds, sound, store, utterance_files, utterances
from routing.journal.record import UtteranceRecord

_AT_ONCE = 500


def adopt(engine: Engine, folder: Path) -> int:
    """Add files to the recorded calls whose they are; returns how many."""
    count = 0
    for day in utterance_files.days(folder):
        known = utterances.known(engine, day)
        fresh = [path for path in utterance_files.clear_files(day) if str(path) not in known]
        for start in range(0, len(fresh), _AT_ONCE):
            by_call = _by_call(fresh[start : start + _AT_ONCE])
            found = {call: by_call[call] for call in store.known(engine, sorted(by_call))}
            utterances.add(engine, found)
            count += sum(map(len, found.values()))
    return count


def _by_call(paths: list[Path]) -> dict[str, list[UtteranceRecord]]:
    found = defaultdict(list)
    for path in paths:
        if (head := utterance_files.head_of(path)) is not None:
            found[path.stem.rpartition("-")[0]].append(utterance_files.record_of(path, head))
    return found


def delete_due(
    engine: Engine, now: float, keep_s: float, longest_s: float, after: tuple[float, str], most: int
) -> Iterator[tuple[float, str, bool]]:
    """Delete utterances after a position, at most so many: their (until, path, whether it is deleted).

    ``longest_s``: so long after its time one counts as deleted whose file cannot be found or removed.
    """
    found = utterances.due(engine, now, keep_s, after, most)
    gone = {old.path for old in found if sound.remove(old.call, old.path) or old.until < now - longest_s}
    utterances.note_gone(engine, sorted(gone), now, kept_sounds.RETENTION)
    return ((old.until, old.path, old.path in gone) for old in found)
