"""Ports on loopback for one test run, each handed out once.

Runs at the same time keep apart: each claims a slot of the range by holding its first port. (A port that FreeSWITCH
will use for sound is free until a call needs it, so looking whether it is free is not enough.)
"""

from __future__ import annotations

import atexit
import random
import socket
import threading

_FIRST, _LAST = 10000, 30999
#: For the sound of hundreds of calls. Below them Linux gives ports to whoever asks: a call would find its own taken.
RTP = (61000, 65499)
_SLOT = 3000
#: Blocks of at least this many ports come from the end of a slot, where no single ones are that would break it up.
_LARGE, _FOR_LARGE = 32, 1500

_lock = threading.Lock()
_taken: set[int] = set()
_claim: list[socket.socket] = []


def free(count: int = 1) -> int:
    """The first of ``count`` neighbouring ports that are free for UDP and TCP."""
    with _lock:
        first, last = _slot()
        if count >= _LARGE:
            places = list(range(last - _FOR_LARGE, last - count, 2))
        else:
            places = list(range(first, last - _FOR_LARGE - count, 2))
            random.shuffle(places)
        for place in places:
            block = range(place, place + count)
            if _taken.isdisjoint(block) and all(is_free(port) for port in block):
                _taken.update(block)
                return place
    raise RuntimeError(f"no {count} neighbouring free ports between {first} and {last}")


def give_back(first: int, count: int = 1) -> None:
    """The ports may be handed out again."""
    with _lock:
        _taken.difference_update(range(first, first + count))


def is_free(port: int) -> bool:
    """Whether nothing on loopback has this port."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:  # a line that is gone keeps no port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def is_bound(port: int) -> bool:
    """Whether somebody has this UDP port; found out without taking it from whoever is about to (Linux)."""
    ends = f":{port:04X}"
    with open("/proc/net/udp", encoding="ascii") as table:
        return any(line.split(None, 2)[1].endswith(ends) for line in table)


def release() -> None:
    """Give the slot back: the run is over."""
    while _claim:
        _claim.pop().close()


def _slot() -> tuple[int, int]:
    """First and last port of this run's slot."""
    if not _claim:
        _claim.append(_claimed())
        atexit.register(release)
    first: int = _claim[0].getsockname()[1]
    return first + 2, first + _SLOT


def _claimed() -> socket.socket:
    for first in range(_FIRST, _LAST - _SLOT + 2, _SLOT):
        held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            held.bind(("127.0.0.1", first))
        except OSError:
            held.close()
        else:
            return held
    raise RuntimeError(f"every slot of the ports {_FIRST} to {_LAST} is in use by another run")
