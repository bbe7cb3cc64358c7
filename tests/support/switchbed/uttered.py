"""What a caller of the cases says at speech menus: a tone for each phrase (`tools/recogniser_tones.py`)."""

from __future__ import annotations

import math
import struct
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from .tones import RATE, _alaw

#: The phrases of `listen.yaml` in the order of a release's tables; whatever else is said is no phrase.
PHRASES = ("it is broken", "new order", "sales", "shop", "support")
#: From the beginning of a phrase until the next prompt has been played: its length, the silence after it, the answer.
HEARD_MS = 3_400
_FIRST_HZ, _STEP_HZ, _NONSENSE_HZ = 500, 100, 1_650
_PASSING_MS = 4_500
_SECONDS, _PACKET_SAMPLES = 1.0, 160
_FOLDER = tempfile.TemporaryDirectory(prefix="uttered-")


def uttered(says: Sequence[str]) -> Iterator[tuple[int, Path]]:
    """A file for each phrase, with the milliseconds before it."""
    wait_ms = 1000
    for place, phrase in enumerate(says):
        if phrase == "-":
            wait_ms += _PASSING_MS
            continue
        hertz = _FIRST_HZ + _STEP_HZ * PHRASES.index(phrase) if phrase in PHRASES else _NONSENSE_HZ
        yield wait_ms, _file(hertz, place)
        wait_ms = HEARD_MS


@cache
def _file(hertz: int, place: int) -> Path:
    """A tone as RTP in a pcap file; ``place``: how many were sent before it."""
    tone = bytes(_alaw(round(9000 * math.sin(2 * math.pi * hertz * at / RATE))) for at in range(round(RATE * _SECONDS)))
    packets = [tone[at : at + _PACKET_SAMPLES] for at in range(0, len(tone), _PACKET_SAMPLES)]
    made = Path(_FOLDER.name) / f"{hertz}_{place}.pcap"
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    made.write_bytes(head + b"".join(_frame(packet, at, place) for at, packet in enumerate(packets)))
    return made


def _frame(sound: bytes, at: int, place: int) -> bytes:
    """One packet of 20 ms with its headers: of the pcap file, Ethernet, IP, UDP, RTP."""
    number = 20_000 + place * 400 + at
    rtp = struct.pack("!BBHII", 0x80, 8, number & 0xFFFF, number * _PACKET_SAMPLES, 0x5EED) + sound
    udp = struct.pack("!HHHH", 4000, 4000, 8 + len(rtp), 0) + rtp
    local = bytes((127, 0, 0, 1))
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + local + local + udp
    frame = bytes(12) + b"\x08\x00" + ip
    micros = at * 20_000
    return struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(frame), len(frame)) + frame
