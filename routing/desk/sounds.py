"""The sound files of a call, as far as they may be served: files that FreeSWITCH wrote for this very call.

The journal's path must be ``FOLDER/calls/ID.wav`` or ``FOLDER/voicemail/BOX/ID.wav`` with the call's own id (a
recording: or another leg's, of which `routing.journal.sound` knows), or that of an utterance
(`routing.model.utterance`), and a regular file there; below FOLDER no link is followed. The file is opened once: what
was checked is what is sent.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO

from routing.desk.unlocking import Unlocking
from routing.journal.record import CallRecord
from routing.journal.sound import CALLS, is_leg
from routing.model.recording import SEALED
from routing.model.utterance import is_utterance

RECORDING, VOICEMAIL, UTTERANCE = "recording", "voicemail", "utterance"
CONTENT_TYPES = {".wav": "audio/wav", ".mp3": "audio/mpeg", ".ogg": "audio/ogg"}
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


def kept_of(call: CallRecord) -> Iterator[tuple[str, str]]:
    """The kind and the path of each sound of a call that was not deleted."""
    sounds = (RECORDING, call.recording, call.recording_gone), (VOICEMAIL, call.voicemail, call.voicemail_gone)
    utterances = ((UTTERANCE, each.path, each.gone) for each in call.utterances)
    return ((kind, path) for kind, path, gone in (*sounds, *utterances) if path and not gone)


@dataclass(frozen=True)
class SoundFile:
    """An open sound file: who got it closes it."""

    file: BinaryIO
    size: int
    modified: float
    content_type: str
    suffix: str


def open_sound(call: str, kind: str, path: str, unlocking: Unlocking | None = None) -> SoundFile | None:
    """The file of a call's sound, an encrypted one in the clear; None when it is not here, or is not
    the call's. Raises Locked."""
    if (clear := _open(call, kind, path)) is not None:
        return clear
    if (sealed := _open(call, kind, path, SEALED)) is None:
        return None
    with sealed.file:
        inode = os.fstat(sealed.file.fileno()).st_ino
        file, size = (unlocking or Unlocking()).open((path, inode, sealed.size, sealed.modified), sealed.file)
    return replace(sealed, file=file, size=size)


def is_here(call: str, kind: str, path: str) -> bool:
    """Whether the file is on this machine, encrypted or not."""
    return bool(file_of(call, kind, path))


def file_of(call: str, kind: str, path: str) -> str:
    """The path of the file as it is on this machine, encrypted or not; "" where it is not here."""
    for end in ("", SEALED):
        if (found := _open(call, kind, path, end)) is not None:
            found.file.close()
            return path + end
    return ""


def is_locked(call: str, kind: str, path: str, unlocking: Unlocking) -> bool:
    """Whether the file is encrypted, and for none of the desk's keys."""
    if (clear := _open(call, kind, path)) is not None:
        clear.file.close()
        return False
    if (sealed := _open(call, kind, path, SEALED)) is None:
        return False
    with sealed.file:
        return not unlocking.fits(sealed.file)


def _open(call: str, kind: str, path: str, end: str = "") -> SoundFile | None:
    """``end``: of the file's name, behind that of the clear one."""
    place = PurePosixPath(path)
    below = _below(call, kind, place)
    if below is None:
        return None
    try:
        descriptor = _descend(str(place.parents[len(below) - 1]), (*below[:-1], below[-1] + end))
    except (OSError, ValueError):
        return None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        return None
    return SoundFile(
        os.fdopen(descriptor, "rb"), found.st_size, found.st_mtime, CONTENT_TYPES[place.suffix], place.suffix
    )


def _below(call: str, kind: str, place: PurePosixPath) -> tuple[str, ...] | None:
    """The path's parts below the folder of recordings; None for a path that nobody of ours writes."""
    folders = 2 if kind == RECORDING else 3
    parts = place.parts
    if not call or not place.is_absolute() or len(parts) <= folders or ".." in parts or "\x00" in str(place):
        return None
    below = parts[-folders:]
    if kind == UTTERANCE:
        return below if is_utterance(place) else None
    first = CALLS if kind == RECORDING else "voicemail"
    is_ours = place.stem == call or (kind == RECORDING and is_leg(place.stem))
    if below[0] != first or place.suffix not in CONTENT_TYPES or not is_ours:
        return None
    return below


def _descend(folder: str, below: tuple[str, ...]) -> int:
    """A descriptor of the file, opened folder by folder, so that none of them is a link."""
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in below[:-1]:
            inner = os.open(name, _FLAGS | os.O_DIRECTORY, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(below[-1], _FLAGS | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
