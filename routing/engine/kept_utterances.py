"""Keeps what a caller has said at a speech menu as a file, where the project asks for it (`keep: {utterances: 14d}`).

Written at once, under its last name, before the call gets its answer: an engine that is killed meanwhile leaves no file
that the journal does not find by its call. A disk that is full, or does not answer, costs the file and never the call.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from threading import Event

import gevent

from routing.model.utterance import MOST, day_of, folder_of, wave
from routing.model.utterance_facts import UtteranceFacts

#: A disk that takes longer is not waited for: the caller hears silence meanwhile.
DISK_SECONDS = 0.5
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER_MODE, _FILE_MODE = 0o750, 0o640


def keep(audio: str, samples: bytes, facts: UtteranceFacts) -> str:
    """Keep the samples that a recogniser heard in ``audio``, FreeSWITCH's file; returns why they are not, or "".

    In a thread of its own: other calls go on while a disk is slow.
    """
    late, pool = Event(), gevent.get_hub().threadpool
    try:
        with gevent.Timeout(DISK_SECONDS, TimeoutError):
            return str(pool.apply(_why_not, (audio, samples, facts, late)))
    except TimeoutError:
        late.set()  # the thread removes the file again
        return f"the disk takes longer than {DISK_SECONDS:g} s"


def _why_not(audio: str, samples: bytes, facts: UtteranceFacts, late: Event) -> str:
    """In the thread: no exception leaves it, which gevent would print."""
    try:
        write(audio, samples, facts, late)
    except OSError as problem:
        return problem.strerror or type(problem).__name__
    return ""


def write(audio: str, samples: bytes, facts: UtteranceFacts, late: Event) -> None:
    """Write the file, and none once ``late`` is set. Raises OSError, and leaves nothing then."""
    folder = folder_of(audio)
    if folder is None:
        raise OSError(errno.EINVAL, "the recording of the caller has another place")
    day = Path(folder) / day_of(facts.until)
    for each in (day.parent, day):
        with suppress(FileExistsError):
            each.mkdir(_FOLDER_MODE)
    path, descriptor = _new_file(day, Path(audio).stem)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            left = memoryview(wave(samples, facts))
            while left:
                left = left[file.write(left) :]
        if late.is_set():
            raise TimeoutError
    except BaseException:
        with suppress(OSError):
            os.unlink(path)
        raise


def _new_file(day: Path, call: str) -> tuple[Path, int]:
    """The call's next file. Raises OSError."""
    for count in range(1, MOST + 1):
        path = day / f"{call}-{count}.wav"
        with suppress(FileExistsError):
            return path, os.open(path, _NEW, _FILE_MODE)
    raise OSError(errno.EDQUOT, f"{MOST} of this call are kept already")
