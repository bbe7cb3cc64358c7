"""What a recording holds: which tones, on which side, when."""

from __future__ import annotations

import array
import io
import itertools
import math
import socket
import struct
import time
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .dialog import HOST, KEYS

#: A tone is looked for in pieces of so many seconds.
STEP_S = 0.1
_AUDIBLE = 200
_SHARE = 0.25
_EVENT = 101
#: Packets with a number that came before count as copies.
_numbers = itertools.count(30_000)


@dataclass(frozen=True)
class Recorded:
    """A recording: 16-bit samples a side, at ``rate``."""

    rate: int
    sides: tuple[Sequence[int], ...]

    @property
    def seconds(self) -> float:
        """Its length."""
        return len(self.sides[0]) / self.rate

    def loudest(self, since_s: float, until_s: float) -> int:
        """The loudest sample of any side between two moments."""
        return max((abs(each) for side in self.sides for each in self._part(side, since_s, until_s)), default=0)

    def spans(self, hertz: int) -> list[tuple[float, float]]:
        """When a tone is heard on any side, in seconds."""
        found: list[tuple[float, float]] = []
        for place in range(int(self.seconds / STEP_S)):
            since, until = place * STEP_S, (place + 1) * STEP_S
            if any(_has(self._part(side, since, until), hertz, self.rate) for side in self.sides):
                if found and found[-1][1] == since:
                    found[-1] = (found[-1][0], until)
                else:
                    found.append((since, until))
        return found

    def silence(self, least_s: float = 0.5) -> list[tuple[float, float]]:
        """When both sides are nothing but zeros for a while."""
        found, began = [], -1
        quiet = [not any(samples) for samples in zip(*self.sides, strict=False)]
        for at, is_quiet in enumerate([*quiet, False]):
            if is_quiet and began < 0:
                began = at
            elif not is_quiet and began >= 0:
                if (at - began) / self.rate >= least_s:
                    found.append((began / self.rate, at / self.rate))
                began = -1
        return found

    def _part(self, side: Sequence[int], since_s: float, until_s: float) -> Sequence[int]:
        return side[round(since_s * self.rate) : round(until_s * self.rate)]


def read(path: Path) -> Recorded:
    """A WAV file of FreeSWITCH."""
    with wave.open(io.BytesIO(path.read_bytes())) as file:
        samples, count = array.array("h", file.readframes(file.getnframes())), file.getnchannels()
        return Recorded(file.getframerate(), tuple(samples[at::count] for at in range(count)))


def press(sock: socket.socket, port: int, keys: Iterable[str]) -> None:
    """Send keys by telephone-event, 100 ms each."""
    stamp = int(time.monotonic() * 8000) & 0xFFFFFFFF
    for key in keys:
        for packet in range(8):
            number = next(_numbers) & 0xFFFF
            head = struct.pack("!BBHII", 0x80, _EVENT | (0x80 if not packet else 0), number, stamp, 0xBEEF)
            ends = 0x80 if packet >= 5 else 0
            sock.sendto(head + struct.pack("!BBH", KEYS.index(key), ends | 10, min(packet + 1, 6) * 160), (HOST, port))
            time.sleep(0.02)
        stamp += 4000
        time.sleep(0.1)


def _has(samples: Sequence[int], hertz: int, rate: int) -> bool:
    power = sum(each * each for each in samples)
    if not samples or power / len(samples) < _AUDIBLE**2:
        return False
    turn = 2 * math.pi * hertz / rate
    real = sum(each * math.cos(turn * at) for at, each in enumerate(samples))
    imaginary = sum(each * math.sin(turn * at) for at, each in enumerate(samples))
    return 2 * (real * real + imaginary * imaginary) / len(samples) > _SHARE * power
