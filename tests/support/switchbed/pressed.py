"""The keys of a caller as RTP events (RFC 4733), each later than the one before, as a telephone sends them.

SIPp's own recordings have fixed sequence numbers: FreeSWITCH takes the same key twice, or one whose recording is older,
for what it has heard already.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

RECORDED = Path("/usr/share/sip-tester")
_FOLDER = tempfile.TemporaryDirectory(prefix="keys-")
#: Bytes before the packets of a pcap file, before each packet, and before the RTP header in it (Ethernet, IP, UDP).
_FILE, _PACKET, _BEFORE = 24, 16, 42
_PACKETS_A_KEY, _SAMPLES_A_KEY = 20, 4000


@cache
def key(digit: str, place: int = 0) -> Path:
    """The events of one key; ``place``: how many keys were pressed before it."""
    name = {"*": "star", "#": "pound"}.get(digit, digit)
    recorded = (RECORDED / f"dtmf_2833_{name}.pcap").read_bytes()
    made = Path(_FOLDER.name) / f"{name}_{place}.pcap"
    made.write_bytes(b"".join(_moved(recorded, place)))
    return made


def _moved(recorded: bytes, place: int):
    yield recorded[:_FILE]
    at, count = _FILE, 0
    while at < len(recorded):
        (size,) = struct.unpack_from("<I", recorded, at + 8)
        packet = bytearray(recorded[at : at + _PACKET + size])
        sequence = 1000 + place * _PACKETS_A_KEY + count
        struct.pack_into(">HI", packet, _PACKET + _BEFORE + 2, sequence, 10_000 + place * _SAMPLES_A_KEY)
        yield bytes(packet)
        at, count = at + len(packet), count + 1


def packets(digit: str, place: int = 0) -> Iterator[bytes]:
    """The RTP packets of one key."""
    made = key(digit, place).read_bytes()
    at = _FILE
    while at < len(made):
        (size,) = struct.unpack_from("<I", made, at + 8)
        yield made[at + _PACKET + _BEFORE : at + _PACKET + size]
        at += _PACKET + size
