"""Checks whether a sound file of FreeSWITCH's `record` holds a message, and removes a call's sound files.

Reads the format that `record` writes here, WAV with 16-bit samples. Any other existing file counts as a message: none
must get lost because it cannot be read.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from array import array
from pathlib import PurePosixPath
from typing import BinaryIO

from routing.model.message import HEARD_SECONDS, SILENCE_ENERGY
from routing.model.recording import SEALED
from routing.model.utterance import is_utterance

#: A WAV file of this size has a header and no sound.
EMPTY_BYTES = 44
_SUFFIXES = (".wav", ".mp3", ".ogg")
#: The folder of recordings, and how FreeSWITCH names legs.
CALLS = "calls"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FRAME_SECONDS = 0.02
#: Every so many samples one is measured.
_STRIDE = 4


def size_of(path: str) -> int:
    """The size of a file in bytes; 0 when there is none."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def is_message(path: str, least_s: float) -> bool:
    """Whether a recording lasts at least ``least_s`` seconds and is not silent."""
    if size_of(path) <= EMPTY_BYTES:
        return False
    try:
        with open(path, "rb", buffering=0, opener=_opened) as file:
            form = _form(file)
            if form is None:
                return True
            rate, channels, size = form
            return size >= least_s * rate * channels * 2 and _heard_s(file, rate * channels, size) >= HEARD_SECONDS
    except OSError:
        return True


def remove(call: str, path: str) -> bool:
    """Remove a call's sound file, encrypted or not (`is_of`); any other file stays.

    Returns whether the file is gone. False when its folder is missing or empty: the disk may not be mounted. (Of an
    utterance: FreeSWITCH's folder of recordings; the folder of its day goes with its last file.)
    """
    if not is_of(call, path):
        return True
    removed, place = False, PurePosixPath(path)
    for form in (path, path + SEALED):  # both, where encrypting it was cut off
        try:
            os.unlink(form)
            removed = True
        except FileNotFoundError:
            pass
        except (OSError, ValueError):
            return False
    return removed or _holds_anything(str(place.parents[2] if is_utterance(place) else place.parent))


def is_of(call: str, path: str) -> bool:
    """Whether a path is that of a call's sound: it has the call's id in its name, or is a recording by another leg, or
    what another leg said at a speech menu."""
    place = PurePosixPath(path)
    is_ours = call in place.name or (place.parent.name == CALLS and is_leg(place.stem)) or is_utterance(place)
    return bool(call) and is_ours and path.endswith(_SUFFIXES)


def is_leg(name: str) -> bool:
    """Whether a name is the uuid of a leg: a room's recording has that of its first caller, for all who were in it, and
    that of a callback the uuid of whoever was called first."""
    return bool(_UUID.fullmatch(name))


def _holds_anything(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)


def _form(file: BinaryIO) -> tuple[int, int, int] | None:
    """(samples a second, channels, bytes of sound) of a 16-bit WAV file, whose position is then at its sound; else
    None.

    A file that FreeSWITCH could not close has the length 0: then the rest of the file is the sound.
    """
    if (head := file.read(12))[:4] != b"RIFF" or head[8:] != b"WAVE":
        return None
    form = None
    while len(chunk := file.read(8)) == 8:
        size = int.from_bytes(chunk[4:], "little")
        if chunk[:4] == b"data":
            left = os.fstat(file.fileno()).st_size - file.tell()
            return (*form, min(size, left) or left) if form else None
        body = file.read(min(size, 64))
        file.seek(size - len(body) + size % 2, os.SEEK_CUR)
        if chunk[:4] == b"fmt ":
            kind, channels, rate, bits = (int.from_bytes(body[at : at + n], "little") for at, n in _FIELDS)
            if kind != 1 or bits != 16 or not 1 <= channels <= 2 or not 4000 <= rate <= 96_000:
                return None
            form = rate, channels
    return None


#: (offset, bytes) of kind, channels, rate and bits in a `fmt` chunk.
_FIELDS = ((0, 2), (2, 2), (4, 4), (14, 2))


def _heard_s(file: BinaryIO, a_second: int, size: int) -> float:
    """Seconds of sound above silence, counted until they are enough."""
    heard_s, samples = 0.0, int(a_second * _FRAME_SECONDS)
    while size > 0 and heard_s < HEARD_SECONDS and (part := file.read(min(size, samples * 2))):
        size -= len(part)
        heard = array("h", part[: len(part) // 2 * 2])
        if sys.byteorder == "big":
            heard.byteswap()
        looked_at = heard[::_STRIDE]
        if looked_at and sum(map(abs, looked_at)) / len(looked_at) >= SILENCE_ENERGY:
            heard_s += len(heard) / a_second
    return heard_s
