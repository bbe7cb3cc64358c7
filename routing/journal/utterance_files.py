"""The files of what callers said at speech menus (`routing.model.utterance`): a call's, and days that are over."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from routing.journal.record import UtteranceRecord
from routing.journal.sealed import WRITING
from routing.model.recording import SEALED
from routing.model.utterance import DAY, HEAD_BYTES, MOST, NAME, day_of, end_of, facts_in, folder_of

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
#: The engine keeps no longer ones, and databases cannot index them.
_LONGEST_PATH = 600


def found(audio: str) -> tuple[UtteranceRecord, ...]:
    """What was kept of a call, oldest first. ``audio``: FreeSWITCH's file of what its caller said last."""
    folder = folder_of(audio)
    if folder is None or len(audio) > _LONGEST_PATH:
        return ()
    call = Path(audio).stem
    paths = (day / f"{call}-{count}.wav" for day in days(Path(folder)) for count in range(1, MOST + 1))
    return tuple(sorted(_read_until_missing(paths), key=lambda each: (each.heard_at, each.path)))


def clear_files(day: Path) -> list[Path]:
    """The files of a day that are not encrypted."""
    with suppress(OSError), os.scandir(day) as entries:
        return sorted(Path(entry.path) for entry in entries if NAME.fullmatch(entry.name))
    return []


def days(folder: Path) -> list[Path]:
    """The folders of days, the oldest first."""
    with suppress(OSError), os.scandir(folder) as entries:
        return sorted(Path(entry.path) for entry in entries if DAY.fullmatch(entry.name))
    return []


def _read_until_missing(paths: Iterator[Path]) -> Iterator[UtteranceRecord]:
    """Each day's files are counted from 1 without a gap."""
    missing_in = None
    for path in paths:
        if path.parent == missing_in:
            continue
        head = head_of(path)
        if head is None:
            missing_in = path.parent
        else:
            yield record_of(path, head)


def record_of(path: Path, head: bytes) -> UtteranceRecord:
    """A file's record, by its beginning."""
    facts, overdue = facts_in(head), end_of(path.parent.name)
    return UtteranceRecord(
        str(path), facts.heard_at, min(facts.until or overdue, overdue), facts.heard, facts.confidence, facts.option,
        facts.recogniser, facts.language, facts.scheme, facts.step,
    )  # fmt: skip


def head_of(path: Path) -> bytes | None:
    """The beginning of a file; None where there is none."""
    try:
        with open(os.open(path, _READ), "rb", buffering=0) as file:
            return file.read(HEAD_BYTES) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except OSError:
        return None


def days_over(folder: Path, now: float) -> list[Path]:
    """The folders of days that are over."""
    return [day for day in days(folder) if day.name < day_of(now)]


def remove_overdue(folder: Path, now: float) -> int:
    """Remove days that are over, with files of calls that were never recorded; returns how many files.

    The journal has deleted those of its calls before.
    """
    count = 0
    for day in days_over(folder, now):
        with suppress(OSError), os.scandir(day) as entries:
            for entry in entries:
                with suppress(OSError):
                    if _is_ours(entry.name) and not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                        count += 1
        with suppress(OSError):  # something else is in it
            os.rmdir(day)
    return count


def _is_ours(name: str) -> bool:
    """An utterance, encrypted or not, or one whose encryption was cut off (`routing.journal.sealed`)."""
    return bool(NAME.fullmatch(name.removesuffix(SEALED))) or (name.startswith(".") and name.endswith(WRITING))
