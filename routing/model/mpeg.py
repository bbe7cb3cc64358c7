"""The length of an MP3 file, by counting the samples of its frames, because many files do not state it."""

from __future__ import annotations

from typing import BinaryIO

#: kbit/s by the header's four bits, layer III; (version 1, versions 2 and 2.5).
_BITRATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
#: Hz by the header's two bits, by version: 2.5, none, 2, 1.
_RATES = ((11025, 12000, 8000), (), (22050, 24000, 16000), (44100, 48000, 32000))
#: Consecutive frames that identify an MP3 file.
_LEAST_FRAMES = 3
_LARGEST = 50_000_000


def mpeg_seconds(file: BinaryIO, size: int) -> float | None:
    """Seconds; None when it is no MP3 file."""
    content = file.read(min(size, _LARGEST))
    at, frames, seconds = _after_tags(content), 0, 0.0
    while frame := _frame(content, at):
        length, lasts = frame
        at += length
        frames += 1
        seconds += lasts
    return seconds if frames >= _LEAST_FRAMES else None


def _after_tags(content: bytes) -> int:
    if content[:3] != b"ID3" or len(content) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))


def _frame(content: bytes, at: int) -> tuple[int, float] | None:
    """Bytes and seconds of the frame that starts there, if any."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # sync and layer III
        return None
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return None
    hertz, first = _RATES[version][rate], version == 3
    samples = 1152 if first else 576
    length = samples // 8 * _BITRATES[not first][bitrate] * 1000 // hertz + (head[2] >> 1 & 1)
    return length, samples / hertz
