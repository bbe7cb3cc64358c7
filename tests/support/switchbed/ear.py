"""What a party of a call hears: takes the RTP that comes to a port, and tells sound and silence apart."""

from __future__ import annotations

import itertools
import math
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_HEADER_BYTES = 12
_RATE = 8000
_ALAW = 8
#: When a packet came is the kernel's to say (Linux): this process may be late to look.
_SO_TIMESTAMPNS, _STAMP = 35, struct.Struct("@ll")
#: Of 16 bit: below this nobody calls it a tone.
_AUDIBLE = 300


@dataclass(frozen=True)
class Packet:
    """One RTP packet: when it came, by the kernel (`time.time`), its samples (16 bit) of A-law."""

    at: float
    samples: Sequence[int]


class Ear:
    """Listens on ``port`` from its making until `stop`."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self.port: int = self._socket.getsockname()[1]
        self.packets: list[Packet] = []
        self._running = True
        self._thread = threading.Thread(target=self._listen, name="ear", daemon=True)
        self._thread.start()

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *_: object) -> None:
        self._running = False
        self._thread.join(5)
        self._socket.close()

    def a_second(self, since: float, until: float) -> float:
        """Packets a second between two moments."""
        return len([*self._between(since, until)]) / (until - since)

    def longest_gap_s(self, since: float, until: float) -> float:
        """The longest time without a packet."""
        moments = [since, *(packet.at for packet in self._between(since, until)), until]
        return max(later - earlier for earlier, later in itertools.pairwise(moments))

    def hears(self, hertz: float, since: float, until: float) -> bool:
        """Whether a tone of this frequency is among what came."""
        return any(is_tone(packet.samples, hertz) for packet in self._between(since, until))

    def _between(self, since: float, until: float) -> Iterator[Packet]:
        return (packet for packet in list(self.packets) if since <= packet.at < until)

    def _listen(self) -> None:
        while self._running:
            try:
                data, told, *_ = self._socket.recvmsg(2048, socket.CMSG_SPACE(_STAMP.size))
            except TimeoutError:
                continue
            if len(data) > _HEADER_BYTES and data[1] & 0x7F == _ALAW:
                seconds, nanoseconds = _STAMP.unpack(told[0][2])
                self.packets.append(Packet(seconds + nanoseconds / 1e9, samples(data)))


def samples(packet: bytes) -> list[int]:
    """The samples (16 bit) of an RTP packet of A-law."""
    return [_LINEAR[byte] for byte in packet[_HEADER_BYTES:]]


def _linear(byte: int) -> int:
    byte ^= 0x55
    exponent, mantissa = (byte >> 4) & 7, byte & 15
    value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
    return value if byte & 0x80 else -value


_LINEAR = [_linear(byte) for byte in range(256)]


def is_tone(samples: Sequence[int], hertz: float) -> bool:
    """Whether most of the energy is at one frequency (Goertzel)."""
    power = sum(sample * sample for sample in samples)
    if not samples or power / len(samples) < _AUDIBLE**2:
        return False
    turn = 2 * math.pi * hertz / _RATE
    real = sum(sample * math.cos(turn * at) for at, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * at) for at, sample in enumerate(samples))
    return 2 * (real * real + imaginary * imaginary) / len(samples) > 0.5 * power
