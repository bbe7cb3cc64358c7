"""The format, rate and length of a sound file by libsndfile, which plays sounds in FreeSWITCH (mod_sndfile).

The library comes from the wheel ``soundfile``, for the same results on every machine; otherwise from the system. The
wheel's Python part is not used: it imports numpy, which costs each command 0.3 s.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import importlib.util
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from routing.model.problem import UserFailure

_READ = 0x10
_MAJOR, _SUBTYPE = 0x0FFF0000, 0x0000FFFF
#: Of `sndfile.h`: containers and codecs by the library's numbers.
CONTAINERS = {
    0x010000: "WAV", 0x020000: "AIFF", 0x030000: "AU", 0x0B0000: "W64", 0x130000: "WAV", 0x170000: "FLAC",
    0x180000: "CAF", 0x200000: "Ogg", 0x220000: "WAV", 0x230000: "MP3",
}  # fmt: skip
CODECS = {0x0060: "Vorbis", 0x0064: "Opus"}


class Unreadable(ValueError):
    """The library cannot open the file; the text is the library's."""


class SoundFacts(NamedTuple):
    """``container``, ``codec``: values of CONTAINERS and CODECS, or empty; ``frames``: samples per channel."""

    container: str
    codec: str
    rate: int
    channels: int
    frames: int


class _Info(ctypes.Structure):
    _fields_ = [
        ("frames", ctypes.c_int64), ("rate", ctypes.c_int), ("channels", ctypes.c_int), ("format", ctypes.c_int),
        ("sections", ctypes.c_int), ("seekable", ctypes.c_int),
    ]  # fmt: skip


_Length = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)
_Seek = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64, ctypes.c_int, ctypes.c_void_p)
_Move = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)


class _VirtualFile(ctypes.Structure):
    _fields_ = [("length", _Length), ("seek", _Seek), ("read", _Move), ("write", _Move), ("tell", _Length)]


def facts(file: BinaryIO, size: int) -> SoundFacts:
    """The facts of an open file of ``size`` bytes. Raises Unreadable, and UserFailure without the library."""
    library, info = _library(), _Info()
    callbacks = _callbacks(file, size)
    file.seek(0)
    handle = library.sf_open_virtual(ctypes.byref(callbacks), _READ, ctypes.byref(info), None)
    if not handle:
        raise Unreadable(library.sf_strerror(None).decode("utf-8", "replace"))
    library.sf_close(handle)
    container = CONTAINERS.get(info.format & _MAJOR, "")
    return SoundFacts(container, CODECS.get(info.format & _SUBTYPE, ""), info.rate, info.channels, info.frames)


def _callbacks(file: BinaryIO, size: int) -> _VirtualFile:
    """The callbacks by which the library reads a file."""

    def read(to: int, count: int, _: Any) -> int:
        content = file.read(count)
        ctypes.memmove(to, content, len(content))
        return len(content)

    return _VirtualFile(
        _Length(lambda _: size),
        _Seek(lambda offset, whence, _: file.seek(max(offset, 0) if not whence else offset, whence)),
        _Move(read),
        _Move(lambda *_: 0),
        _Length(lambda _: file.tell()),
    )


@functools.cache
def _library() -> ctypes.CDLL:
    for path in _paths():
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        library.sf_open_virtual.restype = ctypes.c_void_p
        library.sf_strerror.restype = ctypes.c_char_p
        library.sf_strerror.argtypes = library.sf_close.argtypes = [ctypes.c_void_p]
        return library
    raise UserFailure("sounds need libsndfile, which was not found: `pip install soundfile`, or libsndfile1")


def _paths() -> list[str]:
    wheel = importlib.util.find_spec("_soundfile_data")
    folders = wheel.submodule_search_locations if wheel and wheel.submodule_search_locations else ()
    bundled = [str(path) for folder in folders for path in sorted(Path(folder).glob("libsndfile*"))]
    system = ctypes.util.find_library("sndfile") if not bundled else None
    return [*bundled, system] if system else bundled
