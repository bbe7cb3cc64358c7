"""Sound files for FreeSWITCH: valid formats, and their lengths.

libsndfile determines them, as in FreeSWITCH (mod_sndfile), except for MP3: without a stated length the library guesses
it from the first frame and the file's size (tags included), so this module counts frames.

The content must match the name: ``.wav`` may be any format that every libsndfile plays (measured on FreeSWITCH 1.10.12:
AIFF, AU, CAF, W64, RF64 too), but not FLAC, Ogg and MP3, which only some play. Pure: an open file in, facts out.
"""

from __future__ import annotations

import os
import struct
from typing import BinaryIO, NamedTuple

from routing.model.mpeg import mpeg_seconds
from routing.model.problem import counted
from routing.model.sndfile import Unreadable, facts

#: Ending of the name -> its description, valid containers.
_PROMISES = {
    "wav": ("a WAV file", {"WAV", "AIFF", "AU", "CAF", "W64"}),
    "ogg": ("an Ogg file of Vorbis or Opus", {"Ogg"}),
    "mp3": ("an MP3 file", {"MP3"}),
}
#: Endings of sound files.
ENDINGS = tuple(f".{ending}" for ending in _PROMISES)
_RATES = range(100, 192_001)
#: Bytes at the start with the format of a WAV file.
_HEAD = 4096
WEB_PAGE = "a web page"
#: First bytes of other formats, for files with a wrong name.
_LOOKS = (
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"fLaC", "a FLAC file"),
    (b"FORM", "an AIFF file"),
    (b".snd", "an AU file"),
    (b"#!AMR", "an AMR file"),
    (b"version https://git-lfs", "a pointer of Git LFS, which `git lfs pull` replaces"),
    (b"<", WEB_PAGE),
)


class NoSound(ValueError):
    """The fault of a sound file, and a hint."""

    hint = ""


class Playing(NamedTuple):
    """How a sound plays: its length, and how many channels FreeSWITCH adds up into the caller's one.

    Of MP3 that is 1: mod_shout has them mixed by its library, which adds nothing up.
    """

    seconds: float
    channels: int


def playing(name: str, file: BinaryIO) -> Playing:
    """How a sound plays; the name's ending determines the valid formats. Raises NoSound."""
    try:
        return _playing(name, file)
    except NoSound as problem:
        problem.hint = problem.hint or f"convert the recording: `{converting(name)}`"
        raise


def converting(name: str) -> str:
    """The command that converts any recording to a sound."""
    stem = name.rpartition("/")[2].rpartition(".")[0]
    return f"ffmpeg -i RECORDING -ar 16000 -ac 1 -c:a pcm_s16le {stem}.wav"


def sound_seconds(name: str, file: BinaryIO) -> float:
    """How long a sound plays. Raises NoSound."""
    return playing(name, file).seconds


def _playing(name: str, file: BinaryIO) -> Playing:
    ending = name.rpartition(".")[2]
    what, _ = _PROMISES[ending]
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    if not size:
        raise NoSound("the file is empty")
    found = _of_mp3(file, size) if ending == "mp3" else _of_library(ending, file, size)
    if found is None:
        raise _other(what, _instead(file))
    if round(found.seconds, 2) <= 0:
        raise NoSound("contains no sound: its length is 0 s")
    return found._replace(seconds=round(found.seconds, 2))


def _other(promised: str, found: str) -> NoSound:
    """The fault of a file that does not hold what its name promises."""
    if found == promised:
        return NoSound(f"not {promised}: it begins like one, and no sound follows")
    fault = NoSound(f"not {promised}" + (f": it is {found}" if found else ""))
    if found == WEB_PAGE:
        fault.hint = "download the recording itself: the address led to a page, perhaps to sign in"
    return fault


def _of_mp3(file: BinaryIO, size: int) -> Playing | None:
    seconds = mpeg_seconds(file, size)
    return None if seconds is None else Playing(seconds, 1)


def _of_library(ending: str, file: BinaryIO, size: int) -> Playing | None:
    try:
        found = facts(file, size)
    except Unreadable:
        if ending == "wav" and (fault := _wave_fault(file)):
            raise NoSound(fault) from None
        return None
    if found.container not in _PROMISES[ending][1] or (ending == "ogg" and not found.codec):
        return None
    if found.rate not in _RATES:
        raise NoSound(f"FreeSWITCH cannot play it: {found.rate} Hz")
    return Playing(found.frames / found.rate, found.channels)


def _wave_fault(file: BinaryIO) -> str:
    """Why a WAV file cannot be played; empty for other files."""
    file.seek(0)
    head = file.read(_HEAD)
    at = head.find(b"fmt ")
    if head[:4] not in (b"RIFF", b"RIFX", b"RF64") or head[8:12] != b"WAVE" or at < 0 or len(head) < at + 24:
        return ""
    order = ">" if head[:4] == b"RIFX" else "<"
    tag, channels, rate, _, _, bits = struct.unpack(f"{order}HHIIHH", head[at + 8 : at + 24])
    if tag not in (1, 3, 0xFFFE):
        return f"a WAV file in a format that FreeSWITCH cannot play (0x{tag:04x})"
    return f"a WAV file that FreeSWITCH cannot play: {bits} bits, {rate} Hz, {counted(channels, 'channel')}"


def _instead(file: BinaryIO) -> str:
    """The real format of a file with a wrong name, if it is recognised."""
    file.seek(0)
    head = file.read(32)
    if head[4:8] == b"ftyp":
        return "an MP4 file"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "an MP3 file"
    return next((what for begin, what in _LOOKS if head.lstrip().startswith(begin)), "")
